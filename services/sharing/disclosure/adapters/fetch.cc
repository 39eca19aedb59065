#include "services/sharing/disclosure/adapters/fetch.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/problem.h"
#include "libs/base/status.h"
#include "libs/runtime_rpc/submit.h"
#include "services/sharing/adapters/audit_note.h"
#include "services/sharing/adapters/audit_proof.h"
#include "services/sharing/adapters/rows.h"
#include "services/sharing/adapters/times.h"
#include "services/sharing/consent/adapters/told.h"
#include "services/sharing/disclosure/adapters/assemble.h"
#include "services/sharing/disclosure/adapters/copies.h"
#include "services/sharing/disclosure/adapters/disclosure_view.h"
#include "services/sharing/disclosure/adapters/facts.h"
#include "services/sharing/disclosure/adapters/parcels.h"
#include "services/sharing/disclosure/domain/lease.h"
#include "services/sharing/vault/adapters/vault_view.h"

namespace waymark::sharing::disclosure {
namespace {

using gateway::v1::FetchShareDecided;
using gateway::v1::FetchShareRequest;
using gateway::v1::StoredAsk;
using gateway::v1::StoredShare;

using Command = runtime_rpc::DecodedCommand<FetchShareRequest>;

AuditNote NoteOf(const Command& command, const std::string& what, const StoredShare* share) {
  AuditNote note;
  note.what = what;
  note.caller = command.caller;
  note.purpose = command.request.purpose();
  note.facts = {{"reader", command.request.reader()},
                {"reader_role", command.request.reader_role()}};
  if (share != nullptr) {
    note.about = {share->share_id(), share->case_id(), share->person_id()};
    note.facts["recipient"] = share->recipient();
  }
  return note;
}

// Recorded, then answered.
runtime::Decision Refused(const Membership& membership, const Command& command,
                          const StoredShare* share, const Problem& problem, absl::Time now) {
  FetchShareDecided decided;
  common::v1::Problem& refused = *decided.mutable_refused()->add_problems();
  refused.set_code(problem.code);
  refused.set_field(problem.field);
  refused.set_wanted(problem.wanted);
  refused.set_remedy(problem.remedy);
  AuditNote note = NoteOf(command, "fetch_refused", share);
  note.facts["code"] = problem.code;
  runtime::Decision decision;
  decision.events = {NoteAudit(membership, note, now)};
  decision.reply = decided.SerializeAsString();
  return decision;
}

bool WordsAreSane(const FetchShareRequest& request) {
  const auto sane = [](const std::string& word, size_t max) {
    return !word.empty() && word.size() <= max &&
           std::all_of(word.begin(), word.end(), [](char c) { return c > ' ' && c < 0x7f; });
  };
  return sane(request.reader(), kReaderCharactersMax) &&
         sane(request.reader_role(), kWordCharactersMax) &&
         sane(request.purpose(), kWordCharactersMax) && request.share_id().size() <= 64;
}

Problem ProblemOf(const agreement::Decision& decided) {
  const Refusal refusal = Explained(decided);
  const std::string clause = refusal.clause.empty() ? "" : absl::StrCat(" (", refusal.clause, ")");
  std::string remedy = "ask the origin's desk";
  if (!refusal.remedy.empty()) remedy = absl::StrCat("would serve: ", refusal.remedy);
  if (!refusal.who_can_decide.empty()) {
    absl::StrAppend(&remedy, "; can decide: ", refusal.who_can_decide);
  }
  return {refusal.code, "share_id",
          absl::StrCat("a lawful basis at this instant: ", refusal.missing, clause), remedy};
}

Problem Erased() {
  return {"erased", "share_id", "a person whose data is still held",
          "the person was erased: remove your copies"};
}

bool IsErased(const Membership& membership, const runtime::View& view, const StoredShare& share) {
  const auto person = vault::VaultView(membership, view).Person(share.person_id());
  return !person || absl::IsNotFound(membership.person_keys->Key(person->key_slot()).status());
}

// What refuses a share of this row whatever the agreements say now; nullopt when nothing does.
std::optional<Problem> RowRefuses(const StoredShare& share, absl::Time now) {
  const std::optional<State> state = ParseState(share.state());
  if (state != State::kNotified && state != State::kPushed) {
    return Problem{"share_not_open", "share_id", "a share that is notified and not withdrawn",
                   "wait for a new notice"};
  }
  if (share.has_expires_at() && FromProto(share.expires_at()) <= now) {
    return Problem{"share_expired", "share_id", "a share that has not ended",
                   "wait for a new notice"};
  }
  return std::nullopt;
}

// A consent of another gateway counts for a release only with its home's lease.
void DropUnleased(const runtime::View& view, const std::string& case_id,
                  const consent::Leases& leases, SubjectFacts& facts) {
  const auto unleased = [&](const agreement::ConsentFacts& consent) {
    if (leases.count(consent.receipt_id) != 0 || consent.withdrawn) return false;
    return consent::FindTold(view, case_id, consent.receipt_id).has_value();
  };
  facts.consents.erase(std::remove_if(facts.consents.begin(), facts.consents.end(), unleased),
                       facts.consents.end());
}

absl::StatusOr<runtime::Decision> Release(const Membership& membership, const runtime::View& view,
                                          const Command& command, const StoredAsk& ask,
                                          StoredShare share, const agreement::Decision& decided,
                                          const consent::Leases& leases, absl::Time now) {
  absl::StatusOr<gateway::v1::ShareContent> content =
      AssembleContent(membership, view, ask, share, decided, command.request.purpose());
  if (absl::IsNotFound(content.status())) {
    return Refused(membership, command, &share, Erased(), now);
  }
  WM_RETURN_IF_ERROR(content.status());
  *content->mutable_decided_at() = ToProto(now);
  const auto lease = leases.find(decided.consent_receipt);
  const absl::Time leased = lease == leases.end() ? absl::InfiniteFuture() : lease->second;
  *content->mutable_expires_at() = ToProto(std::min(LeaseEnd(now, decided.expires), leased));
  if (decided.expires) *content->mutable_holds_until() = ToProto(*decided.expires);

  FetchShareDecided reply;
  gateway::v1::FetchShareResponse& response = *reply.mutable_response();
  response.set_content(content->SerializeAsString());
  response.set_signature(membership.signing_key->Sign(ContentSignedBytes(
      membership.partnership, membership.agency, share.recipient(), response.content())));
  response.set_key_id(membership.signing_key->verify_key().id());

  if (!share.has_first_fetched_at()) *share.mutable_first_fetched_at() = ToProto(now);
  share.set_fetches(share.fetches() + 1);
  if (command.request.takes_copy()) {
    AddCopy(CopyBy(command.request.reader(), command.request.reader_role(),
                   command.request.purpose(), now),
            share);
    share.set_copy_outstanding(true);
  }
  if (!decided.consent_receipt.empty()) share.set_consent_id(decided.consent_receipt);
  if (!decided.override_receipt.empty()) share.set_override_id(decided.override_receipt);
  gateway::v1::ShareFetched fetched;
  *fetched.mutable_share() = share;
  AuditNote note = NoteOf(command, "share_fetched", &share);
  note.about = {share.share_id(), share.case_id()};
  note.of_persons = {share.person_id()};
  StateHandOver(*content, Form::kFetched, decided, note);
  note.facts["override"] = decided.override_receipt;
  CommitFields(membership, content->fields(), note, *response.mutable_proof());
  note.facts["copy"] = command.request.takes_copy() ? "taken" : "none";
  runtime::Decision decision;
  decision.events = {MakeEvent(fetched)};
  WM_ASSIGN_OR_RETURN(*response.mutable_proof()->mutable_log(),
                      NoteAndProve(membership, view, note, now, decision.events));
  decision.reply = reply.SerializeAsString();
  return decision;
}

}  // namespace

absl::StatusOr<runtime::Decision> DecideFetch(const Membership& membership,
                                              const runtime::View& view,
                                              const runtime::Input& input,
                                              runtime::Context& context) {
  WM_ASSIGN_OR_RETURN(const auto asked, runtime_rpc::DecodeCommand<gateway::v1::FetchAsked>(input));
  const Command command{asked.caller, asked.partnership, asked.request.request()};
  const absl::Time now = context.now();
  if (!WordsAreSane(command.request)) {
    return Refused(membership, {command.caller, command.partnership, {}}, nullptr,
                   {"missing_field", "reader",
                    "a reader, its role and a purpose, in printable characters without spaces",
                    "name who reads and why"},
                   now);
  }
  const DisclosureView shares(membership, view);
  const auto share = shares.Share(command.request.share_id());
  // The same answer for a share that is another's and for one that never was.
  const bool theirs = share && command.caller.kind() == common::v1::Caller::KIND_GATEWAY &&
                      share->recipient() == command.caller.agency();
  if (!theirs) {
    return Refused(membership, command, share ? &*share : nullptr,
                   {"not_your_share", "share_id", "a share that this gateway was notified of",
                    "fetch only what a notice named"},
                   now);
  }
  if (IsErased(membership, view, *share)) {
    return Refused(membership, command, &*share, Erased(), now);
  }
  const auto ask = shares.Ask(share->case_id());
  WM_CHECK(ask.has_value(), "a share without its case");
  Question question = TellQuestion(membership, *ask, share->recipient());
  question.recipient_role = command.request.reader_role();
  question.purpose = command.request.purpose();
  question.ask = agreement::Ask::kFetch;
  const consent::Leases leases = consent::ValidLeases(membership, view, asked.request, *share, now);
  SubjectFacts facts = FactsFor(view, *ask, share->person_id());
  DropUnleased(view, share->case_id(), leases, facts);
  const agreement::Decision decided = DecideShare(*membership.agreements, facts, question, now);
  if (decided.effect != agreement::Effect::kPermit && asked.request.refused_size() > 0) {
    const common::v1::Problem& why = asked.request.refused(0);
    return Refused(membership, command, &*share,
                   {why.code(), why.field(), why.wanted(), why.remedy()}, now);
  }
  if (decided.effect != agreement::Effect::kPermit) {
    Problem problem = ProblemOf(decided);
    const std::string_view ended = EndOf(facts, share->override_id(), now);
    if (!ended.empty()) problem.code = ended;
    return Refused(membership, command, &*share, problem, now);
  }
  const std::optional<Problem> refusal = RowRefuses(*share, now);
  if (refusal) return Refused(membership, command, &*share, *refusal, now);
  return Release(membership, view, command, *ask, *share, decided, leases, now);
}

}  // namespace waymark::sharing::disclosure
