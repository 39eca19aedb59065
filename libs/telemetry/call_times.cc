#include "libs/telemetry/call_times.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace waymark::telemetry {
namespace {

constexpr char kName[] = "waymark_rpc_call_seconds";

}  // namespace

void CallTimes::Observe(const std::string& source, const std::string& method, absl::Duration took) {
  Histogram* histogram = nullptr;
  {
    std::lock_guard lock(mutex_);
    std::unique_ptr<Histogram>& one = histograms_[{source, method}];
    if (one == nullptr) one = std::make_unique<Histogram>();
    histogram = one.get();
  }
  const int64_t micros = absl::ToInt64Microseconds(took);
  const auto bound = std::lower_bound(kBoundsMicros.begin(), kBoundsMicros.end(), micros);
  const auto index = static_cast<size_t>(bound - kBoundsMicros.begin());
  histogram->buckets[index].fetch_add(1, std::memory_order_relaxed);
  histogram->sum_micros.fetch_add(micros, std::memory_order_relaxed);
}

void CallTimes::Append(std::string& out, const std::string& labels, const Histogram& histogram) {
  uint64_t count = 0;
  for (size_t i = 0; i < kBoundsMicros.size(); ++i) {
    count += histogram.buckets[i].load(std::memory_order_relaxed);
    absl::StrAppend(&out, kName, "_bucket{", labels, ",le=\"", kBoundsMicros[i] / 1e6, "\"} ",
                    count, "\n");
  }
  count += histogram.buckets[kBoundsMicros.size()].load(std::memory_order_relaxed);
  absl::StrAppend(&out, kName, "_bucket{", labels, ",le=\"+Inf\"} ", count, "\n");
  absl::StrAppend(&out, kName, "_sum{", labels, "} ",
                  histogram.sum_micros.load(std::memory_order_relaxed) / 1e6, "\n");
  absl::StrAppend(&out, kName, "_count{", labels, "} ", count, "\n");
}

std::string CallTimes::PrometheusText() const {
  std::lock_guard lock(mutex_);
  if (histograms_.empty()) return "";
  std::string out = absl::StrCat(
      "# HELP ", kName, " How long calls took, streams included\n# TYPE ", kName, " histogram\n");
  for (const auto& [key, histogram] : histograms_) {
    Append(out, absl::StrCat("source=\"", key.first, "\",method=\"", key.second, "\""), *histogram);
  }
  return out;
}

}  // namespace waymark::telemetry
