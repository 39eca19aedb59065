#include "services/sharing/consent/adapters/consent_room.h"

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libs/base/status.h"
#include "libs/rpc/errors.h"
#include "services/sharing/adapters/audit_note.h"
#include "services/sharing/adapters/methods.h"
#include "services/sharing/adapters/rows.h"
#include "services/sharing/adapters/times.h"
#include "services/sharing/consent/adapters/consent_view.h"
#include "services/sharing/consent/adapters/keys.h"
#include "services/sharing/consent/adapters/person_in.h"
#include "services/sharing/consent/adapters/told.h"
#include "services/sharing/consent/domain/check_consent.h"
#include "services/sharing/disclosure/adapters/disclosure_view.h"
#include "services/sharing/disclosure/adapters/nudge.h"
#include "services/sharing/vault/adapters/erase.h"
#include "services/sharing/vault/adapters/person_keys.h"
#include "services/sharing/vault/adapters/vault_view.h"

namespace waymark::sharing::consent {
namespace {

using gateway::v1::ConsentExpired;
using gateway::v1::ConsentRecorded;
using gateway::v1::ConsentWithdrawn;
using gateway::v1::RecordConsentRequest;
using gateway::v1::RecordConsentResponse;
using gateway::v1::StoredConsent;
using gateway::v1::WithdrawConsentRequest;
using gateway::v1::WithdrawConsentResponse;

constexpr std::string_view kRecord = "/waymark.gateway.v1.ConsentService/RecordConsent";
constexpr std::string_view kWithdraw = "/waymark.gateway.v1.ConsentService/WithdrawConsent";
constexpr std::string_view kExpire = "consent.expire";

std::string ExpiryTimer(const std::string& consent_id) {
  return absl::StrCat("consent.expire/", consent_id);
}

template <class List>
std::vector<std::string> EachOnce(const List& list) {
  const std::set<std::string> once(list.begin(), list.end());
  return {once.begin(), once.end()};
}

std::optional<absl::Time> Instant(bool given, const google::protobuf::Timestamp& at) {
  if (!given || !IsInstant(at)) return std::nullopt;
  return FromProto(at);
}

GivenConsent Given(const RecordConsentRequest& request) {
  GivenConsent given;
  const gateway::v1::ConsentScope& scope = request.scope();
  given.agencies.assign(scope.agencies().begin(), scope.agencies().end());
  given.categories.assign(scope.categories().begin(), scope.categories().end());
  given.purposes.assign(scope.purposes().begin(), scope.purposes().end());
  given.sources.assign(scope.sources().begin(), scope.sources().end());
  given.form_version = request.form_version();
  given.scan_sha256 = request.scan_sha256();
  given.given_at = Instant(request.has_given_at(), request.given_at());
  given.expires_at = Instant(request.has_expires_at(), request.expires_at());
  return given;
}

StoredConsent ToStored(const RecordConsentRequest& request, const std::string& id,
                       const std::string& person, const std::string& incident, absl::Time now) {
  StoredConsent consent;
  consent.set_consent_id(id);
  consent.set_person_id(person);
  consent.set_incident_id(incident);
  gateway::v1::ConsentScope& scope = *consent.mutable_scope();
  for (const std::string& word : EachOnce(request.scope().agencies())) scope.add_agencies(word);
  for (const std::string& word : EachOnce(request.scope().categories())) scope.add_categories(word);
  for (const std::string& word : EachOnce(request.scope().purposes())) scope.add_purposes(word);
  for (const std::string& word : EachOnce(request.scope().sources())) scope.add_sources(word);
  consent.set_form_version(request.form_version());
  const absl::StatusOr<std::string> digest = FromHex(request.scan_sha256());
  WM_CHECK(digest.ok(), "a checked digest is hexadecimal");
  consent.set_scan_sha256(*digest);
  *consent.mutable_given_at() = request.given_at();
  *consent.mutable_expires_at() = request.expires_at();
  *consent.mutable_recorded_at() = ToProto(now);
  return consent;
}

AuditNote NoteOf(const std::string& what, const common::v1::Caller& caller,
                 const StoredConsent& consent) {
  AuditNote note;
  note.what = what;
  note.caller = caller;
  note.about = {consent.consent_id(), consent.person_id(), consent.incident_id()};
  note.facts = {{"form_version", consent.form_version()},
                {"scan_sha256", ToHex(consent.scan_sha256())},
                {"agencies", absl::StrJoin(consent.scope().agencies(), ",")},
                {"categories", absl::StrJoin(consent.scope().categories(), ",")},
                {"purposes", absl::StrJoin(consent.scope().purposes(), ",")},
                {"sources", absl::StrJoin(consent.scope().sources(), ",")}};
  return note;
}

absl::StatusOr<runtime::Decision> DecideRecord(const Membership& membership,
                                               const runtime::View& view,
                                               const runtime::Input& input,
                                               runtime::Context& context) {
  WM_ASSIGN_OR_RETURN(const auto command, runtime_rpc::DecodeCommand<RecordConsentRequest>(input));
  const RecordConsentRequest& request = command.request;
  std::vector<Problem> problems;
  const vault::VaultView vault(membership, view);
  const auto incident = vault.IncidentByReference(request.source_reference());
  std::string person;
  if (!incident) {
    problems.push_back({"unknown_reference", "source_reference",
                        "an incident that this agency has published",
                        "publish the incident first"});
  } else {
    const Result<std::string> found = PersonIn(*incident, request.party());
    if (found.ok()) {
      person = *found;
    } else {
      problems.push_back(found.problem());
    }
  }
  const KnownTerms known = KnownTermsOf(membership.agreements->agreements(), membership.agency);
  for (Problem& problem : CheckConsent(Given(request), known, context.now())) {
    problems.push_back(std::move(problem));
  }
  if (!problems.empty()) {
    return runtime::Decision::Refuse(
        rpc::ProblemStatus(absl::StatusCode::kInvalidArgument, problems));
  }
  ConsentRecorded recorded;
  *recorded.mutable_consent() =
      ToStored(request, context.NewId("consent"), person, incident->incident_id(), context.now());
  const StoredConsent& consent = recorded.consent();
  runtime::Decision decision;
  decision.events = {
      MakeEvent(recorded),
      NoteAudit(membership, NoteOf("consent_recorded", command.caller, consent), context.now())};
  RecordConsentResponse response;
  response.set_consent_id(consent.consent_id());
  response.set_shares_released(
      disclosure::DisclosureView(membership, view).ReleasedBy(consent, context.now()));
  decision.reply = response.SerializeAsString();
  return decision;
}

WithdrawConsentResponse WithdrawnReply(const Membership& membership, const runtime::View& view,
                                       const StoredConsent& consent) {
  WithdrawConsentResponse response;
  *response.mutable_withdrawn_at() = consent.withdrawn_at();
  for (const std::string& agency :
       disclosure::DisclosureView(membership, view).CopiesRestingOn(consent.consent_id())) {
    response.add_copies_outstanding(agency);
  }
  return response;
}

absl::Status CheckReason(const std::string& reason) {
  if (!reason.empty() && reason.size() <= kReasonCharactersMax) return absl::OkStatus();
  return rpc::ProblemStatus({"missing_field", "reason",
                             absl::StrCat("1 to ", kReasonCharactersMax, " characters"),
                             "give the person's own words, or \"not given\""});
}

absl::StatusOr<runtime::Decision> DecideWithdraw(const Membership& membership,
                                                 const runtime::View& view,
                                                 const runtime::Input& input,
                                                 runtime::Context& context) {
  WM_ASSIGN_OR_RETURN(const auto command,
                      runtime_rpc::DecodeCommand<WithdrawConsentRequest>(input));
  const absl::Status reason_ok = CheckReason(command.request.reason());
  if (!reason_ok.ok()) return runtime::Decision::Refuse(reason_ok);
  const auto found = ConsentView(view).Find(command.request.consent_id());
  if (!found) {
    return runtime::Decision::Refuse(rpc::ProblemStatus(
        absl::StatusCode::kNotFound,
        {{"unknown_consent", "consent_id", "a consent that was recorded at this gateway",
          "withdraw it at the gateway that recorded it: that is its home"}}));
  }
  runtime::Decision decision;
  if (found->has_withdrawn_at()) {
    decision.reply = WithdrawnReply(membership, view, *found).SerializeAsString();
    return decision;
  }
  ConsentWithdrawn withdrawn;
  *withdrawn.mutable_consent() = *found;
  StoredConsent& consent = *withdrawn.mutable_consent();
  *consent.mutable_withdrawn_at() = ToProto(context.now());
  const auto person = vault::VaultView(membership, view).Person(consent.person_id());
  WM_CHECK(person.has_value(), "a consent names a person who is not in the vault");
  WM_ASSIGN_OR_RETURN(
      *consent.mutable_withdrawal_reason(),
      vault::Seal(membership,
                  {consent.person_id(), vault::SealedField::kReasons, consent.consent_id(), 1},
                  person->key_slot(), command.request.reason()));
  decision.events = {
      MakeEvent(withdrawn),
      NoteAudit(membership, NoteOf("consent_withdrawn", command.caller, consent), context.now())};
  decision.reply = WithdrawnReply(membership, view, consent).SerializeAsString();
  return decision;
}

absl::StatusOr<runtime::Decision> DecideExpiry(const Membership& membership,
                                               const runtime::View& view,
                                               const runtime::Input& input,
                                               runtime::Context& context) {
  ConsentExpired expired;
  if (!expired.ParseFromString(input.payload)) {
    return absl::InvalidArgumentError("a timer without a consent");
  }
  const auto consent = ConsentView(view).Find(expired.consent_id());
  if (!consent || consent->has_withdrawn_at()) return runtime::Decision{};
  runtime::Decision decision;
  decision.events = {MakeEvent(expired),
                     NoteAudit(membership, NoteOf("consent_expired", {}, *consent), context.now())};
  return decision;
}

absl::Status EvolveSourceTold(const Membership& membership, const runtime::Event& event,
                              runtime::Changes& changes) {
  gateway::v1::SourceTold told;
  WM_RETURN_IF_ERROR(ReadEvent(event, told));
  const gateway::v1::ToldSource& source = told.source();
  changes.Put(
      kToldTo,
      KeyBuilder().Text(source.case_id()).Text(source.consent_id()).Text(source.agency()).Take(),
      source.SerializeAsString());
  changes.Send(membership.InboxOf(source.agency()), gateway::v1::Parcel::descriptor()->full_name(),
               told.parcel().SerializeAsString());
  return absl::OkStatus();
}

absl::Status EvolveTold(const runtime::Event& event, absl::Time now, runtime::Changes& changes) {
  gateway::v1::ToldConsentKept kept;
  WM_RETURN_IF_ERROR(ReadEvent(event, kept));
  const gateway::v1::ConsentTold& told = kept.consent().told();
  changes.Put(kTold, RowKey(told.case_id(), told.consent_id()), kept.consent().SerializeAsString());
  disclosure::NudgeCase(told.case_id(), now, changes);
  return absl::OkStatus();
}

// Nothing rests on the consents of somebody who was erased, and nothing is kept of them.
absl::Status EvolveErasing(const runtime::View& view, const runtime::Event& event,
                           runtime::Changes& changes) {
  gateway::v1::PersonErasing erasing;
  WM_RETURN_IF_ERROR(ReadEvent(event, erasing));
  const std::string& person_id = erasing.stored().erasure().person_id();
  for (const StoredConsent& consent : ConsentView(view).Of(person_id)) {
    changes.CancelTimer(ExpiryTimer(consent.consent_id()));
    changes.Delete(kConsents, RowKey(consent.consent_id()));
    changes.Delete(kByPerson, RowKey(person_id, consent.consent_id()));
  }
  return absl::OkStatus();
}

class ConsentRoom : public Room {
 public:
  std::string_view name() const override { return "consent"; }

