// Whole files of bounded size, read and written with errors that say which path and why.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace waymark::config {

// At most 16 MiB. NotFound when there is no such file; otherwise FailedPrecondition with the
// system's reason.
absl::StatusOr<std::string> ReadFile(const std::string& path);

enum class FileMode { kPublic = 0644, kSecret = 0600 };

// Replaces the file as a whole: written beside it, synced, renamed, the folder synced. A reader
// sees the old content or the new, never a part. Makes missing folders.
absl::Status WriteFile(const std::string& path, std::string_view content, FileMode mode);

}  // namespace waymark::config
