// ExplainPast.
#include <algorithm>
#include <set>
#include <utility>

#include "libs/base/status.h"
#include "libs/rpc/errors.h"
#include "libs/runtime_rpc/submit.h"
#include "services/sharing/adapters/audit_note.h"
#include "services/sharing/adapters/rows.h"
#include "services/sharing/adapters/times.h"
#include "services/sharing/alerts/adapters/alerts_view.h"
#include "services/sharing/consent/adapters/consent_view.h"
#include "services/sharing/disclosure/adapters/disclosure_view.h"
#include "services/sharing/disclosure/adapters/facts.h"
#include "services/sharing/disclosure/domain/receive.h"
#include "services/sharing/statement/adapters/decisions.h"
#include "services/sharing/statement/adapters/leaves.h"
#include "waymark/gateway/v1/statement.pb.h"

namespace waymark::sharing::statement {
namespace {

using gateway::v1::ExplainPastRequest;
using gateway::v1::ExplainPastResponse;
using gateway::v1::PastShare;
using gateway::v1::PastStep;
using gateway::v1::StoredReceivedShare;
using gateway::v1::StoredShare;

struct Asking {
  const Membership& membership;
  const runtime::View& view;
  absl::Time now;
  disclosure::DisclosureView shares;
};

bool IsLoaded(const Membership& membership, const std::string& digest) {
  const auto& all = membership.agreements->agreements();
  return std::any_of(all.begin(), all.end(), [&](const agreement::Agreement& agreement) {
    return !digest.empty() && agreement.digest == digest;
  });
}

void AddConsent(const Asking& asking, const std::string& consent_id, absl::Time at,
                PastStep& step) {
  if (consent_id.empty()) return;
  gateway::v1::ConsentThen& then = *step.mutable_consent();
  then.set_consent_id(consent_id);
  const auto consent = consent::ConsentView(asking.view).Find(consent_id);
  if (!consent) return;  // recorded at another gateway: the share's origin
  *then.mutable_given_at() = consent->given_at();
  *then.mutable_expires_at() = consent->expires_at();
  if (consent->has_withdrawn_at()) *then.mutable_withdrawn_at() = consent->withdrawn_at();
  then.set_held(FromProto(consent->given_at()) <= at && at < FromProto(consent->expires_at()) &&
                (!consent->has_withdrawn_at() || at < FromProto(consent->withdrawn_at())));
}

PastStep StepOf(const Asking& asking, const Recorded& leaf) {
  PastStep step;
  *step.mutable_at() = ToProto(leaf.at);
  step.set_what(leaf.what);
  step.set_log_index(leaf.index);
  step.set_state(leaf.Fact("state"));
  for (const std::string& field : leaf.Fields()) step.add_fields(field);
  step.set_lawful_gateway(leaf.Fact("lawful_gateway"));
  step.set_clause(leaf.Fact("clause"));
  step.set_agreement(leaf.Fact("agreement"));
  step.set_agreement_digest(leaf.Fact("agreement_digest"));
  step.set_agreement_stands(IsLoaded(asking.membership, leaf.Fact("agreement_digest")));
  AddConsent(asking, leaf.Fact("consent"), leaf.at, step);
  step.set_override_id(leaf.Fact("override"));
  step.set_reader(leaf.Fact("reader"));
  step.set_reader_role(leaf.Fact("reader_role"));
  step.set_purpose(leaf.purpose);
  for (const char* name : {"because", "code", "reason"}) {
    if (step.code().empty()) step.set_code(leaf.Fact(name));
  }
  return step;
}

// A case is decided again whenever anything changes; only what came out otherwise is a step.
bool IsRepeat(const PastShare& past, const PastStep& step) {
  if (step.what() != "share_decided") return false;
  for (auto before = past.steps().rbegin(); before != past.steps().rend(); ++before) {
    if (before->what() != step.what()) continue;
    PastStep same = *before;
    *same.mutable_at() = step.at();
    same.set_log_index(step.log_index());
    return same.SerializeAsString() == step.SerializeAsString();
  }
  return false;
}

void AddSteps(const Asking& asking, PastShare& past) {
  for (const Recorded& leaf : LeavesAbout(asking.membership, asking.view, past.share_id())) {
    PastStep step = StepOf(asking, leaf);
    if (!IsRepeat(past, step)) *past.add_steps() = std::move(step);
  }
}

PastShare Given(const Asking& asking, const StoredShare& share) {
  PastShare past;
  past.set_share_id(share.share_id());
  past.set_case_id(share.case_id());
  past.set_origin(asking.membership.agency);
  past.set_recipient(share.recipient());
  past.set_state(share.state());
  past.set_copy_outstanding(share.copy_outstanding());
  AddSteps(asking, past);
  if (const auto ask = asking.shares.Ask(share.case_id())) {
    const disclosure::Settled settled = disclosure::DecideToTell(
        *asking.membership.agreements, disclosure::FactsFor(asking.view, *ask, share.person_id()),
        disclosure::TellQuestion(asking.membership, *ask, share.recipient()), asking.now);
    *past.mutable_now() = disclosure::ToMessage(settled.decision, share.recipient(), asking.now);
  }
  return past;
}

PastShare Taken(const Asking& asking, const StoredReceivedShare& share) {
  PastShare past;
  past.set_share_id(share.share_id());
  past.set_case_id(share.case_id());
  past.set_origin(share.origin());
  past.set_recipient(asking.membership.agency);
  past.set_state(share.state());
  AddSteps(asking, past);
  disclosure::Attested attested =
      disclosure::AttestedBy(asking.membership, share.origin(), share.notice());
  const agreement::Decision decided =
      disclosure::DecideToTake(*asking.membership.agreements, attested, asking.now);
  *past.mutable_now() = disclosure::ToMessage(decided, asking.membership.agency, asking.now);
  return past;
}

Problem Unknown(const std::string& what) {
  return {"unknown_" + what, what + "_id", "one that this gateway gave, got or recorded",
          "list them to find the id"};
}

// Everything that the request names; empty when there is no such thing.
std::vector<PastShare> Find(const Asking& asking, const ExplainPastRequest& request) {
  std::vector<PastShare> found;
  if (request.has_consent_id()) {
    for (const std::string& id : asking.shares.SharesRestingOn(request.consent_id())) {
      if (const auto share = asking.shares.Share(id)) found.push_back(Given(asking, *share));
    }
  } else if (request.has_alert_id()) {
    const auto alert = alerts::AlertsView(asking.view).Alert(request.alert_id());
    if (!alert) return found;
    for (const StoredReceivedShare& share : asking.shares.ReceivedOf(alert->alert().case_id())) {
      found.push_back(Taken(asking, share));
    }
  } else if (const auto share = asking.shares.Share(request.share_id())) {
    found.push_back(Given(asking, *share));
  } else if (const auto received = asking.shares.Received(request.share_id())) {
    found.push_back(Taken(asking, *received));
  }
  return found;
}

}  // namespace

absl::StatusOr<runtime::Decision> DecideExplainPast(const Membership& membership,
                                                    const runtime::View& view,
                                                    const runtime::Input& input,
                                                    runtime::Context& context) {
  WM_ASSIGN_OR_RETURN(const auto command, runtime_rpc::DecodeCommand<ExplainPastRequest>(input));
  const ExplainPastRequest& request = command.request;
  const Asking asking{membership, view, context.now(),
                      disclosure::DisclosureView(membership, view)};
  ExplainPastResponse response;
  for (PastShare& past : Find(asking, request)) *response.add_shares() = std::move(past);
  if (response.shares().empty()) {
    const std::string what = request.has_alert_id()     ? "alert"
                             : request.has_consent_id() ? "consent"
                                                        : "share";
    return runtime::Decision::Refuse(
        rpc::ProblemStatus(absl::StatusCode::kNotFound, {Unknown(what)}));
  }
  AuditNote note;
  note.what = "share_explained";
  note.caller = command.caller;
  std::set<std::string> about;
  for (const PastShare& past : response.shares()) {
    about.insert(past.share_id());
    const auto share = asking.shares.Share(past.share_id());
    if (share) about.insert(share->person_id());
  }
  note.about.assign(about.begin(), about.end());
  runtime::Decision decision;
  decision.events = {NoteAudit(membership, note, context.now())};
  decision.reply = response.SerializeAsString();
  return decision;
}

}  // namespace waymark::sharing::statement
