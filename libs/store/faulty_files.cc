#include "libs/store/faulty_files.h"

#include <atomic>
#include <string>
#include <utility>

#include "rocksdb/env.h"
#include "rocksdb/file_system.h"

namespace waymark::store {
namespace {

using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;
using Operation = FaultyFilesOptions::Operation;

class Faults {
 public:
  explicit Faults(const FaultyFilesOptions& options) : options_(options) {}

  void Arm() { armed_ = true; }
  const FaultyFilesOptions& options() const { return options_; }

  IOStatus Before(Operation operation) {
    if (operation != options_.fail || !armed_) return IOStatus::OK();
    if (++count_ < options_.fail_after) return IOStatus::OK();
    return options_.failure == FaultyFilesOptions::Failure::kNoSpace
               ? IOStatus::NoSpace("the disk is full, says the test")
               : IOStatus::IOError("the disk is broken, says the test");
  }

 private:
  const FaultyFilesOptions options_;
  std::atomic<bool> armed_ = false;
  std::atomic<uint64_t> count_ = 0;
};

class WrittenFile : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  WrittenFile(std::unique_ptr<rocksdb::FSWritableFile> file, const std::string& path,
              Faults& faults)
      : FSWritableFileOwnerWrapper(std::move(file)),
        is_log_(path.size() > 4 && path.compare(path.size() - 4, 4, ".log") == 0),
        faults_(faults) {}

  IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* context) override {
    const IOStatus fault = faults_.Before(Operation::kWrite);
    if (!fault.ok()) return fault;
    if (!faults_.options().lose_unsynced) {
      return FSWritableFileOwnerWrapper::Append(data, options, context);
    }
    unsynced_.append(data.data(), data.size());
    return IOStatus::OK();
  }
  IOStatus Append(const Slice& data, const IOOptions& options, const rocksdb::DataVerificationInfo&,
                  IODebugContext* context) override {
    return Append(data, options, context);
  }

  IOStatus Flush(const IOOptions& options, IODebugContext* context) override {
    if (faults_.options().lose_unsynced) return IOStatus::OK();
    return FSWritableFileOwnerWrapper::Flush(options, context);
  }

  IOStatus Sync(const IOOptions& options, IODebugContext* context) override {
    const IOStatus status = BeforeSync(options, context);
    if (!status.ok() || Lies()) return status;
    return FSWritableFileOwnerWrapper::Sync(options, context);
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* context) override {
    const IOStatus status = BeforeSync(options, context);
    if (!status.ok() || Lies()) return status;
    return FSWritableFileOwnerWrapper::Fsync(options, context);
  }

  IOStatus Close(const IOOptions& options, IODebugContext* context) override {
    const IOStatus status = WriteOut(options, context);
    if (!status.ok()) return status;
    return FSWritableFileOwnerWrapper::Close(options, context);
  }

  uint64_t GetFileSize(const IOOptions& options, IODebugContext* context) override {
    return FSWritableFileOwnerWrapper::GetFileSize(options, context) + unsynced_.size();
  }

 private:
  bool Lies() const { return is_log_ && faults_.options().lie_about_log_syncs; }

  IOStatus BeforeSync(const IOOptions& options, IODebugContext* context) {
    const IOStatus fault = faults_.Before(Operation::kSync);
    if (!fault.ok() || Lies()) return fault;
    return WriteOut(options, context);
  }

  IOStatus WriteOut(const IOOptions& options, IODebugContext* context) {
    if (unsynced_.empty()) return IOStatus::OK();
    const std::string bytes = std::exchange(unsynced_, "");
    return FSWritableFileOwnerWrapper::Append(bytes, options, context);
  }

  const bool is_log_;
  Faults& faults_;
  std::string unsynced_;
};

class ReadFile : public rocksdb::FSRandomAccessFileOwnerWrapper {
 public:
  ReadFile(std::unique_ptr<rocksdb::FSRandomAccessFile> file, Faults& faults)
      : FSRandomAccessFileOwnerWrapper(std::move(file)), faults_(faults) {}

  IOStatus Read(uint64_t offset, size_t bytes, const IOOptions& options, Slice* result,
                char* scratch, IODebugContext* context) const override {
    const IOStatus fault = faults_.Before(Operation::kRead);
    if (!fault.ok()) return fault;
    return FSRandomAccessFileOwnerWrapper::Read(offset, bytes, options, result, scratch, context);
  }

 private:
  Faults& faults_;
};

}  // namespace

class FaultyFiles::Files : public rocksdb::FileSystemWrapper {
 public:
  explicit Files(const FaultyFilesOptions& options)
      : FileSystemWrapper(rocksdb::FileSystem::Default()), faults_(options) {}
  const char* Name() const override { return "FaultyFiles"; }

  IOStatus NewWritableFile(const std::string& path, const FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* file,
                           IODebugContext* context) override {
    const IOStatus fault = faults_.Before(Operation::kWrite);
    if (!fault.ok()) return fault;
    const IOStatus status = target()->NewWritableFile(path, options, file, context);
    if (status.ok()) *file = std::make_unique<WrittenFile>(std::move(*file), path, faults_);
    return status;
  }

  IOStatus NewRandomAccessFile(const std::string& path, const FileOptions& options,
                               std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                               IODebugContext* context) override {
    const IOStatus status = target()->NewRandomAccessFile(path, options, file, context);
    if (status.ok()) *file = std::make_unique<ReadFile>(std::move(*file), faults_);
    return status;
  }

  Faults& faults() { return faults_; }

 private:
  Faults faults_;
};

FaultyFiles::FaultyFiles(const FaultyFilesOptions& options)
    : files_(std::make_shared<Files>(options)), env_(rocksdb::NewCompositeEnv(files_)) {}
FaultyFiles::~FaultyFiles() = default;

void FaultyFiles::Arm() { files_->faults().Arm(); }

}  // namespace waymark::store
