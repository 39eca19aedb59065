#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "libs/telemetry/alarms.h"
#include "libs/telemetry/core_dumps.h"
#include "libs/telemetry/log.h"
#include "libs/telemetry/metrics.h"

namespace waymark::telemetry {
namespace {

using ::testing::ElementsAre;

TEST(Alarms, StayRaisedUntilClearedAndCountRepeats) {
  ManualClock clock(absl::UnixEpoch());
  AlarmList alarms(clock);
  alarms.Raise("lane_gap", "a", "first");
  clock.Advance(absl::Hours(1));
  alarms.Raise("lane_gap", "a", "second");
  alarms.Raise("lane_gap", "b", "other");
  alarms.Clear("lane_gap", "b");
  const std::vector<Alarm> raised = alarms.Raised();
  ASSERT_EQ(raised.size(), 1u);
  EXPECT_EQ(raised[0].since, absl::UnixEpoch());
  EXPECT_EQ(raised[0].times, 2u);
  EXPECT_EQ(raised[0].detail, "second");
  EXPECT_TRUE(alarms.IsRaised("lane_gap"));
  EXPECT_FALSE(alarms.IsRaised("lane"));
  alarms.Clear("lane_gap", "a");
  EXPECT_FALSE(alarms.IsRaised("lane_gap"));
}

TEST(CoreDumps, AProcessThatForbadeThemLeavesNone) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    ForbidCoreDumps();
#ifndef __SANITIZE_ADDRESS__
    if (prctl(PR_GET_DUMPABLE) != 0) _exit(1);
#endif
    rlimit limit{1, 1};
    if (getrlimit(RLIMIT_CORE, &limit) != 0 || limit.rlim_max != 0) _exit(2);
    const rlimit more{1 << 20, 1 << 20};
    if (getuid() != 0 && setrlimit(RLIMIT_CORE, &more) == 0) _exit(3);
    signal(SIGABRT, SIG_DFL);
    raise(SIGABRT);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status)) << "left with " << WEXITSTATUS(status);
  EXPECT_EQ(WTERMSIG(status), SIGABRT);
  EXPECT_FALSE(WCOREDUMP(status));
}

TEST(Metrics, PrometheusTextIsSortedAndEscaped) {
  Metrics metrics;
  metrics.CounterOf("records_total", "Records \\ taken", {{"topic", "a\"b"}}).Add(2);
  metrics.CounterOf("records_total", "ignored", {{"topic", "a\"b"}}).Add();
  metrics.GaugeOf("queue_depth", "Waiting").Set(-3);
  EXPECT_EQ(metrics.PrometheusText(),
            "# HELP queue_depth Waiting\n# TYPE queue_depth gauge\nqueue_depth -3\n"
            "# HELP records_total Records \\\\ taken\n# TYPE records_total counter\n"
            "records_total{topic=\"a\\\"b\"} 3\n");
}

TEST(Log, WritesOneJsonObjectALine) {
  ManualClock clock(absl::UnixEpoch());
  std::vector<std::string> lines;
  const auto log = MakeJsonLog(
      "intake", [&](std::string_view line) { lines.emplace_back(line); }, Level::kInfo, clock);
  log->Write(Level::kDebug, "hidden", {});
  log->Write(Level::kWarning, "lane_gap",
             {{Field::kSeq, int64_t{7}}, {Field::kLane, "0>a \"quoted\"\n{}/0"}});
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0], R"({"at":"1970-01-01T00:00:00Z","level":"warning","service":"intake",)"
                      R"("event":"lane_gap","seq":7,"lane":"0>a \"quoted\"\n{}/0"})");
}

TEST(Log, BytesThatAreNotUtf8DoNotBreakTheLine) {
  ManualClock clock(absl::UnixEpoch());
  std::string line;
  const auto log = MakeJsonLog(
      "intake", [&](std::string_view text) { line = text; }, Level::kInfo, clock);
  log->Write(Level::kError, "failed", {{Field::kDetail, "\xff\xfe"}});
  EXPECT_TRUE(nlohmann::json::accept(line));
}

TEST(Log, AFileThatCannotBeOpenedIsAnError) {
  ManualClock clock(absl::UnixEpoch());
  EXPECT_EQ(MakeJsonLog("intake", "/proc/no/such/file", Level::kInfo, clock).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(Log, EveryFieldHasItsOwnName) {
  std::set<std::string_view> names;
  for (int field = 0; field <= static_cast<int>(Field::kVersion); ++field) {
    const std::string_view name = NameOf(static_cast<Field>(field));
    EXPECT_NE(name, "unknown");
    EXPECT_TRUE(names.insert(name).second) << name;
  }
}

}  // namespace
}  // namespace waymark::telemetry
