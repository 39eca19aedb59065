// A Store in memory: a real little implementation for tests and simulations, with knobs that make
// it fail as a disk fails. Thread-safe; its reads and commits exclude each other.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/store/store.h"

namespace waymark::store {

class MemoryStore : public Store {
 public:
  explicit MemoryStore(const std::vector<std::string>& column_families);

  absl::StatusOr<std::optional<std::string>> Get(std::string_view column_family,
                                                 std::string_view key) const override;
  absl::Status Scan(std::string_view column_family, std::string_view from, std::string_view to,
                    const Visitor& visit) const override;
  absl::Status Commit(const WriteBatch& batch) override;
  // Kept in memory under the name `directory`; nothing is written to disk.
  absl::Status Checkpoint(const std::string& directory) override;

  // The copy that Checkpoint made; NotFound when there is none.
  absl::StatusOr<std::unique_ptr<MemoryStore>> OpenCheckpoint(const std::string& directory) const;

  // What becomes of a batch whose Commit fails: gone, or seen again after Crash() as when the disk
  // wrote it and failed to say so. Either is legal; a caller must stand both.
  enum class AfterFailure { kLost, kAppearsAfterCrash };

  // The next `count` commits of a non-empty batch return `status`, which must not be OK.
  void FailNextCommits(int count, absl::Status status, AfterFailure after = AfterFailure::kLost);

  // Called at the start of each Commit of a non-empty batch, before anything else and without a
  // lock held: a test can count, wait or crash the store there. nullptr removes it.
  void OnCommit(std::function<void(const WriteBatch&)> hook);

  // Power loss: returns a store with exactly what was committed. This one is dead from then on:
  // every call returns FailedPrecondition, as for a process that is gone and does not know it.
  std::unique_ptr<MemoryStore> Crash();

  // Batches committed, empty ones not counted.
  int64_t commits() const;

 private:
  using Table = std::map<std::string, std::string, std::less<>>;
  using Tables = std::map<std::string, Table, std::less<>>;

  explicit MemoryStore(Tables tables) : tables_(std::move(tables)) {}
  absl::StatusOr<const Table*> Find(std::string_view column_family) const;
  absl::Status Check(const WriteBatch& batch) const;
  static void Apply(const WriteBatch& batch, Tables& tables);

  // Recursive, so that a visitor may read.
  mutable std::recursive_mutex mutex_;
  mutable int scans_ = 0;
  bool crashed_ = false;
  Tables tables_;
  std::optional<Tables> disk_;  // where it differs: with batches that failed but were written
  std::map<std::string, Tables> checkpoints_;
  std::function<void(const WriteBatch&)> hook_;
  int failures_left_ = 0;
  absl::Status failure_;
  AfterFailure after_failure_ = AfterFailure::kLost;
  int64_t commits_ = 0;
};

}  // namespace waymark::store
