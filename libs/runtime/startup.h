// The checks before a runtime may run. Errors say what is wrong and what to do.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/runtime/overlay.h"
#include "libs/runtime/runtime.h"

namespace waymark::runtime {

// InvalidArgument names the field.
absl::Status CheckConfig(const RuntimeConfig& config);

struct Layout {
  bool fresh = true;                         // nothing in the store yet
  absl::Time latest = absl::InfinitePast();  // the time of the latest batch
};

// FailedPrecondition when the store was written under another layout version, source name or
// partition count, or by a rebuild that was interrupted.
absl::StatusOr<Layout> CheckLayout(const RuntimeConfig& config, const store::Store& store);

// What CheckLayout reads the next time.
void WriteLayout(const RuntimeConfig& config, Overlay& overlay);

// FailedPrecondition when a topic is missing in the log or has another partition count.
absl::Status CheckTopics(const RuntimeConfig& config, const eventlog::EventLog& log);

}  // namespace waymark::runtime
