#include <gmock/gmock.h>
#include <google/protobuf/timestamp.pb.h>

#include <sstream>

#include "cli/verbs/exit_codes.h"
#include "cli/verbs/progress.h"
#include "cli/verbs/terminal.h"
#include "libs/base/rfc3339.h"

namespace waymark::cli {
namespace {

TEST(Table, AlignsByWhatIsSeen) {
  Table table({"NAME", "N"});
  EXPECT_TRUE(table.empty());
  table.Add({"caf\xc3\xa9", "1"});
  table.Add({"a longer one", ""});
  std::ostringstream out;
  table.Print(out);
  EXPECT_EQ(out.str(), "NAME          N\ncaf\xc3\xa9          1\na longer one\n");
}

TEST(London, IsTheWallClockWithItsZone) {
  EXPECT_EQ(London(TimestampOf(ParseRfc3339("2026-07-06T17:00:00Z").value())),
            "Mon 06 Jul 2026 18:00 BST");
  EXPECT_EQ(London(TimestampOf(ParseRfc3339("2026-12-01T17:00:00Z").value())),
            "Tue 01 Dec 2026 17:00 GMT");
  EXPECT_EQ(London(google::protobuf::Timestamp()), "-");
}

TEST(Timestamp, GoesThereAndBack) {
  for (const char* text : {"2026-07-06T17:00:00.25Z", "1969-12-31T23:59:59.5Z"}) {
    const absl::Time at = ParseRfc3339(text).value();
    EXPECT_EQ(TimeOf(TimestampOf(at)), at);
    EXPECT_GE(TimestampOf(at).nanos(), 0);
  }
}

TEST(Words, AreThoseOfTheJob) {
  EXPECT_EQ(Word("BAND_HIGH", "BAND_"), "HIGH");
  EXPECT_EQ(Word("BAND_UNSPECIFIED", "BAND_"), "-");
  EXPECT_EQ(LowerWord("CATEGORY_NUISANCE", "CATEGORY_"), "nuisance");
}

TEST(Plain, SaysDurations) {
  EXPECT_EQ(Plain(absl::Seconds(59)), "under a minute");
  EXPECT_EQ(Plain(absl::Minutes(200)), "3 h 20 min");
  EXPECT_EQ(Plain(absl::Hours(24)), "1 day");
  EXPECT_EQ(Plain(absl::Hours(49)), "2 days 1 h");
}

TEST(ProgressLine, ShowsHowFar) {
  EXPECT_EQ(ProgressLine(0, 0, "5 taken"), "5 taken");
  EXPECT_EQ(ProgressLine(1, 2, "x"),
            "[" + std::string(15, '#') + std::string(15, '.') + "]  50 %  x");
  EXPECT_EQ(ProgressLine(9, 2, "x").substr(0, 32), "[" + std::string(30, '#') + "]");
}

TEST(Progress, DrawsOnATerminalOnly) {
  std::istringstream in;
  std::ostringstream out, err;
  Terminal terminal{in, out, err};
  Progress quiet(terminal, false, 10);
  quiet.Show(5, "x");
  quiet.Clear();
  EXPECT_EQ(err.str(), "");
  Progress drawn(terminal, true, 0);
  drawn.Show(5, "x");
  drawn.Show(5, "x");
  drawn.Clear();
  drawn.Clear();
  EXPECT_EQ(err.str(), "\r\033[Kx\r\033[K");
}

TEST(ExitCodes, FollowTheStatus) {
  EXPECT_EQ(ExitCodeOf(absl::OkStatus()), 0);
  EXPECT_EQ(ExitCodeOf(absl::InternalError("")), 1);
  EXPECT_EQ(ExitCodeOf(absl::InvalidArgumentError("")), 3);
  EXPECT_EQ(ExitCodeOf(absl::FailedPreconditionError("")), 3);
  EXPECT_EQ(ExitCodeOf(absl::UnavailableError("")), 4);
  EXPECT_EQ(ExitCodeOf(absl::DeadlineExceededError("")), 4);
  EXPECT_EQ(ExitCodeOf(absl::UnauthenticatedError("")), 5);
  EXPECT_EQ(ExitCodeOf(absl::PermissionDeniedError("")), 5);
  EXPECT_EQ(ExitCodeOf(absl::CancelledError("")), 130);
}

}  // namespace
}  // namespace waymark::cli
