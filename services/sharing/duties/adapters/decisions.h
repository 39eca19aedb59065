// The deciders of the room, by what brings the input. Internal to the room.
#pragma once

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/runtime/decider.h"
#include "services/sharing/duties/domain/docket.h"
#include "services/sharing/membership.h"

namespace waymark::sharing::duties {

inline constexpr std::string_view kService = "waymark.gateway.v1.CaseService";
inline constexpr std::string_view kCreateProfile = "/waymark.gateway.v1.CaseService/CreateProfile";
inline constexpr std::string_view kCallConference =
    "/waymark.gateway.v1.CaseService/CallConference";
inline constexpr std::string_view kHoldConference =
    "/waymark.gateway.v1.CaseService/HoldConference";
inline constexpr std::string_view kShowCase = "/waymark.gateway.v1.CaseService/ShowCase";
inline constexpr std::string_view kListCases = "/waymark.gateway.v1.CaseService/ListCases";
inline constexpr std::string_view kCloseCase = "/waymark.gateway.v1.CaseService/CloseCase";
inline constexpr std::string_view kListClocks = "/waymark.gateway.v1.CaseService/ListClocks";
inline constexpr std::string_view kListReminders = "/waymark.gateway.v1.CaseService/ListReminders";

// Records of the inbox, and the timers of the room. InvalidArgument: unreadable, or a record that
// is not the register's.
absl::StatusOr<runtime::Decision> DecideRecord(const Membership& membership,
                                               const runtime::View& view,
                                               const runtime::Input& input,
                                               runtime::Context& context);
absl::StatusOr<runtime::Decision> DecideTimer(const Membership& membership,
                                              const runtime::View& view,
                                              const runtime::Input& input,
                                              runtime::Context& context);
// Work on a case. The reply is the method's response.
absl::StatusOr<runtime::Decision> DecideWork(const Membership& membership,
                                             const runtime::View& view, const runtime::Input& input,
                                             runtime::Context& context);
// Reading. The reply is the method's response from the own copy.
absl::StatusOr<runtime::Decision> DecideRead(const Membership& membership,
                                             const runtime::View& view, const runtime::Input& input,
                                             runtime::Context& context);

Setting SettingOf(const Membership& membership, runtime::Context& context);
// The events of what changed.
std::vector<runtime::Event> EventsOf(const Membership& membership, const Docket& docket,
                                     runtime::Context& context);

}  // namespace waymark::sharing::duties
