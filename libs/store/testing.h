// What tests need around a RocksStore: a directory that goes when they end, and a loss of power.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "absl/status/status.h"

namespace rocksdb {
class Env;
}

namespace waymark::store {

// A new, empty directory under the system's temporary one, removed with all in it by the
// destructor.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// A disk whose power can be cut: it remembers how much of each file has been synced. Thread-safe.
class PowerLossDisk {
 public:
  PowerLossDisk();
  ~PowerLossDisk();

  // For RocksOptions::env.
  rocksdb::Env* env() { return env_.get(); }

  // From now on nothing reaches the disk: syncs, new files, renames and removals fail. Then destroy
  // the store and call Restore.
  void Cut();

  // Power is back. Writes to the new directory `to` what the directory `from` holds after the loss:
  // of each file written through env() only the part synced before Cut.
  absl::Status Restore(const std::string& from, const std::string& to);

 private:
  class Files;
  std::shared_ptr<Files> files_;
  std::unique_ptr<rocksdb::Env> env_;
};

}  // namespace waymark::store
