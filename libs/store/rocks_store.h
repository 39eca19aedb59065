// A Store on RocksDB, in one directory of this machine.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/store/store.h"

namespace rocksdb {
class Env;
}

namespace waymark::store {

struct RocksOptions {
  // Data, index and filter blocks kept in memory, all column families together.
  size_t cache_bytes = 8u << 20;
  // Committed rows not yet in a table file, all column families together; beyond it they are
  // flushed.
  size_t write_buffer_bytes = 16u << 20;
  // The write-ahead log is cut back beyond this; it bounds the work of the next start.
  size_t write_ahead_log_bytes = 64u << 20;
  // When all table files together are no larger, opening reads every block and checks its
  // checksum; in a larger store a damaged block shows when it is read. 0 never checks.
  size_t verify_on_open_bytes = 64u << 20;
  // Those of the column families that hold few, often overwritten rows (lane positions, offsets):
  // they get a small write buffer so that they do not crowd out the others.
  std::vector<std::string> light_column_families = {};
  // The files that RocksDB sees; null for those of the machine. Must outlive the store. Tests lose
  // power with it (testing.h).
  rocksdb::Env* env = nullptr;
};

// Opens the store at `path`, creating it and its parents durably when there is none. Exactly the
// named column families must be there: "default" is reserved. One process at a time may have it
// open.
//
// Refuses, saying which path, what was wrong and what to do:
//   InvalidArgument     no column family, a name twice, an empty name or "default"
//   FailedPrecondition  another process has it open; or its column families are not these (it
//                       belongs to another service or version)
//   DataLoss            a damaged or missing file. It is left as it was found
//   ResourceExhausted   the disk is full
//   Internal            any other failure of the disk, such as permission denied
//
// Once a Commit has failed the store accepts no other: every later Commit returns that first error.
absl::StatusOr<std::unique_ptr<Store>> OpenRocksStore(
    const std::string& path, const std::vector<std::string>& column_families,
    const RocksOptions& options = {});

}  // namespace waymark::store
