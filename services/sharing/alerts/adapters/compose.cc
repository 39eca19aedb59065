#include "services/sharing/alerts/adapters/compose.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libs/audit/commitment.h"
#include "libs/base/bytes.h"
#include "libs/base/status.h"
#include "services/sharing/adapters/audit_proof.h"
#include "services/sharing/adapters/rows.h"
#include "services/sharing/adapters/times.h"
#include "services/sharing/alerts/adapters/fetch_shares.h"
#include "services/sharing/alerts/adapters/show.h"
#include "services/sharing/audit/adapters/heard.h"

namespace waymark::sharing::alerts {

using gateway::v1::Alert;

Alert Compose(const Membership& membership, const std::string& role,
              const gateway::v1::RecordSend& send, const std::set<std::string>& drop) {
  Alert alert = send.item().alert();
  std::set<std::string> away;
  for (int i = 0; i < send.outcomes_size(); ++i) {
    const gateway::v1::FetchOutcome& outcome = send.outcomes(i);
    const auto content = send.contents().find(outcome.share_id());
    if (content != send.contents().end() && drop.count(outcome.share_id()) == 0) {
      AddContent(membership, role, send.purpose(), false, content->second,
                 FromProto(send.checked_at()), alert);
      continue;
    }
    std::string reason = outcome.code();
    if (outcome.outcome() == "unreachable") {
      reason = "origin_unreachable";
      away.insert(absl::StrCat(outcome.origin(), ": ring ", membership.DeskOf(outcome.origin())));
    }
    if (drop.count(outcome.share_id()) != 0) reason = "withdrawn";
    for (const std::string& field : send.item().fetch(i).fields()) {
      if (alert.fields().count(field) == 0) (*alert.mutable_withheld())[field] = reason;
    }
  }
  alert.set_origin_unreachable(absl::StrJoin(away, "; "));
  return alert;
}

absl::Status NoteSent(const Membership& membership, const runtime::View& view, AuditNote note,
                      absl::Time now, Alert& alert, runtime::Decision& decision) {
  const std::string salt = membership.random->Bytes(audit::kSaltSize);
  note.facts["alert"] = alert.alert_id();
  note.facts["content"] = ToHex(audit::AlertCommitment(salt, alert));
  alert.mutable_proof()->set_salt(salt);
  WM_ASSIGN_OR_RETURN(*alert.mutable_proof()->mutable_sent(),
                      NoteAndProve(membership, view, note, now, decision.events));
  return absl::OkStatus();
}

void WitnessProofs(const Membership& membership, const runtime::View& view,
                   const google::protobuf::RepeatedPtrField<gateway::v1::FetchOutcome>& outcomes,
                   absl::Time now, runtime::Decision& decision) {
  for (const gateway::v1::FetchOutcome& outcome : outcomes) {
    auto heard = audit_room::HeardCheckpoint(membership, view, outcome.origin(),
                                             outcome.checkpoint(), outcome.origin(), now);
    if (heard) decision.events.push_back(*std::move(heard));
    if (outcome.code() != kProofNotValid) continue;
    gateway::v1::ProofRefused refused;
    refused.set_share_id(outcome.share_id());
    refused.set_origin(outcome.origin());
    decision.events.push_back(MakeEvent(refused));
  }
}

}  // namespace waymark::sharing::alerts
