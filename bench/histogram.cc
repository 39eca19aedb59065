#include "bench/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace waymark::bench {
namespace {

// Microseconds below 2 * kHalf have a bucket each; from there on every doubling has kHalf buckets.
constexpr int kHalfBits = 7;
constexpr uint64_t kHalf = 1u << kHalfBits;
constexpr uint64_t kLongest = (uint64_t{1} << 32) - 1;

size_t BucketOf(uint64_t micros) {
  if (micros < 2 * kHalf) return micros;
  const int shift = std::bit_width(micros) - (kHalfBits + 1);
  return static_cast<size_t>(shift) * kHalf + static_cast<size_t>(micros >> shift);
}

uint64_t UpperEdge(size_t bucket) {
  if (bucket < 2 * kHalf) return bucket;
  const uint64_t shift = bucket / kHalf - 1;
  return ((bucket - shift * kHalf + 1) << shift) - 1;
}

}  // namespace

Histogram::Histogram() : buckets_(BucketOf(kLongest) + 1) {}

void Histogram::Record(absl::Duration value) {
  const int64_t micros =
      std::clamp<int64_t>(absl::ToInt64Microseconds(value), 0, static_cast<int64_t>(kLongest));
  ++buckets_[BucketOf(static_cast<uint64_t>(micros))];
  ++count_;
  max_ = std::max(max_, micros);
}

absl::Duration Histogram::Percentile(double percent) const {
  const auto wanted =
      std::max<uint64_t>(1, static_cast<uint64_t>(std::ceil(std::clamp(percent, 0.0, 100.0) / 100 *
                                                            static_cast<double>(count_))));
  uint64_t seen = 0;
  for (size_t bucket = 0; bucket < buckets_.size(); ++bucket) {
    seen += buckets_[bucket];
    if (seen >= wanted) {
      return absl::Microseconds(std::min(static_cast<int64_t>(UpperEdge(bucket)), max_));
    }
  }
  return absl::ZeroDuration();
}

}  // namespace waymark::bench
