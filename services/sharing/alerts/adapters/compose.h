// The alert that a decision is about to put on record as sent, with what was fetched for it and its
// proof.
#pragma once

#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/runtime/decider.h"
#include "services/sharing/adapters/audit_note.h"
#include "services/sharing/membership.h"
#include "waymark/gateway/v1/alert_kept.pb.h"

namespace waymark::sharing::alerts {

// The alert with what was fetched, without the shares in `drop`. It says what held when that was
// checked.
gateway::v1::Alert Compose(const Membership& membership, const std::string& role,
                           const gateway::v1::RecordSend& send, const std::set<std::string>& drop);

// Adds the leaf, which commits to the alert as it is, and puts its proof into the alert.
absl::Status NoteSent(const Membership& membership, const runtime::View& view, AuditNote note,
                      absl::Time now, gateway::v1::Alert& alert, runtime::Decision& decision);

// What the proofs that came with the outcomes mean for this gateway as a witness: the head that
// each valid one shows is tied to what its log published; one that does not hold raises the alarm.
void WitnessProofs(const Membership& membership, const runtime::View& view,
                   const google::protobuf::RepeatedPtrField<gateway::v1::FetchOutcome>& outcomes,
                   absl::Time now, runtime::Decision& decision);

}  // namespace waymark::sharing::alerts
