// Column families and keys of the room disclosure. Values are messages of share_kept.proto.
#pragma once

#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "libs/base/bytes.h"

namespace waymark::sharing::disclosure {

// case id -> StoredAsk
inline constexpr std::string_view kAsks = "gateway.disclosure.asks";
// person id, case id -> ""
inline constexpr std::string_view kCasesOf = "gateway.disclosure.cases_of";
// share id -> StoredShare
inline constexpr std::string_view kShares = "gateway.disclosure.shares";
// case id, person id, recipient -> id of the newest share
inline constexpr std::string_view kNewest = "gateway.disclosure.newest";
// consent id, share id -> ""
inline constexpr std::string_view kByConsent = "gateway.disclosure.by_consent";
// 2^64 - 1 - first decided at (Unix microseconds), share id -> "": the newest first
inline constexpr std::string_view kByTime = "gateway.disclosure.by_time";
// share id -> StoredReceivedShare
inline constexpr std::string_view kReceived = "gateway.disclosure.received";
// case id, share id -> ""
inline constexpr std::string_view kReceivedOf = "gateway.disclosure.received_of";
// 2^64 - 1 - received at (Unix microseconds), share id -> "": the newest first
inline constexpr std::string_view kReceivedByTime = "gateway.disclosure.received_by_time";
// Copies of shares that stand no longer and are not confirmed as removed.
// recipient, share id -> ""
inline constexpr std::string_view kOutstandingGiven = "gateway.disclosure.outstanding_given";
// origin, share id -> ""
inline constexpr std::string_view kOutstandingTaken = "gateway.disclosure.outstanding_taken";
// "active" -> AgreementsActivated
inline constexpr std::string_view kAgreements = "gateway.disclosure.agreements";
inline constexpr std::string_view kActiveKey = "active";

inline std::string NewestKey(std::string_view case_id, std::string_view person_id,
                             std::string_view recipient) {
  return KeyBuilder().Text(case_id).Text(person_id).Text(recipient).Take();
}
inline std::string TimeKey(absl::Time at, std::string_view share_id) {
  const auto micros = static_cast<uint64_t>(absl::ToUnixMicros(at));
  return KeyBuilder().Number(~micros).Text(share_id).Take();
}

}  // namespace waymark::sharing::disclosure
