// Risk as a part of a process: its store, its runtime, its endpoint. The one way it is
// made, whether it is alone in its process (main.cc) or beside all others (cli/partnership).
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "libs/process/part.h"

namespace waymark::risk {

// Not yet listening. Errors say which file, what was wrong and what to do.
absl::StatusOr<std::unique_ptr<process::Part>> OpenPart(const process::World& world,
                                                        const process::Seat& seat);

}  // namespace waymark::risk
