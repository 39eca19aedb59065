// An alert as one subscriber may see it at this instant.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/runtime/decider.h"
#include "services/sharing/membership.h"
#include "waymark/gateway/v1/alert_kept.pb.h"
#include "waymark/gateway/v1/share.pb.h"

namespace waymark::sharing::alerts {

struct Showing {
  const Membership& membership;
  const runtime::View& view;
  const std::string& role;     // of the subscribing system
  const std::string& purpose;  // of receiving
  absl::Time now;
};

// Fills item.alert with what this gateway may show by itself (masked, and pushed shares), and
// item.fetch with what has to be fetched. Errors are of the key file.
absl::Status Show(const Showing& showing, const gateway::v1::StoredAlert& alert,
                  gateway::v1::ItemDecided& item);

// Puts a share's content into the alert: only the fields that this gateway's own agreements allow
// for this role and purpose, the rest as withheld. False when nothing was allowed.
bool AddContent(const Membership& membership, const std::string& role, const std::string& purpose,
                bool pushed, const gateway::v1::ShareContent& content, absl::Time now,
                gateway::v1::Alert& alert);

}  // namespace waymark::sharing::alerts
