// The event log of a real deployment, as a process's configuration names it.
#pragma once

#include "libs/process/run.h"

namespace waymark::process {

// Does not wait for the cluster. Errors say which certificate file, what was wrong and what to do.
absl::StatusOr<OpenedLog> OpenKafka(const config::ProcessConfig& config, Clock& clock,
                                    telemetry::Log& logbook);

}  // namespace waymark::process
