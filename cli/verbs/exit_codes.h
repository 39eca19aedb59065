// How every verb ends. `waymark rules` has its own contract, which agrees with this one.
#pragma once

#include <string>

#include "absl/status/status.h"

namespace waymark::cli {

enum ExitCode {
  kExitOk = 0,
  kExitFailed = 1,
  kExitUsage = 2,
  kExitSomeRefused = 3,
  kExitUnreachable = 4,
  kExitNotPermitted = 5,
  kExitStopped = 130,
};

int ExitCodeOf(const absl::Status& status);

// The table of `waymark help exit-codes`.
std::string ExitCodesText();

}  // namespace waymark::cli
