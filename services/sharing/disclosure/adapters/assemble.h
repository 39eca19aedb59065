// Fills the fields that a decision released from the vault: the mask is the decision's list, and
// nothing outside it is ever opened into the content.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/agreement/decision.h"
#include "libs/runtime/decider.h"
#include "services/sharing/membership.h"
#include "waymark/gateway/v1/share_kept.pb.h"

namespace waymark::sharing::disclosure {

// A permit's content. A released field of which the vault holds nothing is withheld as "not_held".
// NotFound: the person was erased. Whoever calls it puts an audit leaf into the same decision.
absl::StatusOr<gateway::v1::ShareContent> AssembleContent(const Membership& membership,
                                                          const runtime::View& view,
                                                          const gateway::v1::StoredAsk& ask,
                                                          const gateway::v1::StoredShare& share,
                                                          const agreement::Decision& decision,
                                                          const std::string& purpose);

// What the origin states beside the content: purpose, band and the consent it rests on.
gateway::v1::ShareBasis BasisOf(const runtime::View& view, const gateway::v1::StoredAsk& ask,
                                const agreement::Decision& decision, const std::string& purpose);

}  // namespace waymark::sharing::disclosure
