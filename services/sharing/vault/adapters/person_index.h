// The index from local tokens to persons, over libs/keyed_index. Made for one decision or one
// event.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/keyed_index/keyed_index.h"
#include "libs/runtime/decider.h"
#include "services/sharing/membership.h"
#include "services/sharing/vault/domain/persons.h"

namespace waymark::sharing::vault {

// nullopt: nobody was indexed yet.
std::optional<keyed_index::Generations> IndexGenerations(const runtime::View& view);
// Errors are the key file's.
absl::StatusOr<keyed_index::KeyedIndex> LoadIndex(const Membership& membership,
                                                  const runtime::View& view);

class PersonIndex : public PersonsByToken {
 public:
  // `view` must outlive it.
  static absl::StatusOr<PersonIndex> Load(const Membership& membership, const runtime::View& view);
  // Nobody who was erased.
  std::vector<std::string> Persons(const std::string& token) const override;

 private:
  PersonIndex(const runtime::View& view, keyed_index::KeyedIndex index)
      : view_(&view), index_(std::move(index)) {}
  const runtime::View* view_;
  mutable keyed_index::KeyedIndex index_;  // its HMACs are reused; one thread at a time
};

}  // namespace waymark::sharing::vault
