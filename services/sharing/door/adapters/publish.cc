#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "libs/base/check.h"
#include "libs/base/status.h"
#include "libs/calendar/civil.h"
#include "libs/crypto/mac.h"
#include "libs/rpc/errors.h"
#include "libs/runtime_rpc/submit.h"
#include "libs/runtime_rpc/token_sheet.h"
#include "services/sharing/adapters/audit_note.h"
#include "services/sharing/adapters/times.h"
#include "services/sharing/door/adapters/codec.h"
#include "services/sharing/door/adapters/decisions.h"
#include "services/sharing/door/adapters/events.h"
#include "services/sharing/door/adapters/keys.h"
#include "services/sharing/door/domain/standing.h"
#include "services/sharing/vault/adapters/deposit.h"
#include "services/sharing/vault/adapters/intake_key.h"
#include "services/sharing/vault/adapters/person_keys.h"

namespace waymark::sharing::door {
namespace {

using gateway::v1::Incident;
using gateway::v1::IncidentReceipt;
using gateway::v1::IncidentTaken;
using gateway::v1::StoredIncident;
using gateway::v1::StoredReference;

// Of an incident's content, under a key that goes with any one of its people. NotFound: it has
// gone.
absl::StatusOr<std::string> DigestOf(const Membership& membership, const std::set<uint64_t>& slots,
                                     const Incident& incident) {
  WM_ASSIGN_OR_RETURN(std::string key,
                      vault::JointKey(membership, slots, "waymark-content-digest-key-v1"));
  std::string digest = crypto::HmacSha256(key).Mac(runtime_rpc::Deterministic(incident));
  crypto::Wipe(key);
  return digest;
}

std::set<uint64_t> SlotsOf(const vault::VaultView& vault, const StoredIncident& incident) {
  std::set<uint64_t> slots = {incident.private_part().key_slot()};
  for (const gateway::v1::ReportedParty& party : incident.parties()) {
    if (const auto person = vault.Person(party.person_id())) slots.insert(person->key_slot());
  }
  return slots;
}

// Takes in one incident that has passed every check.
class Taking {
 public:
  Taking(const Membership& membership, const runtime::View& view, const Incident& incident,
         std::optional<StoredIncident> before, IdentifierLibrary& identifiers,
         runtime_rpc::TokenSealer& sealer, runtime::Context& context)
      : membership_(membership),
        view_(view),
        vault_(membership, view),
        incident_(incident),
        before_(std::move(before)),
        identifiers_(identifiers),
        sealer_(sealer),
        context_(context),
        id_(before_ ? before_->incident_id() : context.NewId("incident")) {}

  absl::StatusOr<IncidentTaken> Take(const std::string& reference_key) {
    vault::Tokeniser tokeniser(membership_);
    WM_RETURN_IF_ERROR(KeepPeople(tokeniser));
    FillIncident();
    taken_.mutable_incident()->set_reference_key(reference_key);
    WM_RETURN_IF_ERROR(Assess());
    WM_RETURN_IF_ERROR(FillOutbound(tokeniser));
    WM_ASSIGN_OR_RETURN(const std::string digest,
                        DigestOf(membership_, deposit_.key_slots, incident_));
    FillReference(reference_key, digest);
    return std::move(taken_);
  }

 private:
  absl::Status KeepPeople(vault::Tokeniser& tokeniser) {
    vault::IncidentInput input{id_, incident_.revision(), {}, before_ ? &*before_ : nullptr, {}};
    for (const gateway::v1::Party& party : incident_.parties()) {
      vault::PartyInput one{{}, party.identity(), identifiers_.Tokens(party.identity())};
      for (const int role : party.roles()) one.roles.push_back(static_cast<vault::Role>(role));
      std::sort(one.roles.begin(), one.roles.end());
      one.roles.erase(std::unique(one.roles.begin(), one.roles.end()), one.roles.end());
      input.parties.push_back(std::move(one));
    }
    input.words.set_source_reference(incident_.source_reference());
    input.words.set_summary(incident_.summary());
    *input.words.mutable_location() = incident_.location();
    input.words.set_officer_reason(incident_.officer().reason());
    WM_ASSIGN_OR_RETURN(deposit_,
                        vault::DepositIncident(membership_, view_, tokeniser, input,
                                               [this] { return context_.NewId("person"); }));
    for (gateway::v1::PersonKept& kept : deposit_.persons) {
      *taken_.add_persons() = std::move(kept);
    }
    if (deposit_.index_slot) taken_.set_index_slot(*deposit_.index_slot);
    return absl::OkStatus();
  }

