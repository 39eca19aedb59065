// ListOverrides and ShowOverride, and what the deciders of the room share.
#include <algorithm>
#include <utility>

#include "absl/strings/str_join.h"
#include "libs/base/status.h"
#include "libs/rpc/errors.h"
#include "libs/runtime_rpc/submit.h"
#include "services/sharing/adapters/rows.h"
#include "services/sharing/adapters/times.h"
#include "services/sharing/disclosure/adapters/disclosure_view.h"
#include "services/sharing/duties/domain/model.h"
#include "services/sharing/override/adapters/decisions.h"
#include "services/sharing/override/adapters/overrides_view.h"
#include "services/sharing/vault/adapters/person_keys.h"
#include "services/sharing/vault/adapters/vault_view.h"
#include "waymark/gateway/v1/duties.pb.h"

namespace waymark::sharing::overrides {
namespace {

using gateway::v1::ListOverridesRequest;
using gateway::v1::ListOverridesResponse;
using gateway::v1::Override;
using gateway::v1::ShowOverrideRequest;
using gateway::v1::StoredOverride;

constexpr size_t kListedMax = 500;
constexpr char kReviewing[] = "override_review";

vault::SealIntent Intent(const StoredOverride& stored, uint32_t version) {
  return {stored.person_id(), vault::SealedField::kReasons, stored.override_id(), version};
}

bool IsAsked(const Override& one, ListOverridesRequest::Which which) {
  switch (which) {
    case ListOverridesRequest::WHICH_OPEN:
      return one.state() == Override::STATE_OPEN;
    case ListOverridesRequest::WHICH_OVERDUE:
      return one.state() == Override::STATE_OPEN && one.review_overdue();
    case ListOverridesRequest::WHICH_CONFIRMED:
      return one.state() == Override::STATE_CONFIRMED;
    case ListOverridesRequest::WHICH_REVERSED:
      return one.state() == Override::STATE_REVERSED;
    default:
      return true;
  }
}

void Count(const Override& one, ListOverridesResponse& response) {
  if (one.state() == Override::STATE_CONFIRMED) response.set_confirmed(response.confirmed() + 1);
  if (one.state() == Override::STATE_REVERSED) response.set_reversed(response.reversed() + 1);
  if (one.state() != Override::STATE_OPEN) return;
  response.set_open(response.open() + 1);
  if (one.review_overdue()) response.set_overdue(response.overdue() + 1);
}

// "" when its key was erased.
absl::StatusOr<std::string> OpenReason(const Membership& membership, const StoredOverride& stored,
                                       uint32_t version, const gateway::v1::Sealed& sealed) {
  if (sealed.sealed().empty()) return std::string();
  absl::StatusOr<std::string> opened = vault::Open(membership, Intent(stored, version), sealed);
  if (absl::IsNotFound(opened.status())) return std::string();
  return opened;
}

}  // namespace

Override ToMessage(const Membership& membership, const runtime::View& view,
                   const StoredOverride& stored, absl::Time now) {
  Override one;
  one.set_override_id(stored.override_id());
  *one.mutable_case_ids() = stored.case_ids();
  *one.mutable_recipients() = stored.recipients();
  *one.mutable_fields() = stored.fields();
  *one.mutable_purposes() = stored.purposes();
  one.set_lawful_gateway(stored.lawful_gateway());
  *one.mutable_clauses() = stored.clauses();
  one.set_decided_by(stored.decided_by());
  one.set_decided_by_role(stored.decided_by_role());
  *one.mutable_decided_at() = stored.decided_at();
  *one.mutable_expires_at() = stored.expires_at();
  one.set_state(stored.state());
  one.set_expired(now >= FromProto(stored.expires_at()));
  *one.mutable_review_due_at() = stored.review_due_at();
  const absl::Time until =
      stored.has_first_reviewed_at() ? FromProto(stored.first_reviewed_at()) : now;
  one.set_review_overdue(until > FromProto(stored.review_due_at()));
  one.set_late_seconds(duties::LateSeconds(until, FromProto(stored.review_due_at())));
  one.set_reviewed_by(stored.reviewed_by());
  one.set_reviewed_by_role(stored.reviewed_by_role());
  if (stored.has_reviewed_at()) *one.mutable_reviewed_at() = stored.reviewed_at();
  const disclosure::DisclosureView shares(membership, view);
  for (const std::string& id : OverridesView(view).SharesOn(stored.override_id())) {
    const auto share = shares.Share(id);
    if (!share) continue;
    gateway::v1::OverriddenShare& shown = *one.add_shares();
    shown.set_share_id(id);
    shown.set_recipient(share->recipient());
    shown.set_state(share->state());
    shown.set_copy_outstanding(share->copy_outstanding());
  }
  return one;
}

AuditNote NoteOf(const std::string& what, const common::v1::Caller& caller,
                 const StoredOverride& stored) {
  AuditNote note;
  note.what = what;
  note.caller = caller;
  note.about = {stored.override_id(), stored.person_id(), stored.incident_id()};
  note.about.insert(note.about.end(), stored.case_ids().begin(), stored.case_ids().end());
  note.purpose = absl::StrJoin(stored.purposes(), ",");
  note.reason_key_of = stored.person_id();
  note.facts = {{"recipients", absl::StrJoin(stored.recipients(), ",")},
                {"fields", absl::StrJoin(stored.fields(), ",")},
                {"lawful_gateway", stored.lawful_gateway()},
                {"clauses", absl::StrJoin(stored.clauses(), ",")},
                {"agreement_digests", absl::StrJoin(stored.agreement_digests(), ",")},
                {"decided_by", stored.decided_by()},
                {"decided_by_role", stored.decided_by_role()}};
  return note;
}

void Tell(const Membership& membership, const StoredOverride& stored, Occasion occasion,
          const std::string& why, runtime::Context& context, runtime::Decision& decision) {
  for (const ToTell& told : WhoIsTold(*membership.pack, membership.agency, occasion)) {
    gateway::v1::DutyReminded reminded;
    gateway::v1::Reminder& reminder = *reminded.mutable_reminder();
    reminder.set_reminder_id(context.NewId("reminder"));
    *reminder.mutable_at() = ToProto(context.now());
    reminder.set_role(told.role);
    reminder.set_kind(told.kind);
    if (stored.case_ids_size() > 0) reminder.set_case_id(stored.case_ids(0));
    reminder.set_obligation_id(stored.override_id());
    reminder.set_clock(stored.clock());
    if (occasion == Occasion::kOverdue) {
      reminder.set_late_seconds(
          duties::LateSeconds(context.now(), FromProto(stored.review_due_at())));
    }
    reminder.set_why(why);
    decision.events.push_back(MakeEvent(reminded));
  }
}

absl::StatusOr<gateway::v1::Sealed> SealReason(const Membership& membership,
                                               const runtime::View& view,
                                               const StoredOverride& stored, uint32_t version,
                                               const std::string& reason) {
  const auto person = vault::VaultView(membership, view).Person(stored.person_id());
  if (!person) return gateway::v1::Sealed();
  absl::StatusOr<gateway::v1::Sealed> sealed =
      vault::Seal(membership, Intent(stored, version), person->key_slot(), reason);
  if (absl::IsNotFound(sealed.status())) return gateway::v1::Sealed();
  return sealed;
}

absl::StatusOr<runtime::Decision> DecideList(const Membership& membership,
                                             const runtime::View& view, const runtime::Input& input,
                                             runtime::Context& context) {
  WM_ASSIGN_OR_RETURN(const auto command, runtime_rpc::DecodeCommand<ListOverridesRequest>(input));
  std::vector<Override> open, others;
  ListOverridesResponse response;
  for (const StoredOverride& stored : OverridesView(view).All()) {
    Override one = ToMessage(membership, view, stored, context.now());
    Count(one, response);
    if (!IsAsked(one, command.request.which())) continue;
    (one.state() == Override::STATE_OPEN ? open : others).push_back(std::move(one));
  }
  std::stable_sort(open.begin(), open.end(), [](const Override& a, const Override& b) {
    return FromProto(a.review_due_at()) < FromProto(b.review_due_at());
  });
  std::move(others.begin(), others.end(), std::back_inserter(open));
  if (open.size() > kListedMax) open.resize(kListedMax);
  for (Override& one : open) *response.add_overrides() = std::move(one);
  AuditNote note;
  note.what = "overrides_listed";
  note.caller = command.caller;
  note.purpose = kReviewing;
  runtime::Decision decision;
  decision.events = {NoteAudit(membership, note, context.now())};
  decision.reply = response.SerializeAsString();
  return decision;
}

absl::StatusOr<runtime::Decision> DecideShow(const Membership& membership,
                                             const runtime::View& view, const runtime::Input& input,
                                             runtime::Context& context) {
  WM_ASSIGN_OR_RETURN(const auto command, runtime_rpc::DecodeCommand<ShowOverrideRequest>(input));
  const auto stored = OverridesView(view).Find(command.request.override_id());
  if (!stored) {
    return runtime::Decision::Refuse(
        rpc::ProblemStatus(absl::StatusCode::kNotFound,
                           {{"unknown_override", "override_id", "an override of this agency",
                             "list the overrides to find its id"}}));
  }
  gateway::v1::ShowOverrideResponse response;
  *response.mutable_override() = ToMessage(membership, view, *stored, context.now());
  WM_ASSIGN_OR_RETURN(*response.mutable_reason(),
                      OpenReason(membership, *stored, kReasonVersion, stored->reason()));
  WM_ASSIGN_OR_RETURN(
      *response.mutable_review_reason(),
      OpenReason(membership, *stored, kReviewReasonVersion, stored->review_reason()));
  AuditNote note = NoteOf("override_shown", command.caller, *stored);
  note.purpose = kReviewing;
  runtime::Decision decision;
  decision.events = {NoteAudit(membership, note, context.now())};
  decision.reply = response.SerializeAsString();
  return decision;
}

}  // namespace waymark::sharing::overrides
