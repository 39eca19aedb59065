// How long a partnership takes to start on what it holds, and to rebuild each core service from its
// own topic.
#pragma once

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cli/partnership/layout.h"

namespace waymark::bench {

struct Took {
  absl::Duration wall;
  absl::Duration cpu;
};

struct RestartResult {
  Took start;                                 // all seven parts and the event log, without ports
  std::map<std::string, Took> rebuild;        // the same, with this service's store rebuilt
  std::map<std::string, uint64_t> megabytes;  // on disk: "log", "intake", ..., "gateways"
};

// Virtual time stands at `clock`. The rebuilt stores stay in place of the old ones.
absl::StatusOr<RestartResult> MeasureRestart(const cli::Layout& layout, absl::Time clock);

}  // namespace waymark::bench
