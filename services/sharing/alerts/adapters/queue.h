// What makes, raises, withdraws and settles alerts: HighRiskAlert, shares that come and go, timers,
// and a person who acknowledges.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "libs/runtime/decider.h"
#include "services/sharing/membership.h"

namespace waymark::sharing::alerts {

inline constexpr std::string_view kAcknowledgeAlert =
    "/waymark.gateway.v1.AlertService/AcknowledgeAlert";
inline constexpr std::string_view kListAlerts = "/waymark.gateway.v1.AlertService/ListAlerts";

inline constexpr size_t kAlertsListedMax = 200;

// HighRiskAlert from casemgr: version 1, depersonalised until a share comes. A repeat that says
// something new raises the version.
absl::StatusOr<runtime::Decision> DecideHighRisk(const Membership& membership,
                                                 const runtime::View& view,
                                                 const runtime::Input& input,
                                                 runtime::Context& context);
// The timer kShareChanged.
absl::StatusOr<runtime::Decision> DecideShareChanged(const runtime::View& view,
                                                     const runtime::Input& input);
// The timers kRemind, kUnacknowledged and kRetry.
absl::StatusOr<runtime::Decision> DecideTimer(const Membership& membership,
                                              const runtime::View& view,
                                              const runtime::Input& input,
                                              runtime::Context& context);
absl::StatusOr<runtime::Decision> DecideAcknowledge(const Membership& membership,
                                                    const runtime::View& view,
                                                    const runtime::Input& input,
                                                    runtime::Context& context);
absl::StatusOr<runtime::Decision> DecideListAlerts(const Membership& membership,
                                                   const runtime::View& view,
                                                   runtime::Context& context);

}  // namespace waymark::sharing::alerts
