#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/blank.h"
#include "libs/base/bytes.h"
#include "libs/base/clock.h"
#include "libs/base/problem.h"
#include "libs/base/result.h"
#include "libs/base/rfc3339.h"

namespace waymark {
namespace {

TEST(Bytes, HexRoundTripsAndRefusesWhatIsNotHex) {
  EXPECT_EQ(ToHex(std::string("\x00\xff\x10", 3)), "00ff10");
  EXPECT_EQ(FromHex("00ff10").value(), std::string("\x00\xff\x10", 3));
  EXPECT_FALSE(FromHex("0").ok());
  EXPECT_FALSE(FromHex("zz").ok());
}

TEST(Bytes, LengthPrefixedKeepsFieldsApart) {
  EXPECT_NE(LengthPrefixed({"ab", "c"}), LengthPrefixed({"a", "bc"}));
  EXPECT_NE(LengthPrefixed({"", "a"}), LengthPrefixed({"a", ""}));
}

TEST(Keys, ByteOrderIsPartOrder) {
  const auto key = [](std::string_view text, uint64_t number) {
    return KeyBuilder().Text(text).Number(number).Take();
  };
  EXPECT_LT(key("a", 255), key("a", 256));
  EXPECT_LT(key("a", 900), key("a\x01", 0));
  EXPECT_LT(key("a", 900), key("b", 0));
  EXPECT_LT(key("", 900), key(std::string(1, '\0'), 0));
}

TEST(Keys, PartsReadBack) {
  const std::string text("x\0y", 3);
  const std::string key = KeyBuilder().Text(text).Number(7).Text("").Take();
  KeyReader reader(key);
  EXPECT_EQ(reader.Text().value(), text);
  EXPECT_EQ(reader.Number().value(), 7u);
  EXPECT_EQ(reader.Text().value(), "");
  EXPECT_TRUE(reader.done());
  EXPECT_FALSE(KeyReader("abc").Text().ok());
  EXPECT_FALSE(KeyReader("abc").Number().ok());
}

TEST(Keys, AfterPrefixEndsARange) {
  EXPECT_EQ(AfterPrefix("ab"), "ac");
  EXPECT_EQ(AfterPrefix("a\xff"), "b");
  EXPECT_EQ(AfterPrefix("\xff"), "");
}

TEST(Blank, WhiteSpaceOfAnyKindSaysNothing) {
  for (const char* text : {"", " ", "\t\r\n", "\u00a0\u2003 \u3000"}) EXPECT_TRUE(IsBlank(text));
  for (const char* text : {"a", " a ", "\u00a0.", "\u200b", "\xc2", "\xe2\x80"}) {
    EXPECT_FALSE(IsBlank(text)) << text;
  }
}

TEST(Rfc3339, AnyOffsetInUtcOut) {
  EXPECT_EQ(FormatRfc3339(ParseRfc3339("2026-07-01T10:00:00+01:00").value()),
            "2026-07-01T09:00:00Z");
  EXPECT_EQ(FormatRfc3339(ParseRfc3339("2026-07-01T10:00:00.250Z").value()),
            "2026-07-01T10:00:00.25Z");
  EXPECT_EQ(FormatRfc3339(ParseRfc3339("1969-12-31t23:59:59.5z").value()),
            "1969-12-31T23:59:59.5Z");
  EXPECT_EQ(FormatRfc3339(ParseRfc3339("0000-02-29T00:00:00-23:59").value()),
            "0000-02-29T23:59:00Z");
  EXPECT_EQ(FormatRfc3339(ParseRfc3339("2026-07-01T10:00:00.1234567899Z").value()),
            "2026-07-01T10:00:00.123456789Z");
  // A leap second is the first second of the day after.
  EXPECT_EQ(FormatRfc3339(ParseRfc3339("1990-12-31T15:59:60-08:00").value()),
            "1991-01-01T00:00:00Z");
}

TEST(Rfc3339, RefusesWhatTheFormatDoesNotAllow) {
  for (const char* text : {"2026-07-01T10:00:00",
                           "2026-07-01",
                           "2026-02-30T10:00:00Z",
                           "2026-07-01 10:00:00Z",
                           " 2026-07-01T10:00:00Z",
                           "2026-7-1T10:00:00Z",
                           "2026-07-01T25:00:00Z",
                           "2026-07-01T10:00:60Z",
                           "2026-07-02T23:59:60Z",
                           "2026-07-01T24:00:00Z",
                           "2026-07-01T10:60:00Z",
                           "2026-00-01T10:00:00Z",
                           "2026-07-01T10:00:00+24:00",
                           "2026-07-01T10:00:00+01:60",
                           "2026-07-01T10:00:00+0100",
                           "2026-07-01T10:00:00ZZ",
                           "0000-01-01T00:00:00+00:01",
                           "9999-12-31T23:59:59-00:01",
                           "2026-07-01T10:00:00.Z",
                           "yesterday",
                           ""}) {
    EXPECT_FALSE(ParseRfc3339(text).ok()) << text;
  }
}

TEST(Clock, AJumpShowsAsWallTimeWithoutElapsedTime) {
  ManualClock clock(absl::UnixEpoch());
  clock.Advance(absl::Hours(1));
  EXPECT_EQ(clock.Elapsed(), absl::Hours(1));
  clock.JumpTo(absl::UnixEpoch() + absl::Hours(5));
  EXPECT_EQ(clock.Elapsed(), absl::Hours(1));
  clock.ElapseOnly(absl::Hours(2));
  EXPECT_EQ(clock.Elapsed(), absl::Hours(3));
  EXPECT_EQ(clock.Now(), absl::UnixEpoch() + absl::Hours(5));
}

TEST(Clock, ElapsedTimeOfTheSystemGoesOn) {
  SystemClock clock;
  const absl::Duration first = clock.Elapsed();
  EXPECT_GT(first, absl::ZeroDuration());
  EXPECT_GE(clock.Elapsed(), first);
}

TEST(Clock, ManualClockMovesOnlyWhenTold) {
  ManualClock clock(absl::UnixEpoch());
  EXPECT_EQ(clock.Now(), absl::UnixEpoch());
  clock.Advance(absl::Hours(1));
  EXPECT_EQ(clock.Now(), absl::UnixEpoch() + absl::Hours(1));
}

TEST(Random, TheSameSeedGivesTheSameBytes) {
  EXPECT_EQ(SeededRandom(7).Bytes(20), SeededRandom(7).Bytes(20));
  EXPECT_NE(SeededRandom(7).Bytes(20), SeededRandom(8).Bytes(20));
  EXPECT_EQ(SystemRandom().Bytes(33).size(), 33u);
}

TEST(Problem, ReadsAsOneSentence) {
  EXPECT_EQ(Describe({"future_dated", "occurred_at", "a time that has passed", "correct it"}),
            "future_dated at occurred_at: wanted a time that has passed; correct it");
}

Result<int> Half(int number) {
  if (number % 2 != 0) return Problem{"out_of_range", "number", "an even number", "use another"};
  return number / 2;
}

Result<int> Quarter(int number) {
  WM_ASSIGN_OR_REFUSE(const int half, Half(number));
  return Half(half);
}

TEST(Result, HoldsAValueOrPassesTheProblemOn) {
  EXPECT_EQ(Quarter(8).value(), 2);
  EXPECT_EQ(Quarter(7).problem().field, "number");
  EXPECT_FALSE(Quarter(6).ok());
  EXPECT_DEATH((void)Half(1).value(), "out_of_range at number");
}

}  // namespace
}  // namespace waymark
