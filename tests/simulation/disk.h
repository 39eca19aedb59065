// The disk of one node: a store in memory that loses power, fails, and tells lies when a run is to
// show that a lie is found out.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "libs/store/memory_store.h"
#include "tests/simulation/dice.h"

namespace waymark::simulation {

// Thrown where a node loses power: through the runtime, up to whoever stepped it.
struct CrashNow {};

// A fault that no promise of Waymark allows for. With one of them on, runs must end in a violation:
// that shows that the checks see something.
enum class SeededFault {
  kNone,
  kUnsynced,             // commits are answered before they are on the disk
  kPositionBeforeState,  // what was read is noted before what it led to
  kLaneForgotten,        // which records of a lane were taken is not kept
  kLeafLeftOut,          // some disclosures leave no leaf in the audit log
  kNameInTopic,          // a person's name gets into a record
  kCachedShare,          // a share that was fetched once is answered without asking its origin
  kKeyKept,              // the key of an erased person stays in the key file
  kLeafForgotten,        // now and then the newest leaf of an audit log is taken out again
  kReversalForgotten,    // that an override was reversed is not kept
};

// Used by one thread.
class Disk : public store::Store {
 public:
  Disk(const std::vector<std::string>& families, SeededFault fault)
      : memory_(std::make_unique<store::MemoryStore>(families)), fault_(fault) {}

  // What becomes of the next batch.
  enum class Next { kWrite, kCrashBefore, kCrashAfter, kFail, kFailButWritten };
  void Arm(Next next) { next_ = next; }

  // The power is gone and back: what was committed is there, and of a batch whose commit failed or
  // was cut short either all or nothing.
  void PowerLoss(Dice& dice);

  absl::StatusOr<std::optional<std::string>> Get(std::string_view column_family,
                                                 std::string_view key) const override {
    return memory_->Get(column_family, key);
  }
  absl::Status Scan(std::string_view column_family, std::string_view from, std::string_view to,
                    const Visitor& visit) const override {
    return memory_->Scan(column_family, from, to, visit);
  }
  absl::Status Commit(const store::WriteBatch& batch) override;
  absl::Status Checkpoint(const std::string& directory) override {
    return memory_->Checkpoint(directory);
  }

 private:
  absl::Status Write(const store::WriteBatch& batch);
  store::WriteBatch Distorted(const store::WriteBatch& batch);
  store::WriteBatch Undoing(const store::WriteBatch& batch) const;
  void ForgetLeaf(const store::WriteBatch& batch);

  std::unique_ptr<store::MemoryStore> memory_;
  const SeededFault fault_;
  Next next_ = Next::kWrite;
  std::deque<store::WriteBatch> undo_;  // of the latest batches, for kUnsynced
  store::WriteBatch undo_leaf_;         // of the latest leaves, for kLeafForgotten
  int batches_ = 0;
};

}  // namespace waymark::simulation
