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
// local token, person id -> ""
inline constexpr std::string_view kTokens = "gateway.vault.tokens";
// incident id -> StoredIncident
inline constexpr std::string_view kIncidents = "gateway.vault.incidents";
// person id, reported at (Unix microseconds), incident id -> StoredPart
inline constexpr std::string_view kParts = "gateway.vault.parts";
// person id, made at (Unix microseconds), assessment id -> StoredAssessment
inline constexpr std::string_view kAssessments = "gateway.vault.assessments";
// "slots" -> highest key slot in use plus one (8 bytes, big-endian)
inline constexpr std::string_view kHead = "gateway.vault.head";
inline constexpr std::string_view kSlotsKey = "slots";

// Instants in keys lie after 1970: reports are refused before 2000 and `now` is later.
inline uint64_t Micros(absl::Time at) { return static_cast<uint64_t>(absl::ToUnixMicros(at)); }

inline std::string TokenKey(std::string_view token, std::string_view person_id) {
  return KeyBuilder().Text(token).Text(person_id).Take();
}
inline std::string TokenPrefix(std::string_view token) { return KeyBuilder().Text(token).Take(); }
inline std::string PersonPrefix(std::string_view person_id) {
  return KeyBuilder().Text(person_id).Take();
}
inline std::string TimedKey(std::string_view person_id, absl::Time at, std::string_view id) {
  return KeyBuilder().Text(person_id).Number(Micros(at)).Text(id).Take();
}

}  // namespace waymark::sharing::vault
