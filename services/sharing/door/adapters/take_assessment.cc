#include <string>
#include <utility>

#include "libs/base/status.h"
#include "libs/rpc/errors.h"
#include "libs/runtime_rpc/submit.h"
#include "services/sharing/adapters/audit_note.h"
#include "services/sharing/adapters/methods.h"
#include "services/sharing/adapters/times.h"
#include "services/sharing/door/adapters/codec.h"
#include "services/sharing/door/adapters/decisions.h"
#include "services/sharing/door/adapters/events.h"
#include "services/sharing/door/domain/supervise.h"
#include "services/sharing/vault/adapters/deposit.h"
#include "waymark/gateway/v1/assessment.pb.h"

namespace waymark::sharing::door {
namespace {

using gateway::v1::AssessmentTaken;
using gateway::v1::AssessVictimRequest;
using gateway::v1::AssessVictimResponse;
using gateway::v1::StoredIncident;

GivenAssessment Given(const AssessVictimRequest& request) {
  GivenAssessment given{request.source_reference(), AnswersOf(request.answers()), {}, {}, {}};
  if (!request.instrument().empty() || !request.instrument_result().empty()) {
    given.instrument = {request.instrument(), request.instrument_result()};
  }
  if (request.has_officer()) given.officer = GivenOf(request.officer());
  if (request.has_supervisor()) given.supervisor = GivenOf(request.supervisor());
  return given;
}

// Rules that fire for the person over all that this agency holds of them.
std::vector<std::string> RepeatsFor(const Membership& membership, const vault::VaultView& vault,
                                    const std::string& person_id, absl::Time now) {
  std::vector<OwnIncident> incidents = VaultHistory(vault).IncidentsOf(person_id);
  std::erase_if(incidents,
                [](const OwnIncident& incident) { return !vault::Counts(incident.roles); });
  std::vector<std::string> fired;
  for (const rules::Firing& firing :
       RepeatsOf(*membership.pack, now, Counted(incidents, membership.agency, person_id))) {
    if (fired.empty() || fired.back() != firing.rule) fired.push_back(firing.rule);
  }
  return fired;
}

std::string StandingAssessor(const vault::VaultView& vault, const std::string& person_id,
                             const std::string& incident_id) {
  std::string assessor;
  for (const gateway::v1::StoredAssessment& stored : vault.AssessmentsOf(person_id)) {
    if (stored.incident_id() == incident_id) assessor = stored.assessor();
  }
  return assessor;
}

// The assessment, or the refusal.
struct Assessed {
  absl::Status refusal;
  LocalAssessment local;
  std::string standing_assessor;  // who assessed before; "" for nobody
};

Assessed AssessFor(const Membership& membership, const vault::VaultView& vault,
                   const common::v1::Caller& caller, const GivenAssessment& given,
                   const StoredIncident& incident, const std::string& person, absl::Time now) {
  AssessInput input{{},
                    given.answers,
                    given.officer,
                    std::nullopt,
                    RepeatsFor(membership, vault, person, now),
                    given.instrument,
                    membership.agency};
  const Result<std::optional<LocalAssessment>> without = AssessLocally(*membership.pack, input);
  input.supervisor = given.supervisor;
  const Result<std::optional<LocalAssessment>> with = AssessLocally(*membership.pack, input);
  for (const auto* result : {&without, &with}) {
    if (!result->ok()) return {Refusal(result->problem()), {}, ""};
    if (!**result) {
      return {Refusal({"no_matrix", "answers", "a pack with a victim's matrix",
                       "grade the incident instead"}),
              {},
              ""};
    }
  }
  Supervision supervision;
  if (given.supervisor) supervision.supervisor = BandOf(given.supervisor->band);
  supervision.without_supervisor = (*without)->overall;
  supervision.person = caller.person_subject();
  supervision.is_supervisor = Supervisors().count(caller.person_role()) > 0;
  supervision.assessor = StandingAssessor(vault, person, incident.incident_id());
  if (std::optional<Problem> problem = CheckSupervision(*membership.pack, supervision)) {
    return {Refusal(*problem), {}, ""};
  }
  return {absl::OkStatus(), **with, supervision.assessor};
}

common::v1::Band BandTo(const std::optional<pack::Band>& band) {
  return band ? static_cast<common::v1::Band>(NumberOf(*band)) : common::v1::BAND_UNSPECIFIED;
}

AssessVictimResponse ResponseOf(const LocalAssessment& local,
                                const common::v1::Assessment& assessment) {
  AssessVictimResponse response;
  *response.mutable_assessment() = assessment;
  response.set_band_min(BandTo(local.band_min));
  response.set_band_max(BandTo(local.band_max));
  response.set_officer(BandTo(local.officer));
  response.set_supervisor(BandTo(local.supervisor));
  for (const std::string& need : local.needs) response.add_needs(need);
  response.set_agencies_should_talk(local.agencies_should_talk);
  for (const rules::Contribution& from : local.contributions) {
    gateway::v1::Contribution& to = *response.add_contributions();
    to.set_item(from.item);
    to.set_answer(from.answer);
    to.set_score_min(static_cast<int32_t>(from.score_min));
    to.set_score_max(static_cast<int32_t>(from.score_max));
  }
  for (const rules::WouldChange& from : local.would_change) {
    gateway::v1::BandChange& to = *response.add_would_change();
    to.set_item(from.item);
    to.set_answer(from.answer);
    to.set_band_min(static_cast<common::v1::Band>(NumberOf(from.band_min)));
    to.set_band_max(static_cast<common::v1::Band>(NumberOf(from.band_max)));
  }
  return response;
}

absl::StatusOr<AssessmentTaken> TakenOf(const Membership& membership,
                                        const AssessVictimRequest& request,
                                        const common::v1::Caller& caller,
                                        const StoredIncident& incident,
                                        const common::v1::Assessment& assessment,
                                        const Assessed& assessed) {
  AssessmentTaken taken;
  taken.set_incident_id(incident.incident_id());
  gateway::v1::StoredAssessment& stored = *taken.mutable_assessment()->mutable_assessment();
  *stored.mutable_assessment() = assessment;
  stored.set_incident_id(incident.incident_id());
  const LocalAssessment& local = assessed.local;
  stored.set_assessor(caller.person_subject());
  stored.set_officer(BandTo(local.officer));
  stored.set_supervisor(BandTo(local.supervisor));
  if (local.supervisor) {
    stored.set_supervisor_person(caller.person_subject());
    // Who signs what somebody else assessed is not its assessor.
    if (!assessed.standing_assessor.empty()) stored.set_assessor(assessed.standing_assessor);
  }
  gateway::v1::JudgementReasons reasons;
  reasons.set_officer(request.officer().reason());
  reasons.set_supervisor(request.supervisor().reason());
  WM_ASSIGN_OR_RETURN(
      *stored.mutable_reasons(),
      vault::SealReasons(membership, incident.private_owner(), incident.private_part().key_slot(),
                         assessment.assessment_id(), reasons));
  for (const std::string& person : vault::VaultView::AssessedIn(incident)) {
    taken.mutable_assessment()->add_person_ids(person);
    if (local.High()) taken.add_high_person_ids(person);
    gateway::v1::VictimAssessed& out = *taken.add_outbound();
    out.set_partnership(membership.partnership);
    out.set_person_id(person);
    out.set_incident_id(incident.incident_id());
    *out.mutable_assessment() = assessment;
    *out.mutable_answers() = request.answers();
  }
  return taken;
}

}  // namespace

absl::StatusOr<runtime::Decision> DecideAssessment(const Membership& membership,
                                                   const runtime::View& view,
                                                   const runtime::Input& input,
                                                   runtime::Context& context) {
  WM_ASSIGN_OR_RETURN(const auto command, runtime_rpc::DecodeCommand<AssessVictimRequest>(input));
  const AssessVictimRequest& request = command.request;
  if (absl::Status wrong = CheckCaller(membership, request.partnership(), command.caller);
      !wrong.ok()) {
    return runtime::Decision::Refuse(std::move(wrong));
  }
  const GivenAssessment given = Given(request);
  const std::vector<Problem> problems = CheckAssessment(given, *membership.pack, membership.agency);
  if (!problems.empty()) return runtime::Decision::Refuse(Refusal(problems));
  const vault::VaultView vault(membership, view);
  const std::optional<StoredIncident> incident =
      vault.IncidentByReference(request.source_reference());
  if (!incident) {
    return runtime::Decision::Refuse(rpc::ProblemStatus(
        absl::StatusCode::kNotFound,
        {{"unknown_reference", "source_reference",
          "the reference of an incident this gateway holds", "publish the incident first"}}));
  }
  const std::vector<std::string> persons = vault::VaultView::AssessedIn(*incident);
  if (persons.empty()) {
    return runtime::Decision::Refuse(
        Refusal({"no_victim", "source_reference", "an incident with a victim or a caller",
                 "amend the incident with the person it is about"}));
  }
  const Assessed assessed = AssessFor(membership, vault, command.caller, given, *incident,
                                      persons.front(), context.now());
  if (!assessed.refusal.ok()) return runtime::Decision::Refuse(assessed.refusal);
  const common::v1::Assessment assessment =
      ToProto(assessed.local, membership, context.NewId("assessment"), context.now());
  WM_ASSIGN_OR_RETURN(const AssessmentTaken taken, TakenOf(membership, request, command.caller,
                                                           *incident, assessment, assessed));
  AuditNote note{"assess", command.caller, {incident->incident_id()}, "", "", "", {}};
  note.about.insert(note.about.end(), persons.begin(), persons.end());
  runtime::Decision decision;
  decision.reply = ResponseOf(assessed.local, assessment).SerializeAsString();
  decision.events.push_back({std::string(kAssessmentTaken), taken.SerializeAsString()});
  decision.events.push_back(NoteAudit(membership, note, context.now()));
  return decision;
}

}  // namespace waymark::sharing::door
