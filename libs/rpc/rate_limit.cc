#include "libs/rpc/rate_limit.h"

#include <algorithm>

namespace waymark::rpc {
namespace {

constexpr size_t kBucketsMax = 4096;

}  // namespace

absl::Duration RateLimit::Take(const std::string& principal, absl::Time now) {
  if (buckets_.size() >= kBucketsMax) ForgetFull(now);
  Bucket& bucket = buckets_.try_emplace(principal, Bucket{burst_, now}).first->second;
  double seconds = std::max(0.0, absl::ToDoubleSeconds(now - bucket.filled_at));
  bucket.tokens = std::min(burst_, bucket.tokens + seconds * per_second_);
  bucket.filled_at = std::max(bucket.filled_at, now);
  if (bucket.tokens >= 1.0) {
    bucket.tokens -= 1.0;
    return absl::ZeroDuration();
  }
  return absl::Seconds((1.0 - bucket.tokens) / per_second_);
}

// A full bucket says nothing that a new one would not.
void RateLimit::ForgetFull(absl::Time now) {
  std::erase_if(buckets_, [&](const auto& entry) {
    double seconds = absl::ToDoubleSeconds(now - entry.second.filled_at);
    return entry.second.tokens + seconds * per_second_ >= burst_;
  });
}

}  // namespace waymark::rpc
