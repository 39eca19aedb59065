#include "libs/store/directory.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <functional>
#include <system_error>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/base/status.h"

namespace waymark::store {
namespace {

namespace fs = std::filesystem;

absl::Status Failed(const std::string& what, const fs::path& path, int error) {
  const std::string message =
      absl::StrCat("cannot ", what, " ", path.string(), ": ", std::strerror(error));
  if (error == ENOSPC || error == EDQUOT) {
    return absl::ResourceExhaustedError(
        absl::StrCat(message, "; the disk is full: free space and start again"));
  }
  return absl::InternalError(
      absl::StrCat(message, "; see to the path and its permissions, then start again"));
}

absl::Status SyncDirectory(const fs::path& directory) {
  const int file = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return Failed("open the directory", directory, errno);
  const int error = fsync(file) == 0 ? 0 : errno;
  close(file);
  if (error != 0) return Failed("sync the directory", directory, error);
  return absl::OkStatus();
}

fs::path Parent(const fs::path& path) {
  fs::path whole = path.lexically_normal();
  if (!whole.has_filename()) whole = whole.parent_path();  // "data/"
  return whole.has_parent_path() ? whole.parent_path() : fs::path(".");
}

// Names that RocksDB gives to files that hold no data of their own. It makes CURRENT before the
// first write-ahead log.
bool IsLeftover(const std::string& name) {
  return name == "LOCK" || name == "IDENTITY" || name == "lost+found" ||
         absl::StartsWith(name, "LOG") || absl::StartsWith(name, "MANIFEST-") ||
         absl::StartsWith(name, "OPTIONS-") || absl::EndsWith(name, ".dbtmp");
}

absl::Status ForEachEntry(const std::string& path,
                          const std::function<void(const std::string& name, uint64_t bytes)>& f) {
  std::error_code error;
  fs::directory_iterator entry(path, error);
  while (!error && entry != fs::directory_iterator()) {
    // A file may be removed while we look: it then counts as empty.
    std::error_code gone;
    const uint64_t bytes = entry->is_regular_file(gone) ? entry->file_size(gone) : 0;
    f(entry->path().filename().string(), gone ? 0 : bytes);
    entry.increment(error);
  }
  if (error) return Failed("read the directory", path, error.value());
  return absl::OkStatus();
}

}  // namespace

absl::Status MakeDirectories(const std::string& path) {
  fs::path made;
  for (const fs::path& part : fs::path(path).lexically_normal()) {
    if (part.empty()) continue;
    made /= part;
    if (mkdir(made.c_str(), 0700) == 0) {
      WM_RETURN_IF_ERROR(SyncDirectory(Parent(made)));
    } else if (errno != EEXIST) {
      // Parents that exist may answer with other errors first, such as EROFS.
      const int error = errno;
      if (struct stat found; stat(made.c_str(), &found) != 0 || !S_ISDIR(found.st_mode)) {
        return Failed("make the directory", made, error);
      }
    }
  }
  if (struct stat found; stat(path.c_str(), &found) != 0) return Failed("open", path, errno);
  // Also when it was there: whoever made it may have lost power before it was on disk.
  return SyncParent(path);
}

absl::Status SyncParent(const std::string& path) { return SyncDirectory(Parent(path)); }

absl::Status CheckAbsent(const std::string& path) {
  struct stat found;
  if (lstat(path.c_str(), &found) == 0) {
    return absl::AlreadyExistsError(
        absl::StrCat("cannot write a checkpoint to ", path, ": it exists; name another"));
  }
  return absl::OkStatus();
}

absl::StatusOr<DirectoryContent> LookInto(const std::string& path) {
  bool current = false, data = false, foreign = false;
  WM_RETURN_IF_ERROR(ForEachEntry(path, [&](const std::string& name, uint64_t bytes) {
    if (name == "CURRENT") {
      current = true;
    } else if (absl::EndsWith(name, ".sst") || absl::EndsWith(name, ".log")) {
      data = true;
    } else if (!IsLeftover(name)) {
      foreign = true;
    }
  }));
  if (current) return DirectoryContent::kStore;
  if (data) return DirectoryContent::kStoreWithoutCurrent;
  return foreign ? DirectoryContent::kForeign : DirectoryContent::kNothing;
}

absl::StatusOr<uint64_t> TableBytes(const std::string& path) {
  uint64_t total = 0;
  WM_RETURN_IF_ERROR(ForEachEntry(path, [&](const std::string& name, uint64_t bytes) {
    if (absl::EndsWith(name, ".sst")) total += bytes;
  }));
  return total;
}

}  // namespace waymark::store
