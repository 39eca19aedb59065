#include "services/sharing/audit/adapters/own_log.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/audit/checkpoint.h"
#include "libs/audit/merkle.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "services/sharing/adapters/audit_note.h"
#include "services/sharing/adapters/rows.h"
#include "services/sharing/adapters/times.h"
#include "services/sharing/audit/adapters/audit_view.h"
#include "services/sharing/audit/adapters/findings.h"
#include "services/sharing/audit/adapters/keys.h"
#include "services/sharing/audit/domain/schedule.h"

namespace waymark::sharing::audit_room {
namespace {

using gateway::v1::CheckpointMade;
using gateway::v1::StoredHead;
using gateway::v1::StoredSelfAudit;

constexpr std::string_view kChanged = "differs from what was recorded";

void Arm(absl::Time due, runtime::Changes& changes) {
  changes.Put(kOwn, kDueKey, BigEndian64(static_cast<uint64_t>(absl::ToUnixMicros(due))));
  changes.ArmTimer(kPublish, due, kPublish, "");
}

// What is wrong with leaves and nodes from `next` up to `end`; "" when nothing is. Moves `next`.
std::string CheckLeaves(const Membership& membership, const runtime::View& view, uint64_t& next,
                        uint64_t end) {
  const auto nodes = AuditNodes(view);
  absl::StatusOr<audit::MerkleLog> log = audit::MerkleLog::Load(next, *nodes);
  if (!log.ok()) return absl::StrCat("a node before leaf ", next, " is missing");
  for (; next < end; ++next) {
    const LeafState leaf = CheckLeaf(membership, view, next);
    if (leaf == LeafState::kMissing) return absl::StrCat("leaf ", next, " is missing");
    if (leaf == LeafState::kChanged) return absl::StrCat("leaf ", next, " ", ToAbsl(kChanged));
    const std::optional<std::string> commitment = LeafCommitment(view, next);
    for (const audit::Node& node : log->Append(audit::LeafHash(*commitment))) {
      const absl::StatusOr<std::string> stored = nodes->Read(node.id);
      if (!stored.ok() || *stored != node.hash) {
        return absl::StrCat("node ", node.id.level, "/", node.id.index, " ",
                            stored.ok() ? ToAbsl(kChanged) : "is missing");
      }
    }
  }
  return "";
}

}  // namespace

Judgement JudgeOwnHead(const runtime::View& view, const Head& signed_before) {
  const AuditView audit(view);
  const auto published = audit.Published();
  const uint64_t published_size = published ? published->size() : 0;
  std::optional<std::string> root;
  if (signed_before.size <= AuditSize(view)) {
    absl::StatusOr<std::string> now = audit::RootAt(signed_before.size, *AuditNodes(view));
    if (now.ok()) root = *std::move(now);
  }
  return JudgeOwn(AuditSize(view), published_size, signed_before, root);
}

absl::StatusOr<runtime::Decision> DecideStart(const Membership& membership,
                                              const runtime::View& view,
                                              const runtime::Input& input) {
  gateway::v1::StartAudit start;
  if (!start.ParseFromString(input.payload)) {
    return absl::InvalidArgumentError("no start of the room audit");
  }
  runtime::Decision decision;
  decision.events = {MakeEvent(gateway::v1::AuditStarted())};
  if (start.has_finding()) AddFinding(membership, view, start.finding(), decision);
  return decision;
}

// A log that is not what it was is published all the same: the others must see it as it is.
absl::StatusOr<runtime::Decision> DecidePublish(const Membership& membership,
                                                const runtime::View& view, absl::Time now) {
  runtime::Decision decision;
  const auto before = AuditView(view).Published();
  const uint64_t size = AuditSize(view);
  CheckpointMade made;
  const absl::StatusOr<std::string> root = AuditRoot(view);
  bool whole = root.ok();
  if (before) {
    const Judgement judgement = JudgeOwnHead(view, {before->size(), before->root()});
    if (judgement.step == Step::kFound) {
      whole = false;
      AddFinding(
          membership, view,
          MakeFinding(membership, membership.agency, judgement.code,
                      absl::StrCat("against the checkpoint of size ", before->size()), {}, now),
          decision);
    }
    made.mutable_published()->set_from_size(before->size());
  }
  if (root.ok()) {
    const std::string origin = membership.AuditOrigin(membership.agency);
    WM_ASSIGN_OR_RETURN(std::string note, audit::SignCheckpoint({origin, size, *root}, origin,
                                                                *membership.audit_key));
    made.mutable_head()->set_size(size);
    made.mutable_head()->set_root(*root);
    made.mutable_head()->set_note(note);
    *made.mutable_head()->mutable_at() = ToProto(now);
    made.mutable_published()->set_note(std::move(note));
  }
  if (whole && before) {
    const auto path = audit::ConsistencyProof(before->size(), size, *AuditNodes(view));
    if (path.ok()) {
      for (const std::string& hash : *path) made.mutable_published()->add_consistency(hash);
    }
  }
  decision.events.push_back(MakeEvent(made));
  return decision;
}

absl::StatusOr<runtime::Decision> DecideSelfAudit(const Membership& membership,
                                                  const runtime::View& view, absl::Time now) {
  runtime::Decision decision;
  StoredSelfAudit state = AuditView(view).Self();
  const uint64_t size = AuditSize(view);
  if (state.next() == 0) state.set_target(size);
  if (size < state.target()) {
    AddFinding(membership, view,
               MakeFinding(membership, membership.agency, finding::kTruncated,
                           absl::StrCat("leaf ", size, " is missing"), {}, now),
               decision);
    state.set_target(size);
  }
  uint64_t next = std::min(state.next(), state.target());
  const std::string wrong =
      CheckLeaves(membership, view, next, std::min(next + kLeavesAtATime, state.target()));
  absl::Time again = now + kBetweenParts;
  if (!wrong.empty()) {
    AddFinding(membership, view,
               MakeFinding(membership, membership.agency, finding::kRewritten, wrong, {}, now),
               decision);
  }
  if (!wrong.empty() || next == state.target()) {
    if (wrong.empty()) *state.mutable_last_whole_at() = ToProto(now);
    next = 0;
    again = now + kBetweenPasses;
  }
  state.set_next(next);
  gateway::v1::SelfAudited audited;
  *audited.mutable_state() = state;
  *audited.mutable_again_at() = ToProto(again);
  decision.events.push_back(MakeEvent(audited));
  return decision;
}

absl::Status EvolveStarted(const Membership& membership, const runtime::View& view, absl::Time now,
                           runtime::Changes& changes) {
  const AuditView audit(view);
  if (audit.Due() == absl::InfiniteFuture()) Arm(NextOnGrid(now, kPublishEvery), changes);
  for (const auto& [agency, peer] : membership.peers) {
    if (agency == membership.agency || audit.Seen(agency)) continue;
    changes.ArmTimer(absl::StrCat(ToAbsl(kSilence), ":", agency), now + kSilentAfter, kSilence,
                     agency);
  }
  // A pass begins with every start: whoever changed the store did it while nothing ran.
  StoredSelfAudit self = audit.Self();
  self.set_next(0);
  changes.Put(kOwn, kSelfKey, self.SerializeAsString());
  changes.ArmTimer(kSelfAudit, now, kSelfAudit, "");
  for (const gateway::v1::AuditFinding& found : audit.Findings()) {
    if (!found.has_ended_at()) TellOperator(view, found, changes);
  }
  return absl::OkStatus();
}

absl::Status EvolveGrew(const runtime::View& view, absl::Time now, runtime::Changes& changes) {
  const absl::Time due = AuditView(view).Due();
  const absl::Time soon = NextOnGrid(now, kPublishEvery);
  if (due != absl::InfiniteFuture() && due > soon) Arm(soon, changes);
  return absl::OkStatus();
}

absl::Status EvolveMade(const Membership& membership, const runtime::Event& event, absl::Time now,
                        runtime::Changes& changes) {
  CheckpointMade made;
  WM_RETURN_IF_ERROR(ReadEvent(event, made));
  Arm(NextOnGrid(now, kStandEvery), changes);
  // Nothing was signed: a node is missing.
  if (!made.has_head()) return absl::OkStatus();
  changes.Put(kOwn, kPublishedKey, made.head().SerializeAsString());
  changes.Send(membership.AuditOf(membership.agency), made.published().GetTypeName(),
               made.published().SerializeAsString());
  return absl::OkStatus();
}

absl::Status EvolveCosignature(const runtime::Event& event, runtime::Changes& changes) {
  gateway::v1::CosignatureTaken taken;
  WM_RETURN_IF_ERROR(ReadEvent(event, taken));
  changes.Put(kCosigned, RowKey(taken.witness()), taken.cosignature().SerializeAsString());
  if (taken.witnessed().empty()) return absl::OkStatus();
  StoredHead witnessed;
  witnessed.set_size(taken.witnessed_size());
  witnessed.set_note(taken.witnessed());
  changes.Put(kOwn, kWitnessedKey, witnessed.SerializeAsString());
  return absl::OkStatus();
}

absl::Status EvolveSelfAudited(const runtime::Event& event, runtime::Changes& changes) {
  gateway::v1::SelfAudited audited;
  WM_RETURN_IF_ERROR(ReadEvent(event, audited));
  changes.Put(kOwn, kSelfKey, audited.state().SerializeAsString());
  changes.ArmTimer(kSelfAudit, FromProto(audited.again_at()), kSelfAudit, "");
  return absl::OkStatus();
}

}  // namespace waymark::sharing::audit_room
