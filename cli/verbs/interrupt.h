// Ctrl-C as a flag. One for the process: the signal has no other way to say it.
#pragma once

#include <atomic>

namespace waymark::cli {

// From now on SIGINT and SIGTERM set the flag; a second one ends the process at once. The flag is
// cleared first.
const std::atomic<bool>& WatchInterrupts();

}  // namespace waymark::cli
