// That the benchmarks measure what they say: the histogram's figures, and that the road they drive
// is the real one to its end.
#include <algorithm>
#include <cmath>

#include "bench/histogram.h"
#include "bench/road.h"
#include "gtest/gtest.h"
#include "libs/calendar/civil.h"
#include "libs/store/testing.h"

namespace waymark::bench {
namespace {

TEST(HistogramTest, IsExactForShortTimesAndCloseForLongOnes) {
  Histogram histogram;
  std::vector<int64_t> values;
  for (int64_t micros = 1; micros < 100'000'000; micros += 1 + micros / 50) {
    values.push_back(micros);
    histogram.Record(absl::Microseconds(micros));
  }
  ASSERT_EQ(histogram.count(), values.size());
  for (const double percent : {0.1, 1.0, 25.0, 50.0, 90.0, 99.0, 99.9}) {
    const auto rank = static_cast<size_t>(
        std::max(1.0, std::ceil(percent / 100 * static_cast<double>(values.size()))));
    const int64_t exact = values[rank - 1];
    const int64_t shown = absl::ToInt64Microseconds(histogram.Percentile(percent));
    EXPECT_GE(shown, exact) << percent;
    EXPECT_LE(shown, exact + exact / 128 + 1) << percent;
  }
  EXPECT_EQ(absl::ToInt64Microseconds(histogram.max()), values.back());
  EXPECT_EQ(histogram.Percentile(100), histogram.max());
}

TEST(HistogramTest, TakesTheEmptyTheNegativeAndTheEndless) {
  Histogram histogram;
  EXPECT_EQ(histogram.Percentile(99), absl::ZeroDuration());
  histogram.Record(absl::Seconds(-1));
  EXPECT_EQ(histogram.max(), absl::ZeroDuration());
  histogram.Record(absl::InfiniteDuration());
  EXPECT_GT(histogram.Percentile(99), absl::Hours(1));
}

TEST(DistrictTest, GivesTheSameIncidentForTheSameNumber) {
  const District district(1000), same(1000);
  for (uint64_t number = 0; number < 200; ++number) {
    const Reported left = district.Incident(number, absl::UnixEpoch());
    const Reported right = same.Incident(number, absl::UnixEpoch());
    EXPECT_EQ(left.agency, right.agency);
    EXPECT_EQ(left.incident.SerializeAsString(), right.incident.SerializeAsString());
  }
}

// Every incident is taken, linked, judged and registered; alarms and refusals fail Grow.
TEST(RoadTest, LeadsEveryIncidentToTheEnd) {
  ASSERT_TRUE(calendar::CheckTimeZoneData().ok());
  const store::TemporaryDirectory folder;
  RoadOptions options;
  options.layout = {folder.path() + "/partnership"};
  options.incidents = 450;
  SystemClock clock;
  auto road = Road::Open(options, 0, FirstInstant(options.incidents, clock.Now()));
  ASSERT_TRUE(road.ok()) << road.status();
  const absl::StatusOr<Costs> costs = (*road)->Grow(options.incidents);
  ASSERT_TRUE(costs.ok()) << costs.status();
  EXPECT_EQ(costs->incidents, options.incidents);
  // And what the gateways tell intake besides.
  EXPECT_GE(costs->parts.at("intake").inputs, options.incidents);
  EXPECT_GE(costs->parts.at("risk").inputs, options.incidents);
  EXPECT_GE(costs->parts.at("casemgr").inputs, options.incidents);
  EXPECT_GT(costs->alerts, 0u);
  EXPECT_GT(costs->all, costs->parts.at("gateway").cpu);
  EXPECT_TRUE((*road)->Close().ok());
}

}  // namespace
}  // namespace waymark::bench
