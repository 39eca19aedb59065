// The clock of a partnership that first lives through a story and then goes on in real time.
// Thread-safe.
#pragma once

#include <atomic>

#include "absl/time/time.h"
#include "libs/base/clock.h"

namespace waymark::cli::story {

class StoryClock : public Clock {
 public:
  // Stands at `start` until told otherwise; an infinite past means real time from the beginning.
  explicit StoryClock(absl::Time start);

  absl::Time Now() override;
  absl::Duration Elapsed() override;

  // `to` must not lie before Now() nor after real time. Only while the story is told.
  void AdvanceTo(absl::Time to);
  // From here on it is the machine's clock. Call it when Now() has come to within moments of it.
  void GoOnInRealTime();
  absl::Time RealNow() { return system_.Now(); }

 private:
  SystemClock system_;
  ManualClock story_;
  absl::Duration elapsed_offset_;
  std::atomic<bool> real_;
};

}  // namespace waymark::cli::story