  void FillIncident() {
    StoredIncident& stored = *taken_.mutable_incident();
    stored.set_incident_id(id_);
    stored.set_revision(incident_.revision());
    *stored.mutable_occurred_at() = incident_.occurred_at();
    *stored.mutable_reported_at() = incident_.reported_at();
    stored.set_category(incident_.category());
    stored.set_type(incident_.type());
    stored.set_channel(incident_.channel());
    if (!incident_.location().postcode().empty()) {
      stored.mutable_area()->set_outward_postcode(identifiers::OutwardPart(
          *identifiers::NormalisePostcode(incident_.location().postcode(), "location.postcode")));
    }
    if (!incident_.lsoa().empty()) {
      stored.mutable_area()->set_lsoa(*identifiers::NormaliseLsoa(incident_.lsoa(), "lsoa"));
    }
    std::vector<std::string> places(static_cast<size_t>(incident_.parties_size()));
    for (const vault::ResolvedParty& resolved : deposit_.resolved) {
      gateway::v1::ReportedParty& party = *stored.add_parties();
      party.set_person_id(resolved.person_id);
      for (const vault::Role role : resolved.roles) {
        party.add_roles(static_cast<common::v1::Role>(role));
      }
      for (const size_t place : resolved.parties) places[place] = resolved.person_id;
    }
    for (std::string& person_id : places) stored.add_places(std::move(person_id));
    if (incident_.has_grading()) *stored.mutable_grading() = incident_.grading();
    for (auto& [item, option] :
         CompleteAnswers(*membership_.pack, AnswersOf(incident_.answers()))) {
      (*stored.mutable_answers())[item] = option;
    }
    stored.set_officer_band(incident_.officer().band());
    *stored.mutable_safeguarding() = incident_.safeguarding();
    stored.set_action_taken(incident_.action_taken());
    stored.set_private_owner(deposit_.private_owner);
    *stored.mutable_private_part() = deposit_.private_part;
  }

  // An amendment that leaves grade, answers, judgement and people alone is no new assessment.
  bool AssessedBefore(const std::vector<std::string>& persons) const {
    if (!before_ || !before_->has_assessment()) return false;
    const StoredIncident& now = taken_.incident();
    return vault::VaultView::AssessedIn(*before_) == persons &&
           before_->grading().SerializeAsString() == now.grading().SerializeAsString() &&
           before_->officer_band() == now.officer_band() &&
           AnswersOf(before_->answers()) == AnswersOf(now.answers());
  }

  std::vector<std::string> RepeatsFor(const std::string& person_id) const {
    std::vector<OwnIncident> incidents;
    for (OwnIncident& incident : VaultHistory(vault_).IncidentsOf(person_id)) {
      if (vault::Counts(incident.roles) && incident.id != id_) {
        incidents.push_back(std::move(incident));
      }
    }
    incidents.push_back(OwnOf(taken_.incident(), {}));
    std::vector<std::string> fired;
    for (const rules::Firing& firing :
         RepeatsOf(*membership_.pack, context_.now(),
                   Counted(incidents, membership_.agency, person_id))) {
      if (fired.empty() || fired.back() != firing.rule) fired.push_back(firing.rule);
    }
    return fired;
  }

