// Column families and keys of the room `duties`, and the names of its events, timers and records.
// Keys are KeyBuilder's (libs/base/bytes.h): T a text, N a number.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "libs/base/bytes.h"

namespace waymark::sharing::duties {

// T case -> StoredDutyCase
inline constexpr std::string_view kCases = "gateway.duties.cases";
// T id that a case had while only this gateway knew of it -> its id
inline constexpr std::string_view kAliases = "gateway.duties.aliases";
// T own person -> the case they are in
inline constexpr std::string_view kPersons = "gateway.duties.persons";
// N microseconds before the year 2^62, so that the newest comes first; T reminder -> Reminder
inline constexpr std::string_view kReminders = "gateway.duties.reminders";
// T kind of reminder -> how many were ever raised, 8 bytes big-endian
inline constexpr std::string_view kCounts = "gateway.duties.counts";

inline std::string IdKey(std::string_view id) { return KeyBuilder().Text(id).Take(); }
inline std::string ReminderKey(absl::Time at, std::string_view reminder_id) {
  const uint64_t before = (uint64_t{1} << 62) - static_cast<uint64_t>(absl::ToUnixMicros(at));
  return KeyBuilder().Number(before).Text(reminder_id).Take();
}

// Events (duties.proto).
inline constexpr std::string_view kCaseKept = "waymark.gateway.v1.DutyCaseKept";
inline constexpr std::string_view kCaseJoined = "waymark.gateway.v1.DutyCaseJoined";
inline constexpr std::string_view kReminded = "waymark.gateway.v1.DutyReminded";
inline constexpr std::string_view kTold = "waymark.gateway.v1.DutyTold";

// Timers; their ids are "<kind>/<obligation id, or case id for the opening>".
inline constexpr std::string_view kDueSoonTimer = "duties.due_soon";
inline constexpr std::string_view kBreachTimer = "duties.breach";
inline constexpr std::string_view kOpeningTimer = "duties.opening";

// Records of the register, read from the inbox.
inline constexpr std::string_view kCaseNotice = "waymark.casemgr.v1.CaseNotice";
inline constexpr std::string_view kObligationNotice = "waymark.casemgr.v1.ObligationNotice";
inline constexpr std::string_view kCoverAsked = "waymark.casemgr.v1.CoverAsked";
inline constexpr std::string_view kActedForMember = "waymark.casemgr.v1.ActedForMember";
inline constexpr std::string_view kRegisterReminder = "waymark.casemgr.v1.Reminder";

// Records to the core, on the out topic.
inline constexpr std::string_view kProfileRecorded = "waymark.gateway.v1.ProfileRecorded";
inline constexpr std::string_view kConferenceCalledRecord = "waymark.gateway.v1.ConferenceCalled";
inline constexpr std::string_view kConferenceHeldRecord = "waymark.gateway.v1.ConferenceHeld";

}  // namespace waymark::sharing::duties
