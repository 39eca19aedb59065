#include "libs/store/testing.h"

#include <stdlib.h>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "rocksdb/env.h"
#include "rocksdb/file_system.h"

namespace waymark::store {
namespace {

namespace fs = std::filesystem;

rocksdb::IOStatus NoPower() { return rocksdb::IOStatus::IOError("the power is cut"); }

// Bytes of each file that are on the disk for certain, by path; and whether there is power.
class Synced {
 public:
  bool power() const { return power_; }
  void set_power(bool power) { power_ = power; }

  void Set(const std::string& path, uint64_t bytes) {
    std::lock_guard lock(mutex_);
    if (power_) sizes_[path] = bytes;
  }

  void Rename(const std::string& from, const std::string& to) {
    std::lock_guard lock(mutex_);
    if (auto size = sizes_.extract(from)) sizes_[to] = size.mapped();
  }

  // `whole` for a file that was not written through us.
  uint64_t Get(const std::string& path, uint64_t whole) {
    std::lock_guard lock(mutex_);
    auto size = sizes_.find(path);
    return size == sizes_.end() ? whole : size->second;
  }

 private:
  std::atomic<bool> power_ = true;
  std::mutex mutex_;
  std::map<std::string, uint64_t> sizes_;
};

class TrackedFile : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  TrackedFile(std::unique_ptr<rocksdb::FSWritableFile> file, std::string path, Synced* synced)
      : FSWritableFileOwnerWrapper(std::move(file)), path_(std::move(path)), synced_(synced) {
    synced_->Set(path_, 0);
  }

  rocksdb::IOStatus Sync(const rocksdb::IOOptions& options,
                         rocksdb::IODebugContext* context) override {
    if (!synced_->power()) return NoPower();
    return Note(FSWritableFileOwnerWrapper::Sync(options, context), context);
  }

  rocksdb::IOStatus Fsync(const rocksdb::IOOptions& options,
                          rocksdb::IODebugContext* context) override {
    if (!synced_->power()) return NoPower();
    return Note(FSWritableFileOwnerWrapper::Fsync(options, context), context);
  }

 private:
  rocksdb::IOStatus Note(rocksdb::IOStatus status, rocksdb::IODebugContext* context) {
    if (status.ok()) synced_->Set(path_, GetFileSize(rocksdb::IOOptions(), context));
    return status;
  }

  const std::string path_;
  Synced* const synced_;
};

}  // namespace

class PowerLossDisk::Files : public rocksdb::FileSystemWrapper {
 public:
  Files() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}
  const char* Name() const override { return "PowerLossDisk"; }

  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* context) override {
    if (!synced_.power()) return NoPower();
    rocksdb::IOStatus status = target()->NewWritableFile(path, options, file, context);
    if (status.ok()) *file = std::make_unique<TrackedFile>(std::move(*file), path, &synced_);
    return status;
  }

  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                               const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* context) override {
    if (!synced_.power()) return NoPower();
    rocksdb::IOStatus status = target()->RenameFile(from, to, options, context);
    if (status.ok()) synced_.Rename(from, to);
    return status;
  }

  rocksdb::IOStatus DeleteFile(const std::string& path, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* context) override {
    if (!synced_.power()) return NoPower();
    return target()->DeleteFile(path, options, context);
  }

  Synced& synced() { return synced_; }

 private:
  Synced synced_;
};

TemporaryDirectory::TemporaryDirectory() {
  path_ = (fs::temp_directory_path() / "waymark-test-XXXXXX").string();
  WM_CHECK(mkdtemp(path_.data()) != nullptr, "cannot make a temporary directory");
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;  // what is left over is the system's to clean
  fs::remove_all(path_, ignored);
}

PowerLossDisk::PowerLossDisk()
    : files_(std::make_shared<Files>()), env_(rocksdb::NewCompositeEnv(files_)) {}
PowerLossDisk::~PowerLossDisk() = default;

void PowerLossDisk::Cut() { files_->synced().set_power(false); }

absl::Status PowerLossDisk::Restore(const std::string& from, const std::string& to) {
  files_->synced().set_power(true);
  std::error_code error;
  fs::create_directories(to, error);
  if (error) return absl::InternalError(absl::StrCat("cannot make ", to, ": ", error.message()));
  for (const fs::directory_entry& entry : fs::directory_iterator(from, error)) {
    const fs::path copy = fs::path(to) / entry.path().filename();
    fs::copy_file(entry.path(), copy, error);
    if (error) break;
    const uint64_t whole = fs::file_size(copy, error);
    const uint64_t synced = files_->synced().Get(entry.path().string(), whole);
    if (synced < whole) fs::resize_file(copy, synced, error);
    if (error) break;
  }
  if (error) return absl::InternalError(absl::StrCat("cannot copy ", from, ": ", error.message()));
  return absl::OkStatus();
}

}  // namespace waymark::store
