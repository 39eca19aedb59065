// Stores that pass everything on but what they forget.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "libs/store/store.h"

namespace waymark::faults {

// A wrapper that passes everything on.
class PassingStore : public store::Store {
 public:
  explicit PassingStore(std::unique_ptr<store::Store> inner) : inner_(std::move(inner)) {}
  absl::StatusOr<std::optional<std::string>> Get(std::string_view column_family,
                                                 std::string_view key) const override {
    return inner_->Get(column_family, key);
  }
  absl::Status Scan(std::string_view column_family, std::string_view from, std::string_view to,
                    const Visitor& visit) const override {
    return inner_->Scan(column_family, from, to, visit);
  }
  absl::Status Commit(const store::WriteBatch& batch) override { return inner_->Commit(batch); }
  absl::Status Checkpoint(const std::string& directory) override {
    return inner_->Checkpoint(directory);
  }

 protected:
  store::Store& inner() { return *inner_; }

 private:
  std::unique_ptr<store::Store> inner_;
};

// The newest leaves of the audit log are taken out again once a checkpoint that covers them was
// published.
std::unique_ptr<store::Store> MakeLeafForgetting(std::unique_ptr<store::Store> inner);
// That an override was reversed is not kept.
std::unique_ptr<store::Store> MakeReversalForgetting(std::unique_ptr<store::Store> inner);

}  // namespace waymark::faults
