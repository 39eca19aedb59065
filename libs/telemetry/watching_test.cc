#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/telemetry/call_times.h"
#include "libs/telemetry/logged_alarms.h"

namespace waymark::telemetry {
namespace {

using ::testing::HasSubstr;

TEST(CallTimes, CountUpToEachBound) {
  CallTimes times;
  EXPECT_EQ(times.PrometheusText(), "");
  times.Observe("intake", "M", absl::Milliseconds(1));
  times.Observe("intake", "M", absl::Milliseconds(30));
  times.Observe("intake", "M", absl::Seconds(60));
  const std::string text = times.PrometheusText();
  const std::string bucket = "waymark_rpc_call_seconds_bucket{source=\"intake\",method=\"M\",le=";
  for (const std::string& line :
       {std::string("# TYPE waymark_rpc_call_seconds histogram\n"), bucket + "\"0.001\"} 1\n",
        bucket + "\"0.025\"} 1\n", bucket + "\"0.05\"} 2\n", bucket + "\"10\"} 2\n",
        bucket + "\"+Inf\"} 3\n", std::string("_sum{source=\"intake\",method=\"M\"} 60.031\n"),
        std::string("_count{source=\"intake\",method=\"M\"} 3\n")}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(LoggedAlarms, AreWrittenOnceEach) {
  ManualClock clock(absl::UnixEpoch());
  std::vector<std::string> lines;
  const auto log = MakeJsonLog(
      "risk", [&](std::string_view line) { lines.emplace_back(line); }, Level::kInfo, clock);
  AlarmList list(clock);
  LoggedAlarms alarms(list, log.get());
  alarms.Raise("dead_letter", "7", "look at it");
  alarms.Raise("dead_letter", "7", "look at it");
  EXPECT_EQ(list.Raised().at(0).times, 2u);
  alarms.Clear("dead_letter", "7");
  alarms.Clear("dead_letter", "7");
  EXPECT_FALSE(list.IsRaised("dead_letter"));
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_THAT(lines[0], HasSubstr("\"event\":\"alarm_raised\""));
  EXPECT_THAT(lines[0], HasSubstr("\"detail\":\"look at it\""));
  EXPECT_THAT(lines[1], HasSubstr("\"event\":\"alarm_cleared\""));
}

}  // namespace
}  // namespace waymark::telemetry
