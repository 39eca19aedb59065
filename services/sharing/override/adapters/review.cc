// ReviewOverride, and what is done while nobody reviews.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/calendar/civil.h"
#include "libs/rpc/errors.h"
#include "libs/runtime_rpc/submit.h"
#include "services/sharing/adapters/rows.h"
#include "services/sharing/adapters/times.h"
#include "services/sharing/override/adapters/decisions.h"
#include "services/sharing/override/adapters/keys.h"
#include "services/sharing/override/adapters/overrides_view.h"

namespace waymark::sharing::overrides {
namespace {

using gateway::v1::Override;
using gateway::v1::ReviewOverrideRequest;
using gateway::v1::StoredOverride;

std::optional<Verdict> VerdictOf(ReviewOverrideRequest::Verdict verdict) {
  switch (verdict) {
    case ReviewOverrideRequest::VERDICT_CONFIRMED:
      return Verdict::kConfirmed;
    case ReviewOverrideRequest::VERDICT_REVERSED:
      return Verdict::kReversed;
    default:
      return std::nullopt;
  }
}

State StateOf(const StoredOverride& stored) {
  switch (stored.state()) {
    case Override::STATE_CONFIRMED:
      return State::kConfirmed;
    case Override::STATE_REVERSED:
      return State::kReversed;
    default:
      return State::kOpen;
  }
}

absl::Status Refusal(const std::vector<Problem>& problems) {
  const auto has = [&](std::string_view code) {
    return std::any_of(problems.begin(), problems.end(),
                       [&](const Problem& problem) { return problem.code == code; });
  };
  absl::StatusCode code = absl::StatusCode::kInvalidArgument;
  if (has("already_confirmed") || has("already_reversed")) {
    code = absl::StatusCode::kFailedPrecondition;
  }
  if (has("same_person") || has("role_may_not_review")) {
    code = absl::StatusCode::kPermissionDenied;
  }
  return rpc::ProblemStatus(code, problems);
}

}  // namespace

absl::StatusOr<runtime::Decision> DecideReview(const Membership& membership,
                                               const runtime::View& view,
                                               const runtime::Input& input,
                                               runtime::Context& context) {
  WM_ASSIGN_OR_RETURN(const auto command, runtime_rpc::DecodeCommand<ReviewOverrideRequest>(input));
  const auto found = OverridesView(view).Find(command.request.override_id());
  if (!found) {
    return runtime::Decision::Refuse(
        rpc::ProblemStatus(absl::StatusCode::kNotFound,
                           {{"unknown_override", "override_id", "an override of this agency",
                             "list the overrides to find its id"}}));
  }
  const std::vector<Problem> problems =
      CheckReview({VerdictOf(command.request.verdict()), command.request.reason(),
                   command.caller.person_subject(), command.caller.person_role()},
                  {StateOf(*found), found->decided_by()}, ReviewRoles(*membership.pack));
  if (!problems.empty()) return runtime::Decision::Refuse(Refusal(problems));
  const bool reversed = command.request.verdict() == ReviewOverrideRequest::VERDICT_REVERSED;
  gateway::v1::OverrideReviewed reviewed;
  StoredOverride& stored = *reviewed.mutable_override();
  stored = *found;
  stored.set_state(reversed ? Override::STATE_REVERSED : Override::STATE_CONFIRMED);
  stored.set_reviewed_by(command.caller.person_subject());
  stored.set_reviewed_by_role(command.caller.person_role());
  *stored.mutable_reviewed_at() = ToProto(context.now());
  if (!stored.has_first_reviewed_at()) *stored.mutable_first_reviewed_at() = stored.reviewed_at();
  WM_ASSIGN_OR_RETURN(
      *stored.mutable_review_reason(),
      SealReason(membership, view, stored, kReviewReasonVersion, command.request.reason()));
  AuditNote note = NoteOf("override_reviewed", command.caller, stored);
  note.sealed_reason = stored.review_reason().sealed();
  note.facts["verdict"] = reversed ? "reversed" : "confirmed";
  runtime::Decision decision;
  decision.events = {MakeEvent(reviewed), NoteAudit(membership, note, context.now())};
  if (reversed) {
    Tell(membership, stored, Occasion::kReversed,
         "an override was reversed on review: what was shared because of it is taken back", context,
         decision);
  }
  gateway::v1::ReviewOverrideResponse response;
  *response.mutable_override() = ToMessage(membership, view, stored, context.now());
  decision.reply = response.SerializeAsString();
  return decision;
}

absl::StatusOr<runtime::Decision> DecideChase(const Membership& membership,
                                              const runtime::View& view,
                                              const runtime::Input& input,
                                              runtime::Context& context) {
  gateway::v1::OverrideTimer timer;
  if (!timer.ParseFromString(input.payload)) {
    return absl::InvalidArgumentError("a timer without an override");
  }
  const auto found = OverridesView(view).Find(timer.override_id());
  runtime::Decision decision;
  if (!found || found->state() != Override::STATE_OPEN) return decision;
  gateway::v1::OverrideReviewChased chased;
  StoredOverride& stored = *chased.mutable_override();
  stored = *found;
  const absl::Time due = FromProto(stored.review_due_at());
  const std::string when = calendar::FormatLondon(due);
  if (input.type == kDueSoonTimer) {
    if (stored.due_soon_told() || context.now() > due) return decision;
    stored.set_due_soon_told(true);
    decision.events = {MakeEvent(chased)};
    Tell(membership, stored, Occasion::kDueSoon, absl::StrCat("its review is due ", when), context,
         decision);
    return decision;
  }
  if (stored.overdue_told() || context.now() <= due) return decision;
  stored.set_overdue_told(true);
  decision.events = {
      MakeEvent(chased),
      NoteAudit(membership, NoteOf("override_review_overdue", {}, stored), context.now())};
  Tell(membership, stored, Occasion::kOverdue, absl::StrCat("its review was due ", when), context,
       decision);
  return decision;
}

}  // namespace waymark::sharing::overrides
