#include "services/sharing/disclosure/adapters/explain.h"

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libs/base/problem.h"
#include "libs/base/status.h"
#include "libs/rpc/errors.h"
#include "libs/runtime_rpc/submit.h"
#include "services/sharing/adapters/audit_note.h"
#include "services/sharing/adapters/rows.h"
#include "services/sharing/adapters/times.h"
#include "services/sharing/disclosure/adapters/disclosure_view.h"
#include "services/sharing/disclosure/adapters/facts.h"
#include "services/sharing/vault/adapters/vault_view.h"

namespace waymark::sharing::disclosure {
namespace {

using gateway::v1::ExplainShareRequest;
using gateway::v1::ExplainShareResponse;

// What is known of the person when no case has been asked about: their standing band, and whether
// an incident says that somebody is at risk.
gateway::v1::StoredAsk SupposedAsk(const vault::VaultView& vault,
                                   const gateway::v1::StoredIncident& incident,
                                   const std::string& person_id) {
  gateway::v1::StoredAsk ask;
  const auto assessments = vault.AssessmentsOf(person_id);
  if (!assessments.empty()) {
    ask.mutable_asked()->set_band(assessments.back().assessment().overall());
  }
  *ask.mutable_asked()->mutable_safeguarding() = incident.safeguarding();
  return ask;
}

std::vector<Problem> CheckSupposed(const Membership& membership, const ExplainShareRequest& request,
                                   bool incident_known) {
  std::vector<Problem> problems;
  if (!incident_known) {
    problems.push_back({"unknown_reference", "source_reference",
                        "an incident that this agency has published, or a share_id",
                        "check the reference"});
  }
  std::set<std::string> purposes;
  for (const agreement::Agreement& agreement : membership.agreements->agreements()) {
    for (const agreement::Purpose& purpose : agreement.purposes) purposes.insert(purpose.id);
  }
  if (membership.peers.count(request.recipient()) == 0 ||
      request.recipient() == membership.agency) {
    problems.push_back({"unknown_agency", "recipient", "another member of the partnership",
                        "name the agency that would receive"});
  }
  if (purposes.count(request.purpose()) == 0) {
    problems.push_back({"unknown_purpose", "purpose",
                        absl::StrCat("one of: ", absl::StrJoin(purposes, ", ")),
                        "use the words of the agreement"});
  }
  return problems;
}

absl::StatusOr<gateway::v1::ShareDecision> Supposed(const Membership& membership,
                                                    const runtime::View& view,
                                                    const ExplainShareRequest& request,
                                                    absl::Time now) {
  const vault::VaultView vault(membership, view);
  const auto incident = vault.IncidentByReference(request.source_reference());
  const std::vector<Problem> problems = CheckSupposed(membership, request, incident.has_value());
  if (!problems.empty()) return rpc::ProblemStatus(absl::StatusCode::kInvalidArgument, problems);
  const std::vector<std::string> persons = vault::VaultView::AssessedIn(*incident);
  if (persons.empty()) {
    return rpc::ProblemStatus({"no_victim", "source_reference",
                               "an incident with a victim or caller",
                               "explain a share about a person only"});
  }
  const DisclosureView shares(membership, view);
  gateway::v1::StoredAsk ask = SupposedAsk(vault, *incident, persons.front());
  std::optional<bool> interest;
  for (const std::string& case_id : shares.CasesOf(persons.front())) {
    const auto asked = shares.Ask(case_id);
    if (!asked) continue;
    ask = *asked;
    interest = HasInterest(ask, request.recipient());
    if (*interest) break;
  }
  Question question = TellQuestion(membership, ask, request.recipient());
  question.purpose = request.purpose();
  question.fields.assign(request.fields().begin(), request.fields().end());
  question.has_interest = interest;
  const Settled settled =
      DecideToTell(*membership.agreements, FactsFor(view, ask, persons.front()), question, now);
  gateway::v1::ShareDecision decision = ToMessage(settled.decision, request.recipient(), now);
  decision.set_case_id(ask.asked().case_id());
  return decision;
}

}  // namespace

absl::StatusOr<runtime::Decision> DecideExplain(const Membership& membership,
                                                const runtime::View& view,
                                                const runtime::Input& input,
                                                runtime::Context& context) {
  WM_ASSIGN_OR_RETURN(const auto command, runtime_rpc::DecodeCommand<ExplainShareRequest>(input));
  ExplainShareResponse response;
  std::vector<std::string> about;
  if (!command.request.share_id().empty()) {
    const auto share = DisclosureView(membership, view).Share(command.request.share_id());
    if (!share) {
      return runtime::Decision::Refuse(
          rpc::ProblemStatus(absl::StatusCode::kNotFound,
                             {{"unknown_share", "share_id", "a share that this gateway decided",
                               "list the shares to find its id"}}));
    }
    *response.mutable_decision() = share->decision();
    about = {share->share_id(), share->case_id(), share->person_id()};
  } else {
    absl::StatusOr<gateway::v1::ShareDecision> decision =
        Supposed(membership, view, command.request, context.now());
    if (!decision.ok()) return runtime::Decision::Refuse(decision.status());
    *response.mutable_decision() = *std::move(decision);
    about = {response.decision().case_id()};
  }
  AuditNote note;
  note.what = "share_explained";
  note.caller = command.caller;
  note.about = std::move(about);
  note.purpose = command.request.purpose();
  note.facts = {{"recipient", response.decision().recipient()},
                {"effect", response.decision().effect()},
                {"clause", response.decision().clause()}};
  runtime::Decision decision;
  decision.events = {NoteAudit(membership, note, context.now())};
  decision.reply = response.SerializeAsString();
  return decision;
}

absl::StatusOr<runtime::Decision> DecideList(const Membership& membership,
                                             const runtime::View& view, const runtime::Input&) {
  gateway::v1::ListSharesResponse response;
  for (const auto& share : DisclosureView(membership, view).Shares(kSharesListedMax)) {
    *response.add_shares() = share.decision();
  }
  runtime::Decision decision;
  decision.reply = response.SerializeAsString();
  return decision;
}

}  // namespace waymark::sharing::disclosure
