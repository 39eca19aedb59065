// Tells the room alerts in the next batch that a share for a case came or went. For Evolve.
#pragma once

#include <string_view>

#include "absl/time/time.h"
#include "libs/runtime/decider.h"
#include "waymark/gateway/v1/alert_kept.pb.h"

namespace waymark::sharing::alerts {

inline constexpr std::string_view kShareChanged = "alerts.share_changed";

void NudgeShareChanged(const gateway::v1::ShareChanged& changed, absl::Time now,
                       runtime::Changes& changes);

}  // namespace waymark::sharing::alerts
