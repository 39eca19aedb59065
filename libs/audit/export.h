// A whole log as a folder: the files of tiles.h, and beside them what the leaves stand for.
//
//   openings.jsonl    one JSON object a line, by index: {"index":5,"salt":"<base64>",
//                     "entry":"<base64 of the serialised AuditEntry>"}; none for an erased leaf
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "libs/audit/verify.h"

namespace waymark::audit {

inline constexpr std::string_view kCheckpointFile = "checkpoint";
inline constexpr std::string_view kOpeningsFile = "openings.jsonl";

struct LeafOpening {
  uint64_t index = 0;
  std::string salt;
  std::string entry;
};
// With its line feed.
std::string OpeningLine(const LeafOpening& opening);
// InvalidArgument for anything else than a line that OpeningLine writes (without line feed).
absl::StatusOr<LeafOpening> ParseOpeningLine(std::string_view line);

// What a file of the export holds; NotFound when it is missing. Paths are relative to its folder.
using FileReader = std::function<absl::StatusOr<std::string>(const std::string& path)>;

struct ExportVerdict {
  Verdict verdict;  // `proven` stays empty: counts say it
  std::string origin;
  uint64_t size = 0;
  uint64_t opened = 0;  // leaves that have an opening; the others were erased
  std::vector<Cosigned> cosigned;
};
// Checkpoint signature; every tile against the entries and every leaf against the root; every
// opening against its leaf; and, with `since` (an older signed note of the same log, from a
// partner), that this log only appended to that one. Reads each file once.
ExportVerdict VerifyExport(const FileReader& files, const TrustedKeys& keys,
                           std::optional<std::string> since = std::nullopt);

}  // namespace waymark::audit
