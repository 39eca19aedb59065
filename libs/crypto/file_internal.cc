#include "libs/crypto/file_internal.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/base/text.h"

namespace waymark::crypto::internal {
namespace {

absl::Status Failed(std::string_view what, const std::string& path) {
  return absl::ErrnoToStatus(errno, absl::StrCat(ToAbsl(what), " ", path));
}

absl::StatusOr<File> OpenWith(const std::string& path, int flags) {
  const int descriptor = open(path.c_str(), flags | O_CLOEXEC, 0600);
  if (descriptor < 0) return Failed("cannot open", path);
  return File(descriptor, path);
}

}  // namespace

File& File::operator=(File&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(path_, other.path_);
  return *this;
}

File::~File() {
  if (descriptor_ >= 0) close(descriptor_);
}

absl::StatusOr<File> File::OpenExisting(const std::string& path) { return OpenWith(path, O_RDWR); }

absl::StatusOr<File> File::Create(const std::string& path) {
  return OpenWith(path, O_RDWR | O_CREAT | O_TRUNC);
}

absl::StatusOr<uint64_t> File::Size() const {
  struct stat info {};
  if (fstat(descriptor_, &info) != 0) return Failed("cannot measure", path_);
  return static_cast<uint64_t>(info.st_size);
}

absl::StatusOr<std::string> File::ReadAt(uint64_t offset, size_t size) const {
  std::string bytes(size, '\0');
  for (size_t done = 0; done < size;) {
    const ssize_t got =
        pread(descriptor_, bytes.data() + done, size - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Failed("cannot read", path_);
    if (got == 0) return absl::DataLossError(absl::StrCat("cut short: ", path_));
    done += static_cast<size_t>(got);
  }
  return bytes;
}

absl::Status File::WriteAt(uint64_t offset, std::string_view bytes) {
  for (size_t done = 0; done < bytes.size();) {
    const ssize_t put = pwrite(descriptor_, bytes.data() + done, bytes.size() - done,
                               static_cast<off_t>(offset + done));
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return Failed("cannot write", path_);
    done += static_cast<size_t>(put);
  }
  return absl::OkStatus();
}

absl::Status File::Truncate(uint64_t size) {
  if (ftruncate(descriptor_, static_cast<off_t>(size)) != 0) return Failed("cannot cut", path_);
  return absl::OkStatus();
}

absl::Status File::Sync() {
  if (fsync(descriptor_) != 0) return Failed("cannot sync", path_);
  return absl::OkStatus();
}

absl::StatusOr<bool> File::TryLock() {
  if (flock(descriptor_, LOCK_EX | LOCK_NB) == 0) return true;
  if (errno == EWOULDBLOCK) return false;
  return Failed("cannot lock", path_);
}

absl::Status MakeDirectory(const std::string& path) {
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return Failed("cannot make", path);
  return absl::OkStatus();
}

absl::Status SyncDirectory(const std::string& path) {
  WM_ASSIGN_OR_RETURN(File directory, OpenWith(path, O_RDONLY | O_DIRECTORY));
  return directory.Sync();
}

absl::StatusOr<std::vector<std::string>> ListDirectory(const std::string& path) {
  DIR* directory = opendir(path.c_str());
  if (directory == nullptr) return Failed("cannot list", path);
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = readdir(directory)) names.emplace_back(entry->d_name);
  const absl::Status status = errno == 0 ? absl::OkStatus() : Failed("cannot list", path);
  closedir(directory);
  if (!status.ok()) return status;
  return names;
}

absl::Status Rename(const std::string& from, const std::string& to) {
  if (rename(from.c_str(), to.c_str()) != 0) return Failed("cannot rename", from);
  return absl::OkStatus();
}

absl::Status Remove(const std::string& path) {
  if (unlink(path.c_str()) != 0 && errno != ENOENT) return Failed("cannot remove", path);
  return absl::OkStatus();
}

}  // namespace waymark::crypto::internal
