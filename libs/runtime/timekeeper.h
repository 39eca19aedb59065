// The time of batches: never runs back, and does not follow a wall clock that jumps. Thread-safe.
//
// The wall clock is followed while it stays within `jump_max` of what elapsed time leads to expect,
// and what is expected gives way to it slowly, by at most a thousandth of elapsed time: so a clock
// that is steered is followed for ever, and one that stands still (it was set back) or was moved in
// many small steps is noticed. Beyond `jump_max` a reading is not adopted: the alarm "clock_jump"
// is raised and time is extrapolated, until Adopt() is called or the wall clock comes back to
// within `jump_max`. How long the process was down cannot be told from a jump, so the first reading
// is believed, unless it lies before the latest recorded batch by more than `jump_max`.
#pragma once

#include <mutex>
#include <optional>

#include "absl/time/time.h"
#include "libs/base/clock.h"
#include "libs/telemetry/alarms.h"

namespace waymark::runtime {

class TimeKeeper {
 public:
  TimeKeeper(Clock& clock, telemetry::Alarms& alarms, absl::Duration jump_max)
      : clock_(clock), alarms_(alarms), jump_max_(jump_max) {}

  // The time of the latest batch in the store; call before Now().
  void Restore(absl::Time latest);
  // In whole microseconds.
  absl::Time Now();
  void Adopt();
  bool trusted() const;

 private:
  Clock& clock_;
  telemetry::Alarms& alarms_;
  const absl::Duration jump_max_;
  mutable std::mutex mutex_;
  absl::Time now_ = absl::InfinitePast();
  std::optional<absl::Duration> elapsed_;  // at now_
  // What elapsed time leads to expect; it may lie before now_, which never runs back.
  absl::Time expected_ = absl::InfinitePast();
  bool trusted_ = true;
  bool adopt_ = false;
};

}  // namespace waymark::runtime
