#include "tests/simulation/disk.h"

#include <utility>

#include "absl/strings/match.h"
#include "libs/base/check.h"
#include "libs/runtime/keys.h"
#include "waymark/gateway/v1/override_kept.pb.h"

namespace waymark::simulation {
namespace {

using store::WriteBatch;

constexpr size_t kUnsyncedMax = 3;
constexpr int kLeafLeftOutEvery = 5;
constexpr int kLeafForgottenEvery = 60;

void Copy(const WriteBatch::Op& op, WriteBatch& to) {
  if (op.kind == WriteBatch::Op::Kind::kPut) {
    to.Put(op.column_family, op.key, op.value);
  } else {
    to.Delete(op.column_family, op.key);
  }
}

// Leaves, their tree and its size; not what the room audit keeps of checkpoints.
bool IsLeaf(const WriteBatch::Op& op) {
  return op.column_family == "gateway.audit.entries" || op.column_family == "gateway.audit.nodes" ||
         op.column_family == "gateway.audit.head";
}

bool IsReversal(const WriteBatch::Op& op) {
  gateway::v1::StoredOverride stored;
  return op.column_family == "gateway.override.overrides" && stored.ParseFromString(op.value) &&
         stored.state() == gateway::v1::Override::STATE_REVERSED;
}

}  // namespace

void Disk::PowerLoss(Dice& dice) {
  next_ = Next::kWrite;
  memory_ = memory_->Crash();
  for (uint64_t lost = undo_.empty() ? 0 : dice.Below(undo_.size() + 1); lost > 0; --lost) {
    const absl::Status undone = memory_->Commit(undo_.back());
    WM_CHECK(undone.ok(), undone.ToString());
    undo_.pop_back();
  }
  undo_.clear();
}

absl::Status Disk::Commit(const WriteBatch& batch) {
  if (batch.empty()) return memory_->Commit(batch);
  ++batches_;
  const Next next = std::exchange(next_, Next::kWrite);
  switch (next) {
    case Next::kWrite:
      break;
    case Next::kCrashBefore:
      if (fault_ == SeededFault::kPositionBeforeState) {
        WriteBatch positions;
        for (const WriteBatch::Op& op : batch.ops()) {
          if (op.column_family == runtime::kMetaCf) Copy(op, positions);
        }
        const absl::Status written = memory_->Commit(positions);
        WM_CHECK(written.ok(), written.ToString());
      }
      throw CrashNow();
    case Next::kCrashAfter: {
      const absl::Status written = Write(batch);
      WM_CHECK(written.ok(), written.ToString());
      throw CrashNow();
    }
    case Next::kFail:
    case Next::kFailButWritten:
      memory_->FailNextCommits(1, absl::InternalError("the disk failed"),
                               next == Next::kFail
                                   ? store::MemoryStore::AfterFailure::kLost
                                   : store::MemoryStore::AfterFailure::kAppearsAfterCrash);
      return memory_->Commit(batch);
  }
  return Write(batch);
}

absl::Status Disk::Write(const WriteBatch& batch) {
  if (fault_ == SeededFault::kLeafForgotten) ForgetLeaf(batch);
  if (fault_ == SeededFault::kUnsynced) {
    undo_.push_back(Undoing(batch));
    if (undo_.size() > kUnsyncedMax) undo_.pop_front();
  }
  if (fault_ == SeededFault::kLeafLeftOut || fault_ == SeededFault::kLaneForgotten ||
      fault_ == SeededFault::kReversalForgotten) {
    return memory_->Commit(Distorted(batch));
  }
  return memory_->Commit(batch);
}

WriteBatch Disk::Distorted(const WriteBatch& batch) {
  const bool drop_leaves = fault_ == SeededFault::kLeafLeftOut && batches_ % kLeafLeftOutEvery == 0;
  const std::string lanes = runtime::MetaKey("lane_in");
  WriteBatch kept;
  for (const WriteBatch::Op& op : batch.ops()) {
    if (drop_leaves && IsLeaf(op)) continue;
    if (fault_ == SeededFault::kReversalForgotten && IsReversal(op)) continue;
    if (fault_ == SeededFault::kLaneForgotten && op.column_family == runtime::kMetaCf &&
        absl::StartsWith(op.key, lanes)) {
      continue;
    }
    Copy(op, kept);
  }
  return kept;
}

WriteBatch Disk::Undoing(const WriteBatch& batch) const {
  WriteBatch undo;
  for (const WriteBatch::Op& op : batch.ops()) {
    const auto before = memory_->Get(op.column_family, op.key);
    WM_CHECK(before.ok(), before.status().ToString());
    if (before->has_value()) {
      undo.Put(op.column_family, op.key, **before);
    } else {
      undo.Delete(op.column_family, op.key);
    }
  }
  return undo;
}

void Disk::ForgetLeaf(const WriteBatch& batch) {
  WriteBatch leaves;
  for (const WriteBatch::Op& op : batch.ops()) {
    if (IsLeaf(op)) Copy(op, leaves);
  }
  if (!leaves.empty()) {
    undo_leaf_ = Undoing(leaves);
  } else if (batches_ % kLeafForgottenEvery == 0) {
    const absl::Status undone = memory_->Commit(std::exchange(undo_leaf_, WriteBatch()));
    WM_CHECK(undone.ok(), undone.ToString());
  }
}

}  // namespace waymark::simulation
