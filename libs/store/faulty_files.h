// A machine's files on a bad day, for tests that kill the process that uses them: a disk that
// forgets what was not synced, one that says it synced and did not, one that fills up or breaks.
// PowerLossDisk (testing.h) is for tests that live in the same process as their store.
#pragma once

#include <cstdint>
#include <memory>

namespace rocksdb {
class Env;
}

namespace waymark::store {

struct FaultyFilesOptions {
  // What is written reaches the machine's files only with the next sync (or with closing the file),
  // so that SIGKILL loses what a cut of power would.
  bool lose_unsynced = false;
  // With lose_unsynced: syncs of write-ahead logs succeed and do nothing.
  bool lie_about_log_syncs = false;

  enum class Operation { kNone, kRead, kWrite, kSync };
  enum class Failure { kInputOutput, kNoSpace };
  // From the `fail_after`-th operation of that kind on, each fails; counted from Arm().
  Operation fail = Operation::kNone;
  Failure failure = Failure::kInputOutput;
  uint64_t fail_after = 1;
};

// Thread-safe.
class FaultyFiles {
 public:
  explicit FaultyFiles(const FaultyFilesOptions& options);
  ~FaultyFiles();

  // Before it no operation fails: a store is opened first.
  void Arm();
  // For RocksOptions::env.
  rocksdb::Env* env() { return env_.get(); }

 private:
  class Files;
  std::shared_ptr<Files> files_;
  std::unique_ptr<rocksdb::Env> env_;
};

}  // namespace waymark::store
