#include "tests/faults/forgetting.h"

#include <algorithm>
#include <vector>

#include "absl/strings/match.h"
#include "libs/base/status.h"
#include "waymark/gateway/v1/override_kept.pb.h"

namespace waymark::faults {
namespace {

using store::WriteBatch;

void Copy(const WriteBatch::Op& op, WriteBatch& to) {
  if (op.kind == WriteBatch::Op::Kind::kPut) {
    to.Put(op.column_family, op.key, op.value);
  } else {
    to.Delete(op.column_family, op.key);
  }
}

bool IsLeaf(const WriteBatch::Op& op) {
  return op.column_family == "gateway.audit.entries" || op.column_family == "gateway.audit.nodes" ||
         op.column_family == "gateway.audit.head";
}

bool Publishes(const WriteBatch& batch) {
  return std::any_of(batch.ops().begin(), batch.ops().end(), [](const WriteBatch::Op& op) {
    return op.column_family == "gateway.audit.own" && absl::EndsWith(op.key, "published");
  });
}

// Batches with leaves are undone, the newest first, as soon as a checkpoint that covers them is
// published.
class LeafForgetting : public PassingStore {
 public:
  using PassingStore::PassingStore;

  absl::Status Commit(const WriteBatch& batch) override {
    WriteBatch undo;
    for (const WriteBatch::Op& op : batch.ops()) {
      if (!IsLeaf(op)) continue;
      WM_ASSIGN_OR_RETURN(const auto before, Get(op.column_family, op.key));
      if (before) {
        undo.Put(op.column_family, op.key, *before);
      } else {
        undo.Delete(op.column_family, op.key);
      }
    }
    WM_RETURN_IF_ERROR(inner().Commit(batch));
    if (!undo.empty()) undo_.push_back(std::move(undo));
    while (undo_.size() > kForgotten) undo_.erase(undo_.begin());
    // The batch that publishes may bring leaves that the checkpoint does not cover.
    if (!Publishes(batch) || undo_.size() < kForgotten) return absl::OkStatus();
    for (; !undo_.empty(); undo_.pop_back()) WM_RETURN_IF_ERROR(inner().Commit(undo_.back()));
    return absl::OkStatus();
  }

 private:
  static constexpr size_t kForgotten = 2;
  std::vector<WriteBatch> undo_;  // of the newest batches with leaves
};

class ReversalForgetting : public PassingStore {
 public:
  using PassingStore::PassingStore;

  absl::Status Commit(const WriteBatch& batch) override {
    WriteBatch kept;
    for (const WriteBatch::Op& op : batch.ops()) {
      gateway::v1::StoredOverride stored;
      const bool reversal = op.column_family == "gateway.override.overrides" &&
                            stored.ParseFromString(op.value) &&
                            stored.state() == gateway::v1::Override::STATE_REVERSED;
      if (!reversal) Copy(op, kept);
    }
    return inner().Commit(kept);
  }
};

}  // namespace

std::unique_ptr<store::Store> MakeLeafForgetting(std::unique_ptr<store::Store> inner) {
  return std::make_unique<LeafForgetting>(std::move(inner));
}

std::unique_ptr<store::Store> MakeReversalForgetting(std::unique_ptr<store::Store> inner) {
  return std::make_unique<ReversalForgetting>(std::move(inner));
}

}  // namespace waymark::faults
