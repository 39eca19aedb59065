// Files of `waymark audit`: writing an export, and reading whatever is to be verified.
#pragma once

#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/audit/verify.h"
#include "waymark/gateway/v1/audit.pb.h"

namespace waymark::cli {

// Writes the parts of an export below a folder, which it makes. A path that is none of an export is
// refused, so that a gateway cannot write elsewhere.
class ExportFolder {
 public:
  explicit ExportFolder(std::string path);
  absl::Status Write(const gateway::v1::ExportLogResponse& part);
  // After the last part.
  absl::Status Close();

 private:
  const std::string path_;
  std::ofstream openings_;
};

struct Checked {
  std::string of;  // "alert a-1 version 2", "disclosure", "log fenland.waymark/audit/police ..."
  audit::Verdict verdict;
};

// A folder is an export. A file is JSON, one object a line (what `alerts tail --json` prints, an
// Alert, a DisclosureProof or a FetchShareResponse), or one of the last three in protobuf's binary
// form. InvalidArgument or NotFound: it is none of these.
absl::StatusOr<std::vector<Checked>> CheckTarget(const std::string& target,
                                                 const audit::TrustedKeys& keys,
                                                 std::optional<std::string> since,
                                                 std::optional<absl::Time> at);

}  // namespace waymark::cli
