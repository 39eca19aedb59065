#include "services/sharing/alerts/adapters/nudge.h"

#include "absl/strings/str_cat.h"

namespace waymark::sharing::alerts {

void NudgeShareChanged(const gateway::v1::ShareChanged& changed, absl::Time now,
                       runtime::Changes& changes) {
  // Coming and going have a timer each, so that neither swallows the other within one batch.
  changes.ArmTimer(absl::StrCat("alerts.share/", changed.share_id(),
                                changed.withdrawn().empty() ? "/came" : "/went"),
                   now, kShareChanged, changed.SerializeAsString());
}

}  // namespace waymark::sharing::alerts
