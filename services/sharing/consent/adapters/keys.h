// Column families and keys of the room consent. Values are messages of consent_kept.proto.
#pragma once

#include <string_view>

namespace waymark::sharing::consent {

// consent id -> StoredConsent
inline constexpr std::string_view kConsents = "gateway.consent.consents";
// person id, consent id -> ""
inline constexpr std::string_view kByPerson = "gateway.consent.by_person";
// case id, consent id -> StoredToldConsent: of another gateway, covering what this one holds
inline constexpr std::string_view kTold = "gateway.consent.told";
// case id, consent id, agency -> ToldSource: who was told of an own consent
inline constexpr std::string_view kToldTo = "gateway.consent.told_to";

}  // namespace waymark::sharing::consent