  absl::Status Assess() {
    const std::vector<std::string> persons = vault::VaultView::AssessedIn(taken_.incident());
    if (AssessedBefore(persons)) {
      *taken_.mutable_incident()->mutable_assessment() = before_->assessment();
      return absl::OkStatus();
    }
    const GivenIncident given = GivenOf(incident_);
    AssessInput input{given.grading, given.answers, given.officer, std::nullopt, {}};
    if (!persons.empty()) input.repeat_fired = RepeatsFor(persons.front());
    Result<std::optional<LocalAssessment>> assessed = AssessLocally(*membership_.pack, input);
    if (!assessed.ok()) return Refusal(assessed.problem());
    if (!*assessed) return absl::OkStatus();
    const LocalAssessment& local = **assessed;
    const common::v1::Assessment assessment =
        ToProto(local, membership_, context_.NewId("assessment"), context_.now());
    *taken_.mutable_incident()->mutable_assessment() = assessment;
    if (persons.empty()) return absl::OkStatus();
    gateway::v1::AssessmentKept& kept = *taken_.mutable_assessment();
    *kept.mutable_assessment()->mutable_assessment() = assessment;
    kept.mutable_assessment()->set_incident_id(id_);
    for (const std::string& person : persons) {
      kept.add_person_ids(person);
      if (local.High()) taken_.add_high_person_ids(person);
    }
    return absl::OkStatus();
  }

  absl::Status FillOutbound(vault::Tokeniser& tokeniser) {
    const StoredIncident& stored = taken_.incident();
    gateway::v1::IncidentReported& out = *taken_.mutable_outbound();
    out.set_partnership(membership_.partnership);
    out.set_incident_id(id_);
    out.set_revision(stored.revision());
    *out.mutable_occurred_at() = stored.occurred_at();
    *out.mutable_reported_at() = stored.reported_at();
    out.set_category(stored.category());
    out.set_type(stored.type());
    out.set_channel(stored.channel());
    *out.mutable_area() = stored.area();
    *out.mutable_parties() = stored.parties();
    if (stored.has_assessment()) *out.mutable_assessment() = stored.assessment();
    *out.mutable_answers() = stored.answers();
    *out.mutable_safeguarding() = stored.safeguarding();
    out.set_action_taken(stored.action_taken());
    gateway::v1::TokenSheet sheet;
    for (gateway::v1::PartyTokens& party : deposit_.tokens) *sheet.add_parties() = std::move(party);
    for (gateway::v1::BlindToken& token :
         tokeniser.Blind(identifiers_.Tokens(incident_.location()))) {
      *sheet.add_location() = std::move(token);
    }
    WM_ASSIGN_OR_RETURN(*out.mutable_tokens(),
                        sealer_.Seal(sheet, membership_.partnership, membership_.agency,
                                     vault::IntakeSealingKey(membership_, view_), context_.now(),
                                     *membership_.random));
    return absl::OkStatus();
  }

  void FillReference(const std::string& key, const std::string& digest) {
    taken_.set_reference_key(key);
    StoredReference& reference = *taken_.mutable_reference();
    reference.set_incident_id(id_);
    reference.set_revision(incident_.revision());
    reference.set_digest(digest);
    IncidentReceipt& receipt = *reference.mutable_receipt();
    receipt.set_incident_id(id_);
    receipt.set_outcome(before_ ? IncidentReceipt::OUTCOME_AMENDED
                                : IncidentReceipt::OUTCOME_ACCEPTED);
    if (!taken_.incident().has_assessment()) return;
    *receipt.mutable_assessment() = taken_.incident().assessment();
    for (std::string& duty : DutiesOf(*membership_.pack, receipt.assessment().overall())) {
      receipt.add_duties(std::move(duty));
    }
  }

