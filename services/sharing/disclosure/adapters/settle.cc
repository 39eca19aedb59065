#include "services/sharing/disclosure/adapters/settle.h"

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libs/base/status.h"
#include "libs/config/topics.h"
#include "services/sharing/adapters/audit_note.h"
#include "services/sharing/adapters/audit_proof.h"
#include "services/sharing/adapters/rows.h"
#include "services/sharing/adapters/times.h"
#include "services/sharing/consent/adapters/told.h"
#include "services/sharing/disclosure/adapters/assemble.h"
#include "services/sharing/disclosure/adapters/copies.h"
#include "services/sharing/disclosure/adapters/disclosure_view.h"
#include "services/sharing/disclosure/adapters/facts.h"
#include "services/sharing/disclosure/adapters/keys.h"
#include "services/sharing/disclosure/adapters/parcels.h"
#include "services/sharing/vault/adapters/vault_view.h"
#include "waymark/casemgr/v1/inbox.pb.h"

namespace waymark::sharing::disclosure {
namespace {

using gateway::v1::ParcelContent;
using gateway::v1::ParcelHeader;
using gateway::v1::ShareSettled;
using gateway::v1::StoredAsk;
using gateway::v1::StoredShare;

// One case under decision.
struct Work {
  const Membership& membership;
  const runtime::View& view;
  const StoredAsk& ask;
  runtime::Context& context;
  runtime::Decision& decision;
};

AuditNote NoteOf(const StoredShare& share, const agreement::Decision& decided) {
  const bool permit = decided.effect == agreement::Effect::kPermit;
  const bool over = share.state() == StateName(State::kWithdrawn);
  return {
      .what = "share_decided",
      .caller = {},
      .about = {share.share_id(), share.case_id(), share.person_id()},
      .purpose = std::string(kSharingPurpose),
      .sealed_reason = "",
      .reason_key_of = "",
      .facts = {{"recipient", share.recipient()},
                {"state", share.state()},
                {"effect", share.decision().effect()},
                {"clause", ClauseOf(decided)},
                {"lawful_gateway", share.decision().lawful_gateway()},
                {"consent", share.consent_id()},
                {"override", share.override_id()},
                {"fields", absl::StrJoin(share.decision().released(), ",")},
                {"agreement", absl::StrCat(decided.agreement_id, " ", decided.agreement_version)},
                {"agreement_digest", decided.agreement_digest},
                {"code", permit ? "" : Explained(decided).code},
                {"because", over ? share.withdrawn_because() : ""}}};
}

void Note(Work& work, const StoredShare& share, const agreement::Decision& decided) {
  work.decision.events.push_back(
      NoteAudit(work.membership, NoteOf(share, decided), work.context.now()));
}

// The leaf of a share that is handed over at once, and its proof beside the content.
absl::Status NotePushed(Work& work, const StoredShare& share, const agreement::Decision& decided,
                        ParcelContent& content) {
  AuditNote note = NoteOf(share, decided);
  note.about = {share.share_id(), share.case_id()};
  note.of_persons = {share.person_id()};
  StateHandOver(content.pushed(), Form::kPushed, decided, note);
  CommitFields(work.membership, content.pushed().fields(), note, *content.mutable_proof());
  WM_ASSIGN_OR_RETURN(
      *content.mutable_proof()->mutable_log(),
      NoteAndProve(work.membership, work.view, note, work.context.now(), work.decision.events));
  return absl::OkStatus();
}

ParcelHeader HeaderOf(const StoredShare& share, const agreement::Decision& decided,
                      const std::string& kind) {
  ParcelHeader header;
  header.set_share_id(share.share_id());
  header.set_case_id(share.case_id());
  header.set_kind(kind);
  header.set_purpose(std::string(kSharingPurpose));
  header.set_agreement_id(decided.agreement_id);
  header.set_agreement_version(decided.agreement_version);
  header.set_consent_id(share.consent_id());
  if (share.has_expires_at()) *header.mutable_expires_at() = share.expires_at();
  return header;
}

void FillRow(Work& work, const agreement::Decision& decided, StoredShare& share) {
  const bool permit = decided.effect == agreement::Effect::kPermit;
  *share.mutable_decision() = ToMessage(decided, share.recipient(), work.context.now());
  share.mutable_decision()->set_share_id(share.share_id());
  share.mutable_decision()->set_case_id(share.case_id());
  share.mutable_decision()->set_state(share.state());
  share.set_agreement_digest(decided.agreement_digest);
  if (!permit) return;
  share.set_consent_id(decided.consent_receipt);
  share.set_override_id(decided.override_receipt);
  share.clear_expires_at();
  if (decided.expires) *share.mutable_expires_at() = ToProto(*decided.expires);
}

StoredShare NewShare(Work& work, const std::string& person_id, const std::string& recipient) {
  StoredShare share;
  share.set_share_id(work.context.NewId("share"));
  share.set_case_id(work.ask.asked().case_id());
  share.set_person_id(person_id);
  share.set_recipient(recipient);
  return share;
}

absl::Status Emit(Work& work, const StoredShare& share, const agreement::Decision& decided,
                  const std::string& kind, ParcelContent* content) {
  ShareSettled settled;
  *settled.mutable_share() = share;
  const bool pushed = content != nullptr && content->has_pushed();
  if (pushed) WM_RETURN_IF_ERROR(NotePushed(work, share, decided, *content));
  if (content != nullptr) {
    WM_ASSIGN_OR_RETURN(
        *settled.mutable_parcel(),
        SealParcel(work.membership, share.recipient(), HeaderOf(share, decided, kind), *content));
  }
  work.decision.events.push_back(MakeEvent(settled));
  if (!pushed) Note(work, share, decided);
  return absl::OkStatus();
}

absl::Status Tell(Work& work, StoredShare share, const Settled& settled) {
  const agreement::Decision& decided = settled.decision;
  share.set_state(std::string(StateName(settled.push ? State::kPushed : State::kNotified)));
  FillRow(work, decided, share);
  ParcelContent content;
  if (settled.push) {
    absl::StatusOr<gateway::v1::ShareContent> pushed = AssembleContent(
        work.membership, work.view, work.ask, share, decided, std::string(kSharingPurpose));
    if (absl::IsNotFound(pushed.status())) return absl::OkStatus();  // erased: nothing to share
    WM_RETURN_IF_ERROR(pushed.status());
    *pushed->mutable_decided_at() = ToProto(work.context.now());
    if (share.has_expires_at()) *pushed->mutable_expires_at() = share.expires_at();
    *content.mutable_pushed() = *std::move(pushed);
    AddCopy(
        CopyBy(std::string(kGatewayHolder), "", std::string(kSharingPurpose), work.context.now()),
        share);
    share.set_copy_outstanding(true);
    return Emit(work, share, decided, "pushed", &content);
  }
  gateway::v1::ShareNotice& notice = *content.mutable_notice();
  notice.set_share_id(share.share_id());
  notice.set_case_id(share.case_id());
  notice.set_lawful_gateway(share.decision().lawful_gateway());
  notice.set_clause(share.decision().clause());
  notice.set_consent_id(share.consent_id());
  if (share.has_expires_at()) *notice.mutable_expires_at() = share.expires_at();
  share.set_revision(share.revision() + 1);
  notice.set_revision(share.revision());
  *notice.mutable_fields() = share.decision().released();
  *notice.mutable_basis() = BasisOf(work.view, work.ask, decided, std::string(kSharingPurpose));
  return Emit(work, share, decided, "notice", &content);
}

absl::Status TakeBack(Work& work, StoredShare share, const agreement::Decision& decided,
                      std::string_view reason) {
  share.set_state(std::string(StateName(State::kWithdrawn)));
  share.set_withdrawn_because(std::string(reason));
  FillRow(work, decided, share);
  ParcelContent content;
  content.mutable_withdrawn()->set_share_id(share.share_id());
  content.mutable_withdrawn()->set_case_id(share.case_id());
  content.mutable_withdrawn()->set_reason(std::string(reason));
  return Emit(work, share, decided, "withdrawn", &content);
}

absl::Status DecideOne(Work& work, const SubjectFacts& facts, const std::string& person_id,
                       const std::string& recipient) {
  const Membership& membership = work.membership;
  const std::optional<StoredShare> before =
      DisclosureView(membership, work.view)
          .Newest(work.ask.asked().case_id(), person_id, recipient);
  const Settled settled =
      DecideToTell(*membership.agreements, facts, TellQuestion(membership, work.ask, recipient),
                   work.context.now());
  const std::optional<Standing> standing = StandingOf(before);
  switch (NextMove(standing, settled)) {
    case Move::kTell: {
      const bool over = !before || standing->state == State::kWithdrawn;
      return Tell(work, over ? NewShare(work, person_id, recipient) : *before, settled);
    }
    case Move::kRenew:
      return Tell(work, *before, settled);
    case Move::kWait:
    case Move::kKeep: {
      StoredShare share = before ? *before : NewShare(work, person_id, recipient);
      if (!before) share.set_state(std::string(StateName(State::kWaiting)));
      FillRow(work, settled.decision, share);
      return Emit(work, share, settled.decision, "", nullptr);
    }
    case Move::kReplace:
      WM_RETURN_IF_ERROR(TakeBack(work, *before, settled.decision, "replaced"));
      return Tell(work, NewShare(work, person_id, recipient), settled);
    case Move::kTakeBack:
      return TakeBack(
          work, *before, settled.decision,
          ReasonToTakeBack(settled.decision, facts, before->override_id(), work.context.now()));
    case Move::kRest:
      Note(work, *before, settled.decision);
      return absl::OkStatus();
  }
  return absl::InternalError("a move that is not one");
}

absl::Status DecideCase(Work& work) {
  const vault::VaultView vault(work.membership, work.view);
  for (const std::string& person_id : work.ask.asked().person_ids()) {
    if (!vault.Person(person_id)) continue;
    const SubjectFacts facts = FactsFor(work.view, work.ask, person_id);
    std::set<std::string> recipients(work.ask.asked().recipients().begin(),
                                     work.ask.asked().recipients().end());
    for (std::string& recipient :
         LastParts(work.view, kNewest, RowKey(work.ask.asked().case_id(), person_id))) {
      recipients.insert(std::move(recipient));
    }
    for (const std::string& recipient : recipients) {
      if (recipient == work.membership.agency) continue;
      if (work.membership.peers.count(recipient) == 0) continue;
      WM_RETURN_IF_ERROR(DecideOne(work, facts, person_id, recipient));
    }
  }
  return absl::OkStatus();
}

// Persons who are no longer the case's victim (intake split or merged somebody), or who were
// erased: what was told of them is taken back.
absl::Status RevokeWronglyLinked(Work& work) {
  const std::string& case_id = work.ask.asked().case_id();
  const auto& asked = work.ask.asked().person_ids();
  const std::set<std::string> still(asked.begin(), asked.end());
  const std::vector<std::string> persons = LastParts(work.view, kNewest, RowKey(case_id));
  const vault::VaultView vault(work.membership, work.view);
  for (const std::string& person_id : std::set<std::string>(persons.begin(), persons.end())) {
    const bool erased = vault.Erasure(person_id).has_value();
    if (still.count(person_id) != 0 && !erased) continue;
    for (const std::string& recipient : LastParts(work.view, kNewest, RowKey(case_id, person_id))) {
      const auto share =
          DisclosureView(work.membership, work.view).Newest(case_id, person_id, recipient);
      const std::optional<Standing> standing = StandingOf(share);
      if (!standing || standing->state == State::kWaiting || standing->state == State::kWithdrawn) {
        continue;
      }
      WM_RETURN_IF_ERROR(
          TakeBack(work, *share, agreement::Decision(), erased ? "erased" : "wrongly_linked"));
    }
  }
  return absl::OkStatus();
}

gateway::v1::AskedShare Asked(const casemgr::v1::ShareAsked& said) {
  gateway::v1::AskedShare asked;
  asked.set_case_id(said.case_id());
  *asked.mutable_person_ids() = said.person_ids();
  *asked.mutable_incident_ids() = said.incident_ids();
  *asked.mutable_recipients() = said.recipients();
  asked.set_band(said.band());
  *asked.mutable_safeguarding() = said.safeguarding();
  return asked;
}

absl::Status OnlyCasemgr(const runtime::Input& input) {
  if (input.source == config::kCasemgrSource) return absl::OkStatus();
  return absl::PermissionDeniedError("only casemgr says this");
}

}  // namespace

absl::StatusOr<runtime::Decision> DecideAsked(const Membership& membership,
                                              const runtime::View& view,
                                              const runtime::Input& input,
                                              runtime::Context& context) {
  const absl::Status allowed = OnlyCasemgr(input);
  if (!allowed.ok()) return runtime::Decision::Refuse(allowed);
  gateway::v1::ShareAskKept kept;
  casemgr::v1::ShareAsked asked;
  if (!asked.ParseFromString(input.payload) || asked.case_id().empty()) {
    return absl::InvalidArgumentError("ShareAsked cannot be read");
  }
  const auto before = DisclosureView(membership, view).Ask(asked.case_id());
  if (before) *kept.mutable_ask() = *before;
  kept.set_case_id(asked.case_id());
  *kept.mutable_ask()->mutable_asked() = Asked(asked);
  if (!kept.ask().has_asked_at()) *kept.mutable_ask()->mutable_asked_at() = ToProto(context.now());
  kept.set_decide(true);
  runtime::Decision decision;
  decision.events.push_back(MakeEvent(kept));
  return decision;
}

absl::StatusOr<runtime::Decision> DecideCaseNotice(const runtime::View& view,
                                                   const Membership& membership,
                                                   const runtime::Input& input) {
  const absl::Status allowed = OnlyCasemgr(input);
  if (!allowed.ok()) return runtime::Decision::Refuse(allowed);
  casemgr::v1::CaseNotice notice;
  if (!notice.ParseFromString(input.payload) || notice.case_id().empty()) {
    return absl::InvalidArgumentError("CaseNotice cannot be read");
  }
  gateway::v1::ShareAskKept kept;
  kept.set_case_id(notice.case_id());
  const auto before = DisclosureView(membership, view).Ask(notice.case_id());
  if (before) *kept.mutable_ask() = *before;
  if (before && before->lead_agency() == notice.lead_agency() &&
      before->case_state() == notice.state()) {
    return runtime::Decision{};
  }
  kept.mutable_ask()->mutable_asked()->set_case_id(notice.case_id());
  kept.mutable_ask()->set_lead_agency(notice.lead_agency());
  kept.mutable_ask()->set_case_state(notice.state());
  runtime::Decision decision;
  decision.events.push_back(MakeEvent(kept));
  return decision;
}

absl::StatusOr<runtime::Decision> DecideAgain(const Membership& membership,
                                              const runtime::View& view,
                                              const runtime::Input& input,
                                              runtime::Context& context) {
  gateway::v1::RedecideNudge nudge;
  if (!nudge.ParseFromString(input.payload)) {
    return absl::InvalidArgumentError("a nudge that cannot be read");
  }
  const DisclosureView shares(membership, view);
  runtime::Decision decision;
  if (nudge.case_id().empty()) {
    gateway::v1::RedecideSpread spread;
    const std::vector<std::string> cases =
        nudge.all() ? shares.AllCases() : shares.CasesOf(nudge.person_id());
    for (const std::string& case_id : cases) spread.add_case_ids(case_id);
    if (!cases.empty()) decision.events.push_back(MakeEvent(spread));
    return decision;
  }
  const auto ask = shares.Ask(nudge.case_id());
  if (!ask) return decision;
  Work work{membership, view, *ask, context, decision};
  WM_RETURN_IF_ERROR(RevokeWronglyLinked(work));
  WM_RETURN_IF_ERROR(DecideCase(work));
  WM_RETURN_IF_ERROR(consent::TellSources(membership, view, *ask, context.now(), decision));
  return decision;
}

absl::StatusOr<runtime::Decision> DecideActivation(const Membership& membership,
                                                   const runtime::View& view, const runtime::Input&,
                                                   runtime::Context& context) {
  gateway::v1::AgreementsActivated loaded;
  std::map<std::string, std::string> facts;
  for (const agreement::Agreement& agreement : membership.agreements->agreements()) {
    gateway::v1::ActiveAgreement& active = *loaded.add_agreements();
    active.set_id(agreement.id);
    active.set_version(agreement.version);
    active.set_digest(agreement.digest);
    *active.mutable_valid_from() = ToProto(agreement.valid_from);
    facts[absl::StrCat(agreement.id, " ", agreement.version)] = agreement.digest;
  }
  const bool changed = DisclosureView(membership, view).Agreements().SerializeAsString() !=
                       loaded.SerializeAsString();
  runtime::Decision decision;
  gateway::v1::ActivateAgreementsReply reply;
  reply.set_changed(changed);
  decision.reply = reply.SerializeAsString();
  if (!changed) return decision;
  decision.events = {MakeEvent(loaded), NoteAudit(membership,
                                                  {.what = "agreements_activated",
                                                   .caller = {},
                                                   .about = {},
                                                   .purpose = "",
                                                   .sealed_reason = "",
                                                   .reason_key_of = "",
                                                   .facts = std::move(facts)},
                                                  context.now())};
  return decision;
}

}  // namespace waymark::sharing::disclosure
