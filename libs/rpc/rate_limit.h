// One token bucket for each principal. Not thread-safe: its owner locks.
#pragma once

#include <map>
#include <string>

#include "absl/time/time.h"

namespace waymark::rpc {

class RateLimit {
 public:
  // `per_second` > 0 and `burst` >= 1.
  RateLimit(double per_second, double burst) : per_second_(per_second), burst_(burst) {}

  // Takes one token and returns zero, or takes none and returns how long until there is one.
  absl::Duration Take(const std::string& principal, absl::Time now);
  double per_second() const { return per_second_; }

 private:
  struct Bucket {
    double tokens;
    absl::Time filled_at;
  };
  void ForgetFull(absl::Time now);

  const double per_second_;
  const double burst_;
  std::map<std::string, Bucket> buckets_;
};

}  // namespace waymark::rpc
