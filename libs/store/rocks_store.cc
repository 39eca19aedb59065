#include "libs/store/rocks_store.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/store/directory.h"
#include "rocksdb/cache.h"
#include "rocksdb/db.h"
#include "rocksdb/filter_policy.h"
#include "rocksdb/table.h"
#include "rocksdb/utilities/checkpoint.h"

namespace waymark::store {
namespace {

// Written to the default column family as the last step of creation. Without it the store was
// never handed to anyone, so column families that are missing are merely not made yet.
constexpr char kCreatedKey[] = "waymark.store";
constexpr char kCreatedValue[] = "1";

constexpr char kRestore[] =
    "restore this directory from a backup, or rebuild a core service with 'waymark rebuild'; keep "
    "the damaged directory until that has worked";

rocksdb::Slice ToSlice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
std::string_view FromSlice(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

// RocksDB's messages hold file names and offsets, never keys or values.
absl::Status ToStatus(const rocksdb::Status& status, std::string_view what,
                      const std::string& path) {
  if (status.ok()) return absl::OkStatus();
  const std::string message =
      absl::StrCat("cannot ", ToAbsl(what), " the store at ", path, ": ", status.ToString(), "; ");
  if (status.IsCorruption() || status.IsPathNotFound()) {
    return absl::DataLossError(absl::StrCat(message, kRestore));
  }
  if (status.IsNoSpace()) {
    return absl::ResourceExhaustedError(
        absl::StrCat(message, "the disk is full: free space and start again"));
  }
  if (absl::StrContains(message, "While lock file") ||
      absl::StrContains(message, "lock hold by current process")) {
    return absl::FailedPreconditionError(
        absl::StrCat(message, "another process has it open: stop that process first"));
  }
  return absl::InternalError(absl::StrCat(
      message, "see to the disk and the permissions of the directory, then start again"));
}

class RocksStore : public Store {
 public:
  RocksStore(std::string path, std::unique_ptr<rocksdb::DB> db,
             std::map<std::string, rocksdb::ColumnFamilyHandle*, std::less<>> families)
      : path_(std::move(path)), db_(std::move(db)), families_(std::move(families)) {
    write_options_.sync = true;
  }

  ~RocksStore() override {
    // Nothing committed depends on a clean close, so its status has no one to go to.
    for (auto& [name, handle] : families_)
      db_->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
    db_->Close().PermitUncheckedError();
  }

  absl::StatusOr<std::optional<std::string>> Get(std::string_view column_family,
                                                 std::string_view key) const override {
    WM_ASSIGN_OR_RETURN(rocksdb::ColumnFamilyHandle* const family, Find(column_family));
    std::string value;
    const rocksdb::Status status = db_->Get(rocksdb::ReadOptions(), family, ToSlice(key), &value);
    if (status.IsNotFound()) return std::nullopt;
    WM_RETURN_IF_ERROR(ToStatus(status, "read from", path_));
    return value;
  }

  absl::Status Scan(std::string_view column_family, std::string_view from, std::string_view to,
                    const Visitor& visit) const override {
    WM_ASSIGN_OR_RETURN(rocksdb::ColumnFamilyHandle* const family, Find(column_family));
    rocksdb::ReadOptions options;
    const rocksdb::Slice bound = ToSlice(to);
    if (!to.empty()) options.iterate_upper_bound = &bound;
    const std::unique_ptr<rocksdb::Iterator> row(db_->NewIterator(options, family));
    for (row->Seek(ToSlice(from)); row->Valid(); row->Next()) {
      if (!visit(FromSlice(row->key()), FromSlice(row->value()))) break;
    }
    return ToStatus(row->status(), "read from", path_);
  }

  absl::Status Commit(const WriteBatch& batch) override {
    WM_RETURN_IF_ERROR(Failed());
    rocksdb::WriteBatch changes(batch.bytes() + 32 * batch.ops().size());
    for (const WriteBatch::Op& op : batch.ops()) {
      WM_ASSIGN_OR_RETURN(rocksdb::ColumnFamilyHandle* const family, Find(op.column_family));
      const rocksdb::Status added = op.kind == WriteBatch::Op::Kind::kPut
                                        ? changes.Put(family, op.key, op.value)
                                        : changes.Delete(family, op.key);
      if (!added.ok()) return Fail(ToStatus(added, "write to", path_));
    }
    if (batch.empty()) return absl::OkStatus();
    return Fail(ToStatus(db_->Write(write_options_, &changes), "write to", path_));
  }

  absl::Status Checkpoint(const std::string& directory) override {
    WM_RETURN_IF_ERROR(CheckAbsent(directory));
    rocksdb::Checkpoint* raw = nullptr;
    rocksdb::Status status = rocksdb::Checkpoint::Create(db_.get(), &raw);
    const std::unique_ptr<rocksdb::Checkpoint> checkpoint(raw);
    if (status.ok()) status = checkpoint->CreateCheckpoint(directory);
    WM_RETURN_IF_ERROR(
        ToStatus(status, absl::StrCat("write a checkpoint to ", directory, " of"), path_));
    return SyncParent(directory);
  }

 private:
  absl::StatusOr<rocksdb::ColumnFamilyHandle*> Find(std::string_view name) const {
    auto family = families_.find(name);
    if (family == families_.end() || name == rocksdb::kDefaultColumnFamilyName) {
      return UnknownColumnFamily(name);
    }
    return family->second;
  }

  absl::Status Failed() const {
    std::lock_guard lock(mutex_);
    return failed_;
  }

  // Remembers the first failure: after it nobody knows what the write-ahead log holds.
  absl::Status Fail(absl::Status status) {
    if (status.ok()) return status;
    std::lock_guard lock(mutex_);
    if (failed_.ok()) failed_ = std::move(status);
    return failed_;
  }

  const std::string path_;
  const std::unique_ptr<rocksdb::DB> db_;
  const std::map<std::string, rocksdb::ColumnFamilyHandle*, std::less<>> families_;
  rocksdb::WriteOptions write_options_;
  mutable std::mutex mutex_;
  absl::Status failed_;
};

rocksdb::DBOptions DatabaseOptions(const RocksOptions& options) {
  rocksdb::DBOptions database;
  if (options.env != nullptr) database.env = options.env;
  database.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  database.wal_compression = rocksdb::kNoCompression;
  database.max_total_wal_size = options.write_ahead_log_bytes;
  database.db_write_buffer_size = options.write_buffer_bytes;
  database.paranoid_checks = true;
  // A store that failed stays failed until the process has started again.
  database.max_bgerror_resume_count = 0;
  database.max_background_jobs = 2;
  database.max_open_files = 256;
  database.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  database.max_log_file_size = 1u << 20;
  database.keep_log_file_num = 3;
  database.stats_dump_period_sec = 0;
  database.stats_persist_period_sec = 0;
  return database;
}

std::vector<rocksdb::ColumnFamilyDescriptor> Descriptors(const std::set<std::string>& names,
                                                         const RocksOptions& options) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(options.cache_bytes);
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  // Otherwise every open file keeps its index in memory, outside the cache and its bound.
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;

  rocksdb::ColumnFamilyOptions family;
  family.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  family.compression = rocksdb::kLZ4Compression;
  family.level_compaction_dynamic_level_bytes = true;
  family.target_file_size_base = 16u << 20;
  family.max_bytes_for_level_base = 64u << 20;
  family.write_buffer_size = std::max<size_t>(options.write_buffer_bytes / 4, 1u << 20);
  // Small, so that a column family that was barely touched takes little of the common buffer.
  family.arena_block_size = 64u << 10;

  const auto& light = options.light_column_families;
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  for (const std::string& name : names) {
    descriptors.emplace_back(name, family);
    if (name == rocksdb::kDefaultColumnFamilyName ||
        std::find(light.begin(), light.end(), name) != light.end()) {
      descriptors.back().options.write_buffer_size = 512u << 10;
    }
  }
  return descriptors;
}

// Whether creation was ever finished. Opens for reading alone, so it takes no lock.
absl::StatusOr<bool> IsCreated(const std::string& path) {
  rocksdb::Options options;
  options.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  rocksdb::DB* raw = nullptr;
  rocksdb::Status status = rocksdb::DB::OpenForReadOnly(options, path, &raw);
  const std::unique_ptr<rocksdb::DB> db(raw);
  std::string value;
  if (status.ok()) status = db->Get(rocksdb::ReadOptions(), kCreatedKey, &value);
  if (status.IsNotFound()) return false;
  WM_RETURN_IF_ERROR(ToStatus(status, "open", path));
  return true;
}

std::string Names(const std::set<std::string>& all, const std::set<std::string>& but) {
  std::vector<std::string> names;
  std::set_difference(all.begin(), all.end(), but.begin(), but.end(), std::back_inserter(names));
  return absl::StrJoin(names, ", ");
}

// Column families that are there, against those that are declared (both with "default").
absl::Status CheckColumnFamilies(const std::string& path, const std::set<std::string>& declared) {
  std::vector<std::string> listed;
  WM_RETURN_IF_ERROR(
      ToStatus(rocksdb::DB::ListColumnFamilies(rocksdb::DBOptions(), path, &listed), "open", path));
  const std::set<std::string> existing(listed.begin(), listed.end());
  if (const std::string unknown = Names(existing, declared); !unknown.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat("cannot open the store at ", path,
                     ": it has column families that this program does not "
                     "know (",
                     unknown,
                     "); it belongs to another service or a newer version: start that one, "
                     "or point this one at its own directory"));
  }
  const std::string missing = Names(declared, existing);
  if (missing.empty()) return absl::OkStatus();
  WM_ASSIGN_OR_RETURN(const bool created, IsCreated(path));
  if (!created) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "cannot open the store at ", path, ": it lacks the column families ", missing,
      "; it belongs "
      "to another service or an older version: point this program at its own directory, or ",
      kRestore));
}

