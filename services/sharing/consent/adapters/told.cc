#include "services/sharing/consent/adapters/told.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/bytes.h"
#include "libs/base/problem.h"
#include "libs/base/status.h"
#include "libs/config/topics.h"
#include "libs/runtime_rpc/submit.h"
#include "services/sharing/adapters/audit_note.h"
#include "services/sharing/adapters/rows.h"
#include "services/sharing/adapters/times.h"
#include "services/sharing/consent/adapters/consent_view.h"
#include "services/sharing/consent/adapters/keys.h"
#include "services/sharing/disclosure/adapters/disclosure_view.h"
#include "services/sharing/disclosure/domain/lease.h"
#include "services/sharing/vault/adapters/vault_view.h"

namespace waymark::sharing::consent {
namespace {

using gateway::v1::ConsentLease;
using gateway::v1::ConsentTold;
using gateway::v1::LeaseConsentRequest;
using gateway::v1::StoredConsent;
using gateway::v1::StoredToldConsent;
using gateway::v1::ToldSource;

template <class List>
bool Has(const List& list, const std::string& word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

bool Holds(const StoredConsent& consent, absl::Time now) {
  return !consent.has_withdrawn_at() && now < FromProto(consent.expires_at());
}

std::string LeaseSignedBytes(const std::string& partnership, const std::string& home,
                             const std::string& holder, const std::string& lease) {
  return LengthPrefixed({"waymark-consent-lease-v1", partnership, home, holder, lease});
}

// Who has been told of which consents of a case.
std::vector<ToldSource> ToldOf(const runtime::View& view, const std::string& case_id) {
  std::vector<ToldSource> told;
  const std::string prefix = RowKey(case_id);
  view.Scan(kToldTo, prefix, AfterPrefix(prefix), [&](std::string_view, std::string_view value) {
    told.push_back(ParsedRow<ToldSource>(value));
    return true;
  });
  return told;
}

absl::Status Tell(const Membership& membership, const StoredConsent& consent, ToldSource source,
                  bool over, absl::Time now, runtime::Decision& decision) {
  source.set_over(over);
  source.set_revision(source.revision() + 1);
  disclosure::OpenedParcel parcel;
  ConsentTold& told = *parcel.content.mutable_consent();
  told.set_case_id(source.case_id());
  told.set_consent_id(source.consent_id());
  *told.mutable_scope() = consent.scope();
  told.set_form_version(consent.form_version());
  *told.mutable_given_at() = consent.given_at();
  *told.mutable_expires_at() = consent.expires_at();
  told.set_over(over);
  told.set_revision(source.revision());
  parcel.header.set_share_id(source.consent_id());
  parcel.header.set_case_id(source.case_id());
  parcel.header.set_kind("consent");
  gateway::v1::SourceTold event;
  WM_ASSIGN_OR_RETURN(
      *event.mutable_parcel(),
      disclosure::SealParcel(membership, source.agency(), parcel.header, parcel.content));
  AuditNote note;
  note.what = over ? "consent_no_longer_told" : "consent_told";
  note.about = {consent.consent_id(), source.case_id()};
  if (!consent.person_id().empty()) note.about.push_back(consent.person_id());
  note.facts = {{"source", source.agency()}};
  *event.mutable_source() = std::move(source);
  decision.events.push_back(MakeEvent(event));
  decision.events.push_back(NoteAudit(membership, note, now));
  return absl::OkStatus();
}

// Why a lease is refused; nullopt when it is given.
std::optional<Problem> RefuseLease(const Membership& membership, const runtime::View& view,
                                   const LeaseConsentRequest& request, const std::string& asker,
                                   const std::optional<StoredConsent>& consent, absl::Time now) {
  const auto problem = [](const std::string& code, const std::string& wanted) {
    return Problem{code, "consent_id", wanted, "ask the desk of the agency that recorded it"};
  };
  // The same answer for a consent that is none of the asker's business and for one that never was.
  if (!consent || !Has(consent->scope().sources(), asker)) {
    return problem("unknown_consent", "a consent that names the asker as a source");
  }
  const auto cases = disclosure::DisclosureView(membership, view).CasesOf(consent->person_id());
  const auto ask = disclosure::DisclosureView(membership, view).Ask(request.case_id());
  if (!Has(cases, request.case_id()) || !ask ||
      !Has(ask->asked().person_ids(), consent->person_id())) {
    return problem("unknown_consent", "a case of the person who consented");
  }
  const auto person = vault::VaultView(membership, view).Person(consent->person_id());
  if (!person || absl::IsNotFound(membership.person_keys->Key(person->key_slot()).status())) {
    return problem("erased", "a person whose data is still held");
  }
  if (consent->has_withdrawn_at()) return problem("consent_withdrawn", "a consent that stands");
  if (!Holds(*consent, now)) return problem("consent_expired", "a consent that has not ended");
  if (!Has(consent->scope().agencies(), request.recipient())) {
    return problem("consent_agency", "a recipient within the consent's scope");
  }
  if (!Has(consent->scope().purposes(), request.purpose())) {
    return problem("consent_purpose", "a purpose within the consent's scope");
  }
  return std::nullopt;
}

}  // namespace

absl::Status TellSources(const Membership& membership, const runtime::View& view,
                         const gateway::v1::StoredAsk& ask, absl::Time now,
                         runtime::Decision& decision) {
  const std::string& case_id = ask.asked().case_id();
  std::map<std::pair<std::string, std::string>, ToldSource> known;  // consent, agency
  for (ToldSource& told : ToldOf(view, case_id)) {
    const auto key = std::make_pair(told.consent_id(), told.agency());
    known.emplace(key, std::move(told));
  }
  std::set<std::pair<std::string, std::string>> hold;
  const ConsentView consents(view);
  for (const std::string& person_id : ask.asked().person_ids()) {
    for (const StoredConsent& consent : consents.Of(person_id)) {
      if (!Holds(consent, now)) continue;
      for (const std::string& agency : consent.scope().sources()) {
        if (membership.peers.count(agency) == 0 || agency == membership.agency) continue;
        const auto key = std::make_pair(consent.consent_id(), agency);
        hold.insert(key);
        const auto told = known.find(key);
        if (told != known.end() && !told->second.over()) continue;
        ToldSource source = told == known.end() ? ToldSource() : told->second;
        source.set_case_id(case_id);
        source.set_consent_id(consent.consent_id());
        source.set_agency(agency);
        WM_RETURN_IF_ERROR(Tell(membership, consent, std::move(source), false, now, decision));
      }
    }
  }
  for (const auto& [key, told] : known) {
    if (told.over() || hold.count(key) != 0) continue;
    const auto consent = consents.Find(told.consent_id());
    StoredConsent gone;
    gone.set_consent_id(told.consent_id());
    WM_RETURN_IF_ERROR(Tell(membership, consent.value_or(gone), told, true, now, decision));
  }
  return absl::OkStatus();
}

absl::StatusOr<runtime::Decision> DecideLease(const Membership& membership,
                                              const runtime::View& view,
                                              const runtime::Input& input,
                                              runtime::Context& context) {
  WM_ASSIGN_OR_RETURN(const auto command, runtime_rpc::DecodeCommand<LeaseConsentRequest>(input));
  const LeaseConsentRequest& request = command.request;
  const std::string& asker = command.caller.agency();
  const absl::Time now = context.now();
  const auto consent = ConsentView(view).Find(request.consent_id());
  const std::optional<Problem> refusal =
      RefuseLease(membership, view, request, asker, consent, now);
  gateway::v1::ConsentLeaseDecided reply;
  AuditNote note;
  note.what = refusal ? "consent_lease_refused" : "consent_leased";
  note.caller = command.caller;
  note.purpose = request.purpose();
  if (consent) note.about = {consent->consent_id(), consent->person_id(), request.case_id()};
  note.facts = {{"recipient", request.recipient()}};
  if (refusal) {
    note.facts["code"] = refusal->code;
    common::v1::Problem& one = *reply.mutable_refused()->add_problems();
    one.set_code(refusal->code);
    one.set_field(refusal->field);
    one.set_wanted(refusal->wanted);
    one.set_remedy(refusal->remedy);
  } else {
    ConsentLease lease;
    lease.set_consent_id(request.consent_id());
    lease.set_case_id(request.case_id());
    lease.set_home(membership.agency);
    lease.set_holder(asker);
    lease.set_recipient(request.recipient());
    lease.set_purpose(request.purpose());
    *lease.mutable_expires_at() =
        ToProto(disclosure::LeaseEnd(now, FromProto(consent->expires_at())));
    reply.mutable_response()->set_lease(lease.SerializeAsString());
    reply.mutable_response()->set_signature(membership.signing_key->Sign(LeaseSignedBytes(
        membership.partnership, membership.agency, asker, reply.response().lease())));
  }
  runtime::Decision decision;
  decision.events = {NoteAudit(membership, note, now)};
  decision.reply = reply.SerializeAsString();
  return decision;
}

absl::StatusOr<runtime::Decision> DecideTold(const Membership& membership,
                                             const runtime::View& view,
                                             const disclosure::OpenedParcel& parcel,
                                             absl::Time now) {
  const ConsentTold& told = parcel.content.consent();
  const auto before = FindTold(view, told.case_id(), told.consent_id());
  if (before && (before->home() != parcel.sender || before->told().revision() >= told.revision())) {
    return runtime::Decision::Refuse(
        absl::PermissionDeniedError("a consent told by another than its home, or told before"));
  }
  if (!told.over() && !Has(told.scope().sources(), membership.agency)) {
    return runtime::Decision::Refuse(
        absl::PermissionDeniedError("a consent that does not cover what this agency holds"));
  }
  gateway::v1::ToldConsentKept kept;
  kept.mutable_consent()->set_home(parcel.sender);
  *kept.mutable_consent()->mutable_told() = told;
  // One that ended by itself says so by its end; everything else counts as withdrawn.
  const bool ended = told.has_expires_at() && FromProto(told.expires_at()) <= now;
  if (ended) kept.mutable_consent()->mutable_told()->set_over(false);
  AuditNote note;
  note.what = told.over() ? "told_consent_over" : "told_of_consent";
  note.about = {told.consent_id(), told.case_id()};
  note.facts = {{"home", parcel.sender}};
  runtime::Decision decision;
  decision.events = {MakeEvent(kept), NoteAudit(membership, note, now)};
  return decision;
}

std::vector<StoredToldConsent> ToldIn(const runtime::View& view, std::string_view case_id) {
  std::vector<StoredToldConsent> found;
  const std::string prefix = RowKey(case_id);
  view.Scan(kTold, prefix, AfterPrefix(prefix), [&](std::string_view, std::string_view value) {
    found.push_back(ParsedRow<StoredToldConsent>(value));
    return true;
  });
  return found;
}

std::optional<StoredToldConsent> FindTold(const runtime::View& view, std::string_view case_id,
                                          std::string_view consent_id) {
  return ReadRow<StoredToldConsent>(view, kTold, RowKey(case_id, consent_id));
}

Leases ValidLeases(const Membership& membership, const runtime::View& view,
                   const gateway::v1::FetchAsked& asked, const gateway::v1::StoredShare& share,
                   absl::Time now) {
  Leases valid;
  for (const gateway::v1::LeaseConsentResponse& given : asked.leases()) {
    ConsentLease lease;
    if (!lease.ParseFromString(given.lease())) continue;
    const auto told = FindTold(view, share.case_id(), lease.consent_id());
    const auto home = membership.peers.find(lease.home());
    if (!told || told->told().over() || told->home() != lease.home() ||
        home == membership.peers.end()) {
      continue;
    }
    const bool signed_by_home = home->second.verify.Verify(
        LeaseSignedBytes(membership.partnership, lease.home(), membership.agency, given.lease()),
        given.signature());
    const bool for_this =
        lease.holder() == membership.agency && lease.case_id() == share.case_id() &&
        lease.recipient() == share.recipient() && lease.purpose() == asked.request().purpose();
    if (!signed_by_home || !for_this || !lease.has_expires_at()) continue;
    const auto end =
        disclosure::LeaseHere(FromProto(asked.asked_at()), FromProto(lease.expires_at()), now);
    if (end) valid[lease.consent_id()] = *end;
  }
  return valid;
}

}  // namespace waymark::sharing::consent
