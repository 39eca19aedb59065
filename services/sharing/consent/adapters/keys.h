// Column families and keys of the room consent. Values are messages of consent_kept.proto.
#pragma once

#include <string_view>

namespace waymark::sharing::consent {

// consent id -> StoredConsent
inline constexpr std::string_view kConsents = "gateway.consent.consents";
// person id, consent id -> ""
inline constexpr std::string_view kByPerson = "gateway.consent.by_person";

}  // namespace waymark::sharing::consent
