// What a batch has changed so far, over what the store holds. Reads see both. Used by one thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "libs/runtime/decider.h"
#include "libs/store/store.h"

namespace waymark::runtime {

class Overlay {
 public:
  using Visitor = std::function<bool(std::string_view key, std::string_view value)>;

  // `store` must outlive it.
  explicit Overlay(const store::Store& store) : store_(store) {}

  // nullopt when the key is missing, or when the store failed: then status() is not OK any more.
  std::optional<std::string> Get(std::string_view column_family, std::string_view key) const;
  void Scan(std::string_view column_family, std::string_view from, std::string_view to,
            const Visitor& visit) const;
  void Put(std::string_view column_family, std::string_view key, std::string_view value);
  void Delete(std::string_view column_family, std::string_view key);

  // The first error the store gave.
  const absl::Status& status() const { return status_; }
  bool dirty() const { return !changes_.empty(); }
  store::WriteBatch Batch() const;
  void Clear();

 private:
  using Table = std::map<std::string, std::optional<std::string>, std::less<>>;
  Table& TableOf(std::string_view column_family);
  const Table* FindTable(std::string_view column_family) const;

  const store::Store& store_;
  std::map<std::string, Table, std::less<>> changes_;
  mutable absl::Status status_;
};

// One shard's part of the domain column families, with the batch so far.
class OverlayView : public View {
 public:
  OverlayView(const Overlay& overlay, std::string_view shard);
  std::optional<std::string> Get(std::string_view column_family,
                                 std::string_view key) const override;
  void Scan(std::string_view column_family, std::string_view from, std::string_view to,
            const std::function<bool(std::string_view, std::string_view)>& visit) const override;

 private:
  const Overlay& overlay_;
  const std::string prefix_;
};

}  // namespace waymark::runtime
