#include "libs/store/memory_store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/status.h"

namespace waymark::store {
namespace {

absl::Status Crashed() {
  return absl::FailedPreconditionError("this memory store has crashed; use the one Crash returned");
}

}  // namespace

MemoryStore::MemoryStore(const std::vector<std::string>& column_families) {
  for (const std::string& name : column_families) {
    WM_CHECK(tables_.try_emplace(name).second, "a column family is declared twice");
  }
}

absl::StatusOr<const MemoryStore::Table*> MemoryStore::Find(std::string_view column_family) const {
  if (crashed_) return Crashed();
  auto table = tables_.find(column_family);
  if (table == tables_.end()) return UnknownColumnFamily(column_family);
  return &table->second;
}

absl::StatusOr<std::optional<std::string>> MemoryStore::Get(std::string_view column_family,
                                                            std::string_view key) const {
  std::lock_guard lock(mutex_);
  WM_ASSIGN_OR_RETURN(const Table* table, Find(column_family));
  auto row = table->find(key);
  if (row == table->end()) return std::nullopt;
  return row->second;
}

absl::Status MemoryStore::Scan(std::string_view column_family, std::string_view from,
                               std::string_view to, const Visitor& visit) const {
  std::lock_guard lock(mutex_);
  WM_ASSIGN_OR_RETURN(const Table* table, Find(column_family));
  ++scans_;
  for (auto row = table->lower_bound(from); row != table->end(); ++row) {
    if (!to.empty() && row->first >= to) break;
    if (!visit(row->first, row->second)) break;
  }
  --scans_;
  return absl::OkStatus();
}

absl::Status MemoryStore::Check(const WriteBatch& batch) const {
  for (const WriteBatch::Op& op : batch.ops()) {
    if (auto table = Find(op.column_family); !table.ok()) return table.status();
  }
  return absl::OkStatus();
}

void MemoryStore::Apply(const WriteBatch& batch, Tables& tables) {
  for (const WriteBatch::Op& op : batch.ops()) {
    Table& table = tables.find(op.column_family)->second;
    if (op.kind == WriteBatch::Op::Kind::kPut) {
      table.insert_or_assign(op.key, op.value);
    } else {
      table.erase(op.key);
    }
  }
}

absl::Status MemoryStore::Commit(const WriteBatch& batch) {
  std::function<void(const WriteBatch&)> hook;
  if (!batch.empty()) {
    std::lock_guard lock(mutex_);
    hook = hook_;
  }
  if (hook) hook(batch);

  std::lock_guard lock(mutex_);
  if (crashed_) return Crashed();
  WM_CHECK(scans_ == 0, "a visitor of Scan commits to the store it scans");
  if (batch.empty()) return absl::OkStatus();
  WM_RETURN_IF_ERROR(Check(batch));
  if (failures_left_ > 0) {
    --failures_left_;
    if (after_failure_ == AfterFailure::kAppearsAfterCrash) {
      if (!disk_) disk_ = tables_;
      Apply(batch, *disk_);
    }
    return failure_;
  }
  Apply(batch, tables_);
  if (disk_) Apply(batch, *disk_);
  ++commits_;
  return absl::OkStatus();
}

absl::Status MemoryStore::Checkpoint(const std::string& directory) {
  std::lock_guard lock(mutex_);
  if (crashed_) return Crashed();
  if (!checkpoints_.try_emplace(directory, tables_).second) {
    return absl::AlreadyExistsError(
        absl::StrCat("cannot write a checkpoint to ", directory, ": it exists; name another"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<MemoryStore>> MemoryStore::OpenCheckpoint(
    const std::string& directory) const {
  std::lock_guard lock(mutex_);
  auto copy = checkpoints_.find(directory);
  if (copy == checkpoints_.end()) {
    return absl::NotFoundError(absl::StrCat("there is no checkpoint ", directory));
  }
  return std::unique_ptr<MemoryStore>(new MemoryStore(copy->second));
}

void MemoryStore::FailNextCommits(int count, absl::Status status, AfterFailure after) {
  WM_CHECK(!status.ok(), "a commit cannot fail with OK");
  std::lock_guard lock(mutex_);
  failures_left_ = count;
  failure_ = std::move(status);
  after_failure_ = after;
}

void MemoryStore::OnCommit(std::function<void(const WriteBatch&)> hook) {
  std::lock_guard lock(mutex_);
  hook_ = std::move(hook);
}

std::unique_ptr<MemoryStore> MemoryStore::Crash() {
  std::lock_guard lock(mutex_);
  WM_CHECK(!crashed_, "a memory store crashes once");
  crashed_ = true;
  std::unique_ptr<MemoryStore> next(
      new MemoryStore(disk_ ? *std::move(disk_) : std::move(tables_)));
  next->checkpoints_ = checkpoints_;
  tables_.clear();
  disk_.reset();
  return next;
}

int64_t MemoryStore::commits() const {
  std::lock_guard lock(mutex_);
  return commits_;
}

}  // namespace waymark::store