absl::StatusOr<std::set<std::string>> WithDefault(const std::string& path,
                                                  const std::vector<std::string>& declared) {
  std::set<std::string> names;
  for (const std::string& name : declared) {
    if (name.empty() || name == rocksdb::kDefaultColumnFamilyName || !names.insert(name).second) {
      return absl::InvalidArgumentError(absl::StrCat("cannot open the store at ", path,
                                                     ": column family '", name,
                                                     "' is empty, reserved or declared twice"));
    }
  }
  if (names.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("cannot open the store at ", path, ": no column family is declared"));
  }
  names.insert(rocksdb::kDefaultColumnFamilyName);
  return names;
}

// Marks a store that is new, and reads all of a small one so that damage shows now.
absl::Status Finish(const std::string& path, rocksdb::DB& db, const RocksOptions& options) {
  std::string value;
  rocksdb::Status status = db.Get(rocksdb::ReadOptions(), kCreatedKey, &value);
  if (status.IsNotFound()) {
    rocksdb::WriteOptions synced;
    synced.sync = true;
    status = db.Put(synced, kCreatedKey, kCreatedValue);
  }
  WM_RETURN_IF_ERROR(ToStatus(status, "open", path));
  WM_ASSIGN_OR_RETURN(const uint64_t bytes, TableBytes(path));
  if (bytes > options.verify_on_open_bytes) return absl::OkStatus();
  return ToStatus(db.VerifyChecksum(), "verify", path);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> OpenRocksStore(
    const std::string& path, const std::vector<std::string>& column_families,
    const RocksOptions& options) {
  WM_ASSIGN_OR_RETURN(const std::set<std::string> names, WithDefault(path, column_families));
  WM_RETURN_IF_ERROR(MakeDirectories(path));
  WM_ASSIGN_OR_RETURN(const DirectoryContent content, LookInto(path));
  switch (content) {
    case DirectoryContent::kStore:
      WM_RETURN_IF_ERROR(CheckColumnFamilies(path, names));
      break;
    case DirectoryContent::kStoreWithoutCurrent:
      return absl::DataLossError(absl::StrCat("cannot open the store at ", path,
                                              ": its file CURRENT is missing; ", kRestore));
    case DirectoryContent::kForeign:
      return absl::FailedPreconditionError(
          absl::StrCat("cannot make a store at ", path,
                       ": the directory holds other files; name an empty or a new one"));
    case DirectoryContent::kNothing:
      break;
  }

  rocksdb::DBOptions database = DatabaseOptions(options);
  database.create_if_missing = content == DirectoryContent::kNothing;
  // Harmless for a finished store: CheckColumnFamilies has seen all of them there.
  database.create_missing_column_families = true;
  rocksdb::DB* raw = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  const rocksdb::Status opened =
      rocksdb::DB::Open(database, path, Descriptors(names, options), &handles, &raw);
  WM_RETURN_IF_ERROR(ToStatus(opened, "open", path));
  std::map<std::string, rocksdb::ColumnFamilyHandle*, std::less<>> families;
  for (rocksdb::ColumnFamilyHandle* handle : handles) families[handle->GetName()] = handle;
  auto store = std::make_unique<RocksStore>(path, std::unique_ptr<rocksdb::DB>(raw), families);
  WM_RETURN_IF_ERROR(Finish(path, *raw, options));
  return store;
}

}  // namespace waymark::store
