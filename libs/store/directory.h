// The directory of a RocksStore as files: made durably, and judged before RocksDB touches it.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace waymark::store {

// Makes `path` and its missing parents (mode 0700), each on disk before it returns.
absl::Status MakeDirectories(const std::string& path);

// Syncs the directory that holds `path`, so that the entry for `path` survives the loss of power.
absl::Status SyncParent(const std::string& path);

// AlreadyExists when there is anything at `path`.
absl::Status CheckAbsent(const std::string& path);

enum class DirectoryContent {
  kNothing,              // empty, or what a creation left that never finished and holds no data
  kStore,                // there is a CURRENT
  kStoreWithoutCurrent,  // data without it. RocksDB would make a new store here and delete the data
  kForeign,              // files that are not RocksDB's
};
absl::StatusOr<DirectoryContent> LookInto(const std::string& path);

// Size of all table files (*.sst) together.
absl::StatusOr<uint64_t> TableBytes(const std::string& path);

}  // namespace waymark::store
