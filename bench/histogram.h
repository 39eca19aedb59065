// Durations in buckets that grow with what they hold, as HdrHistogram has them: every figure read
// back is at most 1 in 128 too high, from one microsecond to over an hour, in a few kilobytes.
// Not thread-safe.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/time/time.h"

namespace waymark::bench {

class Histogram {
 public:
  Histogram();
  // Negative durations count as zero, longer than about 70 minutes as that.
  void Record(absl::Duration value);

  uint64_t count() const { return count_; }
  absl::Duration max() const { return absl::Microseconds(max_); }  // exact
  // The upper edge of the bucket below which `percent` (0 to 100) of the values lie; never above
  // max(). Zero when nothing was recorded.
  absl::Duration Percentile(double percent) const;

 private:
  std::vector<uint64_t> buckets_;
  uint64_t count_ = 0;
  int64_t max_ = 0;
};

}  // namespace waymark::bench
