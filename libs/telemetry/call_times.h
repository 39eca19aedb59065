// How long calls took: one histogram for each source and method, in the Prometheus text format as
// metrics.h has it. Thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "absl/time/time.h"

namespace waymark::telemetry {

class CallTimes {
 public:
  // Upper bounds of the buckets.
  static constexpr std::array<int64_t, 13> kBoundsMicros = {
      1'000,   2'500,   5'000,     10'000,    25'000,    50'000,    100'000,
      250'000, 500'000, 1'000'000, 2'500'000, 5'000'000, 10'000'000};

  // `source` and `method` are names of this source tree; "" where a caller made one up.
  void Observe(const std::string& source, const std::string& method, absl::Duration took);
  // "waymark_rpc_call_seconds", by source and method.
  std::string PrometheusText() const;

 private:
  struct Histogram {
    std::array<std::atomic<uint64_t>, kBoundsMicros.size() + 1> buckets{};
    std::atomic<int64_t> sum_micros{0};
  };
  static void Append(std::string& out, const std::string& labels, const Histogram& histogram);

  mutable std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, std::unique_ptr<Histogram>> histograms_;
};

}  // namespace waymark::telemetry
