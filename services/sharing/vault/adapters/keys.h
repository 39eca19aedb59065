// Column families and keys of the vault. Parts are KeyBuilder's unless said otherwise; values are
// messages of vault.proto. No key holds anything that is not random or a keyed hash.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "libs/base/bytes.h"

namespace waymark::sharing::vault {

// person id -> StoredPerson
inline constexpr std::string_view kPersons = "gateway.vault.persons";
// rows of the keyed index from local tokens to person ids (libs/keyed_index)
inline constexpr std::string_view kTokens = "gateway.vault.tokens";
// incident id -> StoredIncident
inline constexpr std::string_view kIncidents = "gateway.vault.incidents";
// person id, reported at (Unix microseconds), incident id -> StoredPart
inline constexpr std::string_view kParts = "gateway.vault.parts";
// person id, made at (Unix microseconds), assessment id -> StoredAssessment
inline constexpr std::string_view kAssessments = "gateway.vault.assessments";
// person id -> StoredErasure
inline constexpr std::string_view kErasures = "gateway.vault.erasures";
// slot (8 bytes, big-endian) -> "": destroyed, or about to be
inline constexpr std::string_view kErasedSlots = "gateway.vault.erased_slots";
// "slots"   -> highest key slot in use plus one (8 bytes, big-endian)
// "index"   -> generations of the index of tokens (keyed_index::Generations)
// "intake_key" -> StoredIntakeKey
// "reindex" -> StoredReindex, while a round of re-keying runs
inline constexpr std::string_view kHead = "gateway.vault.head";
inline constexpr std::string_view kSlotsKey = "slots";
inline constexpr std::string_view kIndexKey = "index";
inline constexpr std::string_view kIntakeKeyKey = "intake_key";
inline constexpr std::string_view kReindexKey = "reindex";

// Instants in keys lie after 1970: reports are refused before 2000 and `now` is later.
inline uint64_t Micros(absl::Time at) { return static_cast<uint64_t>(absl::ToUnixMicros(at)); }

inline std::string PersonPrefix(std::string_view person_id) {
  return KeyBuilder().Text(person_id).Take();
}
inline std::string TimedKey(std::string_view person_id, absl::Time at, std::string_view id) {
  return KeyBuilder().Text(person_id).Number(Micros(at)).Text(id).Take();
}

}  // namespace waymark::sharing::vault
