// How much of the processor was used, user and system together. For measuring only: no decision may
// depend on it. Thread-safe.
#pragma once

#include "absl/time/time.h"

namespace waymark {

absl::Duration ThreadCpuTime();   // of the calling thread, since it began
absl::Duration ProcessCpuTime();  // of all threads, also those that have ended

}  // namespace waymark
