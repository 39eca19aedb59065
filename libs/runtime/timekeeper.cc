#include "libs/runtime/timekeeper.h"

#include <algorithm>

#include "libs/runtime/codec.h"

namespace waymark::runtime {
namespace {

constexpr int64_t kSteeredAtMost = 1'000;  // one second in so many seconds

}  // namespace

void TimeKeeper::Restore(absl::Time latest) {
  std::lock_guard lock(mutex_);
  now_ = latest;
  expected_ = latest;
}

absl::Time TimeKeeper::Now() {
  const absl::Time wall = clock_.Now();
  const absl::Duration elapsed = clock_.Elapsed();
  std::lock_guard lock(mutex_);
  // Another thread may have looked later and got here first.
  if (elapsed_.has_value() && elapsed < *elapsed_) return now_;
  const bool first = !elapsed_.has_value();
  const absl::Duration passed = first ? absl::ZeroDuration() : elapsed - *elapsed_;
  expected_ += passed;
  elapsed_ = elapsed;

  const bool behind = expected_ - wall > jump_max_;
  const bool ahead = !first && wall - expected_ > jump_max_;
  absl::Time now = wall;
  if (adopt_ || (first && !behind)) {
    expected_ = wall;
    adopt_ = false;
  } else if (!behind && !ahead) {
    expected_ += std::clamp(wall - expected_, -passed / kSteeredAtMost, passed / kSteeredAtMost);
  } else {
    now = expected_;
  }
  const bool trusted = now == wall;
  if (trusted && !trusted_) alarms_.Clear("clock_jump", "clock");
  if (!trusted && trusted_) {
    alarms_.Raise(
        "clock_jump", "clock",
        "the wall clock moved by more than the allowed jump against elapsed time; time is "
        "extrapolated and destructive timers wait until an operator confirms the clock");
  }
  trusted_ = trusted;
  now_ = std::max(now_, ToMicros(now));
  return now_;
}

void TimeKeeper::Adopt() {
  std::lock_guard lock(mutex_);
  adopt_ = true;
}

bool TimeKeeper::trusted() const {
  std::lock_guard lock(mutex_);
  return trusted_;
}

}  // namespace waymark::runtime
