// Private to libs/crypto: files whose bytes must be on the disk before a promise is made. Every
// error is an operational failure that names the path and the system's reason.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace waymark::crypto::internal {

// An open file; closed with its owner. Movable.
class File {
 public:
  File() = default;
  File(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {}
  File(File&& other) noexcept { *this = std::move(other); }
  File& operator=(File&& other) noexcept;
  ~File();

  static absl::StatusOr<File> OpenExisting(const std::string& path);
  // Mode 0600; what was there is cut to nothing.
  static absl::StatusOr<File> Create(const std::string& path);

  absl::StatusOr<uint64_t> Size() const;
  // Exactly `size` bytes; DataLoss when the file ends before.
  absl::StatusOr<std::string> ReadAt(uint64_t offset, size_t size) const;
  absl::Status WriteAt(uint64_t offset, std::string_view bytes);
  absl::Status Truncate(uint64_t size);
  absl::Status Sync();
  // False when another process holds the lock.
  absl::StatusOr<bool> TryLock();

 private:
  int descriptor_ = -1;
  std::string path_;
};

absl::Status MakeDirectory(const std::string& path);
absl::Status SyncDirectory(const std::string& path);
absl::StatusOr<std::vector<std::string>> ListDirectory(const std::string& path);
absl::Status Rename(const std::string& from, const std::string& to);
absl::Status Remove(const std::string& path);

}  // namespace waymark::crypto::internal
