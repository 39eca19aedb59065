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

// Remembers how much of each file has been synced. Thread-safe.
class PowerLossDisk {
 public:
  PowerLossDisk();
  ~PowerLossDisk();

  // For RocksOptions::env.
  rocksdb::Env* env() { return env_.get(); }

  // Writes to the new directory `to` what the directory `from` would hold after a loss of power at
  // this moment: of each file written through env() only the synced part. `from` may be open.
  absl::Status CopyDurable(const std::string& from, const std::string& to);

 private:
  class Files;
  std::shared_ptr<Files> files_;
  std::unique_ptr<rocksdb::Env> env_;
};

}  // namespace waymark::store
