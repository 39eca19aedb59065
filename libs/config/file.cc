#include "libs/config/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/base/text.h"

namespace waymark::config {
namespace {

constexpr size_t kFileSizeMax = 16 << 20;  // bytes

absl::Status Failed(std::string_view what, const std::string& path, int error) {
  const std::string text = absl::StrCat(path, ": ", ToAbsl(what), ": ", std::strerror(error));
  return error == ENOENT ? absl::NotFoundError(text) : absl::FailedPreconditionError(text);
}

// A file descriptor that is closed when it goes out of scope.
class File {
 public:
  explicit File(int fd) : fd_(fd) {}
  ~File() {
    if (fd_ >= 0) close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int fd() const { return fd_; }

 private:
  int fd_;
};

absl::Status SyncFolder(const std::filesystem::path& folder) {
  const File handle(open(folder.c_str(), O_RDONLY | O_DIRECTORY));
  if (handle.fd() < 0 || fsync(handle.fd()) != 0) {
    return Failed("cannot sync the folder", folder.string(), errno);
  }
  return absl::OkStatus();
}

absl::Status WriteSynced(const std::string& path, std::string_view content, FileMode mode) {
  const File file(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, static_cast<mode_t>(mode)));
  if (file.fd() < 0) return Failed("cannot write", path, errno);
  size_t written = 0;
  while (written < content.size()) {
    const ssize_t step = write(file.fd(), content.data() + written, content.size() - written);
    if (step < 0 && errno != EINTR) return Failed("cannot write", path, errno);
    if (step > 0) written += static_cast<size_t>(step);
  }
  if (fchmod(file.fd(), static_cast<mode_t>(mode)) != 0) {
    return Failed("cannot set its mode", path, errno);
  }
  if (fsync(file.fd()) != 0) return Failed("cannot sync", path, errno);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  const File file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.fd() < 0) return Failed("cannot read", path, errno);
  std::string content;
  char buffer[65536];
  while (true) {
    const ssize_t got = read(file.fd(), buffer, sizeof buffer);
    if (got == 0) return content;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Failed("cannot read", path, errno);
    content.append(buffer, static_cast<size_t>(got));
    if (content.size() > kFileSizeMax) {
      return absl::FailedPreconditionError(
          absl::StrCat(path, ": larger than ", kFileSizeMax, " bytes; is it the right file?"));
    }
  }
}

absl::Status WriteFile(const std::string& path, std::string_view content, FileMode mode) {
  const std::filesystem::path target(path);
  const std::filesystem::path folder = target.has_parent_path() ? target.parent_path() : ".";
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return Failed("cannot make the folder", folder.string(), error.value());
  const std::string beside = path + ".new";
  WM_RETURN_IF_ERROR(WriteSynced(beside, content, mode));
  if (rename(beside.c_str(), path.c_str()) != 0) return Failed("cannot replace", path, errno);
  return SyncFolder(folder);
}

}  // namespace waymark::config
