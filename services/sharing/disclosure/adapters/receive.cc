#include "services/sharing/disclosure/adapters/receive.h"

#include <utility>

#include "libs/base/status.h"
#include "services/sharing/adapters/audit_note.h"
#include "services/sharing/adapters/audit_proof.h"
#include "services/sharing/adapters/rows.h"
#include "services/sharing/adapters/times.h"
#include "services/sharing/audit/adapters/heard.h"
#include "services/sharing/consent/adapters/told.h"
#include "services/sharing/disclosure/adapters/copies.h"
#include "services/sharing/disclosure/adapters/disclosure_view.h"
#include "services/sharing/disclosure/adapters/facts.h"
#include "services/sharing/disclosure/adapters/parcels.h"

namespace waymark::sharing::disclosure {
namespace {

using gateway::v1::ShareNotice;
using gateway::v1::ShareReceived;
using gateway::v1::StoredReceivedShare;

AuditNote NoteOf(const StoredReceivedShare& share, const std::string& what) {
  AuditNote note;
  note.what = what;
  note.about = {share.share_id(), share.case_id()};
  note.purpose = share.notice().basis().purpose();
  note.facts = {{"origin", share.origin()},
                {"state", share.state()},
                {"lawful_gateway", share.notice().lawful_gateway()},
                {"clause", share.notice().clause()},
                {"consent", share.notice().consent_id()}};
  if (!share.reason().empty()) note.facts["reason"] = share.reason();
  return note;
}

// What is said of a pushed share beside the values of its fields.
ShareNotice NoticeOf(const gateway::v1::ShareContent& pushed) {
  ShareNotice notice;
  notice.set_share_id(pushed.share_id());
  notice.set_case_id(pushed.case_id());
  notice.set_lawful_gateway(pushed.lawful_gateway());
  notice.set_clause(pushed.clause());
  notice.set_consent_id(pushed.consent_id());
  if (pushed.has_expires_at()) *notice.mutable_expires_at() = pushed.expires_at();
  for (const auto& [name, value] : pushed.fields()) notice.add_fields(name);
  *notice.mutable_basis() = pushed.basis();
  return notice;
}

runtime::Decision Kept(const Membership& membership, const StoredReceivedShare& share,
                       const std::string& what, absl::Time now) {
  ShareReceived received;
  *received.mutable_share() = share;
  runtime::Decision decision;
  decision.events = {MakeEvent(received), NoteAudit(membership, NoteOf(share, what), now)};
  return decision;
}

// The same share, notified again because it rests on another consent or ends at another time. An
// older notice that is sent once more is a replay.
bool Renews(const OpenedParcel& parcel, const StoredReceivedShare& before) {
  const bool open = before.state() == "notified" || before.state() == "expired";
  return parcel.content.has_notice() && open && before.origin() == parcel.sender &&
         before.case_id() == parcel.header.case_id() &&
         parcel.content.notice().revision() > before.notice().revision();
}

absl::StatusOr<runtime::Decision> TakeIn(const Membership& membership, const runtime::View& view,
                                         const OpenedParcel& parcel,
                                         const std::optional<StoredReceivedShare>& before,
                                         absl::Time now) {
  const bool pushed = parcel.content.has_pushed();
  if (pushed) {
    // Kept as a dead letter, which is the evidence, and an alarm.
    const absl::Status proven =
        CheckHandOver(membership, parcel.sender, parcel.content.pushed(), parcel.content.proof());
    if (!proven.ok()) return runtime::Decision::Refuse(proven);
  }
  StoredReceivedShare share;
  share.set_share_id(parcel.header.share_id());
  share.set_origin(parcel.sender);
  share.set_case_id(parcel.header.case_id());
  *share.mutable_received_at() = before ? before->received_at() : ToProto(now);
  if (before) *share.mutable_copies() = before->copies();
  *share.mutable_notice() = pushed ? NoticeOf(parcel.content.pushed()) : parcel.content.notice();
  Attested attested = AttestedBy(membership, parcel.sender, share.notice());
  attested.ask = pushed ? agreement::Ask::kPush : agreement::Ask::kNotice;
  const agreement::Decision decided = DecideToTake(*membership.agreements, attested, now);
  if (decided.effect != agreement::Effect::kPermit || attested.expires <= now) {
    const bool late = decided.effect == agreement::Effect::kPermit;
    share.set_state("refused");
    share.set_reason(late ? "share_expired" : Explained(decided).code);
    return Kept(membership, share, "share_refused_on_receipt", now);
  }
  share.mutable_notice()->clear_fields();
  for (const std::string& name : decided.released) share.mutable_notice()->add_fields(name);
  share.set_state("notified");
  if (pushed) {
    gateway::v1::ShareContent allowed = parcel.content.pushed();
    allowed.clear_fields();
    for (const std::string& name : decided.released) {
      (*allowed.mutable_fields())[name] = parcel.content.pushed().fields().at(name);
    }
    *allowed.mutable_proof() =
        Reduced(parcel.content.proof(), {allowed.fields().begin(), allowed.fields().end()});
    share.set_state("pushed");
    WM_ASSIGN_OR_RETURN(*share.mutable_pushed(), SealKept(membership, share.share_id(), allowed));
    AddCopy(CopyBy(std::string(kGatewayHolder), "", share.notice().basis().purpose(), now), share);
  }
  const std::string what = pushed   ? "share_pushed_here"
                           : before ? "share_renewed"
                                    : "share_notified";
  runtime::Decision decision = Kept(membership, share, what, now);
  if (pushed) {
    auto heard =
        audit_room::HeardCheckpoint(membership, view, parcel.sender,
                                    parcel.content.proof().log().checkpoint(), parcel.sender, now);
    if (heard) decision.events.push_back(*std::move(heard));
  }
  return decision;
}

runtime::Decision TakenBack(const Membership& membership, const OpenedParcel& parcel,
                            const std::optional<StoredReceivedShare>& before, absl::Time now) {
  if (!before) {
    return runtime::Decision::Refuse(
        absl::FailedPreconditionError("a share is withdrawn that was never told of"));
  }
  if (before->origin() != parcel.sender || before->case_id() != parcel.header.case_id()) {
    return runtime::Decision::Refuse(
        absl::PermissionDeniedError("a share is withdrawn by somebody who did not give it"));
  }
  StoredReceivedShare share = *before;
  share.set_state("withdrawn");
  share.set_reason(parcel.content.withdrawn().reason());
  share.clear_pushed();
  return Kept(membership, share, "share_withdrawn_by_origin", now);
}

}  // namespace

absl::StatusOr<runtime::Decision> DecideParcel(const Membership& membership,
                                               const runtime::View& view,
                                               const runtime::Input& input,
                                               runtime::Context& context) {
  gateway::v1::Parcel parcel;
  if (!parcel.ParseFromString(input.payload)) {
    return absl::InvalidArgumentError("a parcel that cannot be read");
  }
  absl::StatusOr<OpenedParcel> opened = OpenParcel(membership, input.source, parcel);
  if (!opened.ok()) return runtime::Decision::Refuse(opened.status());
  const auto before = DisclosureView(membership, view).Received(opened->header.share_id());
  if (opened->content.has_copies()) {
    return DecideCopyReport(membership, view, *opened, context.now());
  }
  if (opened->content.has_consent()) {
    return consent::DecideTold(membership, view, *opened, context.now());
  }
  if (opened->content.has_withdrawn()) {
    return TakenBack(membership, *opened, before, context.now());
  }
  if (before && !Renews(*opened, *before)) {
    return runtime::Decision::Refuse(
        absl::AlreadyExistsError("a share id that was used before: a replay"));
  }
  return TakeIn(membership, view, *opened, before, context.now());
}

absl::StatusOr<runtime::Decision> DecideReceivedEnd(const Membership& membership,
                                                    const runtime::View& view,
                                                    const runtime::Input& input,
                                                    runtime::Context& context) {
  gateway::v1::PushedShareEnded ended;
  if (!ended.ParseFromString(input.payload)) {
    return absl::InvalidArgumentError("a timer that cannot be read");
  }
  const auto before = DisclosureView(membership, view).Received(ended.share_id());
  const bool stands = before && (before->state() == "notified" || before->state() == "pushed");
  if (!stands) return runtime::Decision{};
  StoredReceivedShare share = *before;
  share.set_state("expired");
  share.set_reason("expired");
  share.clear_pushed();
  return Kept(membership, share, "share_expired_here", context.now());
}

}  // namespace waymark::sharing::disclosure
