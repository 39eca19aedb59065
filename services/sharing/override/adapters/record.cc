// RecordOverride.
#include <set>
#include <utility>

#include "libs/base/status.h"
#include "libs/rpc/errors.h"
#include "libs/runtime_rpc/submit.h"
#include "services/sharing/adapters/rows.h"
#include "services/sharing/adapters/times.h"
#include "services/sharing/consent/adapters/person_in.h"
#include "services/sharing/disclosure/adapters/disclosure_view.h"
#include "services/sharing/disclosure/adapters/facts.h"
#include "services/sharing/override/adapters/decisions.h"
#include "services/sharing/override/domain/check.h"
#include "services/sharing/vault/adapters/vault_view.h"

namespace waymark::sharing::overrides {
namespace {

using gateway::v1::RecordOverrideRequest;
using gateway::v1::StoredOverride;

using Command = runtime_rpc::DecodedCommand<RecordOverrideRequest>;

template <class List>
std::vector<std::string> EachOnce(const List& list) {
  std::vector<std::string> once;
  std::set<std::string> seen;
  for (const std::string& word : list) {
    if (seen.insert(word).second) once.push_back(word);
  }
  return once;
}

Asked AskedBy(const Command& command) {
  const RecordOverrideRequest& request = command.request;
  Asked asked;
  asked.recipients = EachOnce(request.recipients());
  asked.fields = EachOnce(request.fields());
  asked.purposes = EachOnce(request.purposes());
  asked.lawful_gateway = request.lawful_gateway();
  asked.reason = request.reason();
  if (request.has_expires_at() && IsInstant(request.expires_at())) {
    asked.expires = FromProto(request.expires_at());
  }
  asked.decision_maker = command.caller.person_subject();
  asked.role = command.caller.person_role();
  return asked;
}

Known KnownTo(const Membership& membership) {
  Known known;
  known.self = membership.agency;
  for (const auto& [agency, peer] : membership.peers) known.members.insert(agency);
  for (const agreement::Agreement& agreement : membership.agreements->agreements()) {
    for (const agreement::Purpose& purpose : agreement.purposes) known.purposes.insert(purpose.id);
  }
  return known;
}

struct Cases {
  std::vector<std::string> ids;
  std::vector<CaseFacts> facts;
};

Cases CasesOf(const Membership& membership, const runtime::View& view,
              const std::string& person_id) {
  Cases cases;
  const disclosure::DisclosureView shares(membership, view);
  for (const std::string& case_id : shares.CasesOf(person_id)) {
    const auto ask = shares.Ask(case_id);
    if (!ask) continue;
    const auto& recipients = ask->asked().recipients();
    cases.ids.push_back(case_id);
    cases.facts.push_back(
        {disclosure::FactsFor(view, *ask, person_id), {recipients.begin(), recipients.end()}});
  }
  return cases;
}

uint32_t Released(const Membership& membership, const runtime::View& view,
                  const std::string& person_id, const Cases& cases, const Judged& judged) {
  uint32_t released = 0;
  for (const Told& told : judged.told) {
    const auto standing =
        disclosure::StandingOf(disclosure::DisclosureView(membership, view)
                                   .Newest(cases.ids[told.of_case], person_id, told.recipient));
    const disclosure::Move move = disclosure::NextMove(standing, told.settled);
    if (move == disclosure::Move::kTell || move == disclosure::Move::kReplace) ++released;
  }
  return released;
}

StoredOverride ToStored(const Asked& asked, const std::string& id, const std::string& person_id,
                        const std::string& incident_id, const Cases& cases, const Judged& judged,
                        const ReviewClock& clock, absl::Time now) {
  const auto take = [](const std::vector<std::string>& from, auto* to) {
    to->Assign(from.begin(), from.end());
  };
  StoredOverride stored;
  stored.set_override_id(id);
  stored.set_person_id(person_id);
  stored.set_incident_id(incident_id);
  take(cases.ids, stored.mutable_case_ids());
  take(asked.recipients, stored.mutable_recipients());
  take(asked.fields, stored.mutable_fields());
  take(asked.purposes, stored.mutable_purposes());
  stored.set_lawful_gateway(asked.lawful_gateway);
  take(judged.clauses, stored.mutable_clauses());
  take(judged.agreement_digests, stored.mutable_agreement_digests());
  stored.set_decided_by(asked.decision_maker);
  stored.set_decided_by_role(asked.role);
  *stored.mutable_decided_at() = ToProto(now);
  *stored.mutable_expires_at() = ToProto(*asked.expires);
  stored.set_state(gateway::v1::Override::STATE_OPEN);
  stored.set_clock(clock.name);
  *stored.mutable_review_due_soon_at() = ToProto(clock.due_soon);
  *stored.mutable_review_due_at() = ToProto(clock.due);
  return stored;
}

absl::Status Refusal(const std::vector<Problem>& problems) {
  absl::StatusCode code = absl::StatusCode::kInvalidArgument;
  for (const Problem& problem : problems) {
    if (problem.code == "role_may_not_decide") code = absl::StatusCode::kPermissionDenied;
  }
  return rpc::ProblemStatus(code, problems);
}

absl::StatusOr<runtime::Decision> Record(const Membership& membership, const runtime::View& view,
                                         const Command& command, const Asked& asked,
                                         const gateway::v1::StoredIncident& incident,
                                         const std::string& person_id, runtime::Context& context) {
  const absl::Time now = context.now();
  const std::optional<ReviewClock> clock = StartReview(*membership.pack, membership.agency, now);
  if (!clock) {
    return runtime::Decision::Refuse(rpc::ProblemStatus(
        absl::StatusCode::kFailedPrecondition,
        {{"no_review_clock", "", "a policy pack with a clock for the second person's review",
          "include the statutory pack: nobody would look at an override"}}));
  }
  const Cases cases = CasesOf(membership, view, person_id);
  const std::string id = context.NewId("override");
  const Judged judged = Judge(*membership.agreements, membership.partnership, membership.agency,
                              asked, id, cases.facts, now);
  if (!judged.problems.empty()) return runtime::Decision::Refuse(Refusal(judged.problems));
  gateway::v1::OverrideRecorded recorded;
  StoredOverride& stored = *recorded.mutable_override();
  stored = ToStored(asked, id, person_id, incident.incident_id(), cases, judged, *clock, now);
  WM_ASSIGN_OR_RETURN(*stored.mutable_reason(),
                      SealReason(membership, view, stored, kReasonVersion, asked.reason));
  AuditNote note = NoteOf("override_recorded", command.caller, stored);
  note.sealed_reason = stored.reason().sealed();
  runtime::Decision decision;
  decision.events = {MakeEvent(recorded), NoteAudit(membership, note, now)};
  Tell(membership, stored, Occasion::kRecorded,
       "consent was overridden: a second person reviews it", context, decision);
  gateway::v1::RecordOverrideResponse response;
  response.set_override_id(id);
  *response.mutable_review_due_at() = stored.review_due_at();
  response.set_shares_released(Released(membership, view, person_id, cases, judged));
  decision.reply = response.SerializeAsString();
  return decision;
}

}  // namespace

absl::StatusOr<runtime::Decision> DecideRecord(const Membership& membership,
                                               const runtime::View& view,
                                               const runtime::Input& input,
                                               runtime::Context& context) {
  WM_ASSIGN_OR_RETURN(const Command command,
                      runtime_rpc::DecodeCommand<RecordOverrideRequest>(input));
  std::vector<Problem> problems;
  std::string person_id;
  const auto incident =
      vault::VaultView(membership, view).IncidentByReference(command.request.source_reference());
  if (!incident) {
    problems.push_back({"unknown_reference", "source_reference",
                        "an incident that this agency has published",
                        "publish the incident first"});
  } else {
    const Result<std::string> found = consent::PersonIn(*incident, command.request.party());
    if (found.ok()) {
      person_id = *found;
    } else {
      problems.push_back(found.problem());
    }
  }
  if (!person_id.empty() && !vault::VaultView(membership, view).Person(person_id)) {
    problems.push_back({"erased", "source_reference", "a person whose data is still held",
                        "nothing is left to share"});
  }
  const Asked asked = AskedBy(command);
  for (Problem& problem : CheckAsked(asked, KnownTo(membership), context.now())) {
    problems.push_back(std::move(problem));
  }
  if (!problems.empty()) return runtime::Decision::Refuse(Refusal(problems));
  return Record(membership, view, command, asked, *incident, person_id, context);
}

}  // namespace waymark::sharing::overrides