  const Membership& membership_;
  const runtime::View& view_;
  const vault::VaultView vault_;
  const Incident& incident_;
  const std::optional<StoredIncident> before_;
  IdentifierLibrary& identifiers_;
  runtime_rpc::TokenSealer& sealer_;
  runtime::Context& context_;
  const std::string id_;
  vault::Deposit deposit_;
  IncidentTaken taken_;
};

std::optional<StoredReference> HeldUnder(const runtime::View& view, const std::string& key) {
  const std::optional<std::string> bytes = view.Get(kReferences, key);
  if (!bytes) return std::nullopt;
  StoredReference held;
  WM_CHECK(held.ParseFromString(*bytes), "a row of the door is not the message it should be");
  return held;
}

// Of `incident` as if it were the one that is held; "" when none is. nullopt: somebody in the one
// that is held was erased.
absl::StatusOr<std::optional<std::string>> DigestUnder(const Membership& membership,
                                                       const runtime::View& view,
                                                       const std::optional<StoredReference>& held,
                                                       const std::optional<StoredIncident>& before,
                                                       const Incident& incident) {
  if (!held) return std::optional<std::string>("");
  if (held->erased() || !before) return std::optional<std::string>();
  absl::StatusOr<std::string> digest =
      DigestOf(membership, SlotsOf(vault::VaultView(membership, view), *before), incident);
  if (absl::IsNotFound(digest.status())) return std::optional<std::string>();
  WM_RETURN_IF_ERROR(digest.status());
  return std::optional<std::string>(*std::move(digest));
}

absl::Status Erased() {
  return rpc::ProblemStatus(
      absl::StatusCode::kFailedPrecondition,
      {{"erased", "source_reference", "an incident in which nobody was erased",
        "somebody in it was erased: send what concerns others under a reference of its own"}});
}

std::string ReplyWith(const IncidentReceipt& receipt) {
  gateway::v1::PublishIncidentResponse response;
  *response.mutable_receipt() = receipt;
  return response.SerializeAsString();
}

runtime::Event Audited(const Membership& membership, const common::v1::Caller& caller,
                       const IncidentTaken& taken, absl::Time now) {
  AuditNote note;
  note.what = taken.incident().revision() == 0 ? "publish" : "publish_revision";
  note.caller = caller;
  note.about.push_back(taken.incident().incident_id());
  for (const gateway::v1::ReportedParty& party : taken.incident().parties()) {
    note.about.push_back(party.person_id());
  }
  return NoteAudit(membership, note, now);
}

}  // namespace

absl::StatusOr<runtime::Decision> DecidePublish(const Membership& membership,
                                                const runtime::View& view,
                                                const runtime::Input& input,
                                                runtime_rpc::TokenSealer& sealer,
                                                runtime::Context& context) {
  WM_ASSIGN_OR_RETURN(const auto command,
                      runtime_rpc::DecodeCommand<gateway::v1::PublishIncidentRequest>(input));
  if (absl::Status wrong = CheckCaller(membership, command.request.partnership(), command.caller);
      !wrong.ok()) {
    return runtime::Decision::Refuse(std::move(wrong));
  }
  const Incident& incident = command.request.incident();
  IdentifierLibrary identifiers(calendar::LondonDate(context.now()));
  const std::vector<Problem> problems =
      CheckIncident(GivenOf(incident), {*membership.pack, context.now(), identifiers});
  if (!problems.empty()) return runtime::Decision::Refuse(Refusal(problems));

  const std::string reference = vault::ReferenceKey(membership, incident.source_reference());
  const std::optional<StoredReference> held = HeldUnder(view, reference);
  const std::optional<StoredIncident> before =
      held ? vault::VaultView(membership, view).Incident(held->incident_id()) : std::nullopt;
  WM_ASSIGN_OR_RETURN(const std::optional<std::string> digest,
                      DigestUnder(membership, view, held, before, incident));
  if (!digest) return runtime::Decision::Refuse(Erased());
  const Result<Standing> standing = StandingOf(
      held ? std::optional<HeldReference>({held->revision(), held->digest()}) : std::nullopt,
      incident.revision(), *digest);
  if (!standing.ok()) {
    return runtime::Decision::Refuse(
        rpc::ProblemStatus(absl::StatusCode::kFailedPrecondition, {standing.problem()}));
  }
  runtime::Decision decision;
  if (*standing == Standing::kHeld) {
    IncidentReceipt receipt = held->receipt();
    receipt.set_outcome(IncidentReceipt::OUTCOME_ALREADY_HELD);
    decision.reply = ReplyWith(receipt);
    return decision;
  }
  Taking taking(membership, view, incident, before, identifiers, sealer, context);
  WM_ASSIGN_OR_RETURN(const IncidentTaken taken, taking.Take(reference));
  decision.reply = ReplyWith(taken.reference().receipt());
  decision.events.push_back({std::string(kIncidentTaken), taken.SerializeAsString()});
  decision.events.push_back(Audited(membership, command.caller, taken, context.now()));
  return decision;
}

}  // namespace waymark::sharing::door