  std::vector<std::string> DomainColumnFamilies() const override {
    return {std::string(kConsents), std::string(kByPerson), std::string(kTold),
            std::string(kToldTo)};
  }

  std::vector<std::string> Inputs() const override {
    return {std::string(kRecord), std::string(kWithdraw), std::string(kExpire),
            std::string(kLeaseConsent)};
  }

  std::vector<std::string> Events() const override {
    return {ConsentRecorded::descriptor()->full_name(),
            ConsentWithdrawn::descriptor()->full_name(),
            ConsentExpired::descriptor()->full_name(),
            gateway::v1::SourceTold::descriptor()->full_name(),
            gateway::v1::ToldConsentKept::descriptor()->full_name(),
            std::string(vault::kPersonErasing)};
  }

  absl::StatusOr<runtime::Decision> Decide(const Membership& membership, const runtime::View& view,
                                           const runtime::Input& input,
                                           runtime::Context& context) override {
    if (input.type == kRecord) return DecideRecord(membership, view, input, context);
    if (input.type == kWithdraw) return DecideWithdraw(membership, view, input, context);
    if (input.type == kLeaseConsent) return DecideLease(membership, view, input, context);
    return DecideExpiry(membership, view, input, context);
  }

  absl::Status Evolve(const Membership& membership, const runtime::View& view,
                      const runtime::Event& event, const runtime::EventContext& context,
                      runtime::Changes& changes) override {
    if (event.type == vault::kPersonErasing) return EvolveErasing(view, event, changes);
    if (event.type == ConsentExpired::descriptor()->full_name()) {
      ConsentExpired expired;
      WM_RETURN_IF_ERROR(ReadEvent(event, expired));
      disclosure::NudgePerson(expired.person_id(), context.at, changes);
      return absl::OkStatus();
    }
    if (event.type == ConsentWithdrawn::descriptor()->full_name()) {
      ConsentWithdrawn withdrawn;
      WM_RETURN_IF_ERROR(ReadEvent(event, withdrawn));
      changes.CancelTimer(ExpiryTimer(withdrawn.consent().consent_id()));
      return Keep(withdrawn.consent(), context.at, changes);
    }
    if (event.type == gateway::v1::SourceTold::descriptor()->full_name()) {
      return EvolveSourceTold(membership, event, changes);
    }
    if (event.type == gateway::v1::ToldConsentKept::descriptor()->full_name()) {
      return EvolveTold(event, context.at, changes);
    }
    ConsentRecorded recorded;
    WM_RETURN_IF_ERROR(ReadEvent(event, recorded));
    const StoredConsent& consent = recorded.consent();
    ConsentExpired expired;
    expired.set_consent_id(consent.consent_id());
    expired.set_person_id(consent.person_id());
    changes.ArmTimer(ExpiryTimer(consent.consent_id()), FromProto(consent.expires_at()), kExpire,
                     expired.SerializeAsString(), runtime::TimerClass::kDestructive);
    return Keep(consent, context.at, changes);
  }

