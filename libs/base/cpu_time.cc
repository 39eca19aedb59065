#include "libs/base/cpu_time.h"

#include <ctime>

#include "libs/base/check.h"

namespace waymark {
namespace {

absl::Duration Read(clockid_t clock) {
  timespec now = {};
  WM_CHECK(clock_gettime(clock, &now) == 0, "the processor's time cannot be read");
  return absl::DurationFromTimespec(now);
}

}  // namespace

absl::Duration ThreadCpuTime() { return Read(CLOCK_THREAD_CPUTIME_ID); }
absl::Duration ProcessCpuTime() { return Read(CLOCK_PROCESS_CPUTIME_ID); }

}  // namespace waymark
