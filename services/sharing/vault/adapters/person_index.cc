#include "services/sharing/vault/adapters/person_index.h"

#include <utility>

#include "libs/base/status.h"
#include "services/sharing/vault/adapters/keys.h"

namespace waymark::sharing::vault {

using keyed_index::Generations;
using keyed_index::KeyedIndex;

std::optional<Generations> IndexGenerations(const runtime::View& view) {
  const std::optional<std::string> stored = view.Get(kHead, kIndexKey);
  if (!stored) return std::nullopt;
  return Generations::Decode(*stored);
}

absl::StatusOr<KeyedIndex> LoadIndex(const Membership& membership, const runtime::View& view) {
  return KeyedIndex::Load(*membership.person_keys, kTokens, "", IndexGenerations(view));
}

absl::StatusOr<PersonIndex> PersonIndex::Load(const Membership& membership,
                                              const runtime::View& view) {
  WM_ASSIGN_OR_RETURN(KeyedIndex index, LoadIndex(membership, view));
  return PersonIndex(view, std::move(index));
}

std::vector<std::string> PersonIndex::Persons(const std::string& token) const {
  // After a restore, rows may lead to somebody who was erased: their tokens, and so these rows,
  // cannot be read any more. They go with the index's next key.
  std::vector<std::string> persons = index_.Find(*view_, token);
  std::erase_if(persons, [this](const std::string& person_id) {
    return !view_->Get(kPersons, PersonPrefix(person_id)).has_value();
  });
  return persons;
}

}  // namespace waymark::sharing::vault