  void AddMethods(const MethodContext& context, rpc::MethodTable& table) override {
    const rpc::Rule systems = OwnSystems(context.memberships);
    AddCommand<RecordConsentRequest, RecordConsentResponse>(
        table, std::string(kRecord), rpc::Rule(systems).WithPerson(CaseWorkers()), context);
    AddCommand<WithdrawConsentRequest, WithdrawConsentResponse>(
        table, std::string(kWithdraw), rpc::Rule(systems).WithPerson(CaseWorkers()), context);
    AddRefusable<gateway::v1::LeaseConsentRequest, gateway::v1::LeaseConsentResponse,
                 gateway::v1::ConsentLeaseDecided>(table, std::string(kLeaseConsent),
                                                   rpc::Rule::Gateways(), context);
  }

 private:
  static absl::Status Keep(const StoredConsent& consent, absl::Time now,
                           runtime::Changes& changes) {
    changes.Put(kConsents, RowKey(consent.consent_id()), consent.SerializeAsString());
    changes.Put(kByPerson, RowKey(consent.person_id(), consent.consent_id()), "");
    disclosure::NudgePerson(consent.person_id(), now, changes);
    return absl::OkStatus();
  }
};

}  // namespace

std::unique_ptr<Room> MakeConsentRoom() { return std::make_unique<ConsentRoom>(); }

}  // namespace waymark::sharing::consent
