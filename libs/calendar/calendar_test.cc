#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/rfc3339.h"
#include "libs/calendar/civil.h"
#include "libs/calendar/holidays.h"
#include "libs/calendar/length.h"
#include "libs/calendar/owner.h"

namespace waymark::calendar {
namespace {

using ::testing::ElementsAre;

absl::Time At(std::string_view text) { return ParseRfc3339(text).value(); }

std::string Text(std::optional<absl::Time> at) {
  return at.has_value() ? FormatRfc3339(*at) : "none";
}

OpeningHours Weekdays(const std::string& from, const std::string& to) {
  HoursText hours;
  for (const char* day : {"mon", "tue", "wed", "thu", "fri"}) hours[day] = {{from, to}};
  return ParseHours(hours).value();
}

Owner Office() {
  return {.name = "housing", .hours = Weekdays("09:00", "17:00"), .cover = "police"};
}

TEST(Civil, ZoneDataIsThere) { EXPECT_TRUE(CheckTimeZoneData().ok()); }

TEST(Civil, LondonDateChangesAtLondonMidnight) {
  EXPECT_EQ(LondonDate(At("2026-07-01T22:59:59Z")), absl::CivilDay(2026, 7, 1));
  EXPECT_EQ(LondonDate(At("2026-07-01T23:00:00Z")), absl::CivilDay(2026, 7, 2));
  EXPECT_EQ(LondonDate(At("2026-01-01T23:59:59Z")), absl::CivilDay(2026, 1, 1));
}

TEST(Civil, ATimeInTheGapIsTheFirstInstantAfterIt) {
  // On 29 March 2026 the clocks go from 01:00 GMT to 02:00 BST.
  EXPECT_EQ(FromLondon(absl::CivilSecond(2026, 3, 29, 1, 30, 0), absl::Milliseconds(250)),
            At("2026-03-29T01:00:00Z"));
  EXPECT_EQ(FromLondon(absl::CivilSecond(2026, 3, 29, 0, 59, 59)), At("2026-03-29T00:59:59Z"));
  EXPECT_EQ(FromLondon(absl::CivilSecond(2026, 3, 29, 2, 0, 0)), At("2026-03-29T01:00:00Z"));
}

TEST(Civil, ATimeThatOccursTwiceIsItsFirstOccurrence) {
  // On 25 October 2026 the clocks go from 02:00 BST back to 01:00 GMT.
  EXPECT_EQ(FromLondon(absl::CivilSecond(2026, 10, 25, 1, 30, 0)), At("2026-10-25T00:30:00Z"));
  EXPECT_EQ(FromLondon(absl::CivilSecond(2026, 10, 25, 2, 0, 0)), At("2026-10-25T02:00:00Z"));
}

TEST(Civil, MonthsClampAtTheirEnd) {
  EXPECT_EQ(AddMonths(absl::CivilDay(2026, 1, 31), 1), absl::CivilDay(2026, 2, 28));
  EXPECT_EQ(AddMonths(absl::CivilDay(2028, 1, 31), 1), absl::CivilDay(2028, 2, 29));
  EXPECT_EQ(AddMonths(absl::CivilDay(2028, 2, 29), 12), absl::CivilDay(2029, 2, 28));
  EXPECT_EQ(AddMonths(absl::CivilDay(2026, 5, 31), -3), absl::CivilDay(2026, 2, 28));
  EXPECT_EQ(AddMonths(absl::CivilDay(2026, 1, 15), -1), absl::CivilDay(2025, 12, 15));
}

TEST(Civil, SubtractingMonthsKeepsTheWallClock) {
  EXPECT_EQ(SubtractCivilMonths(At("2026-05-31T09:00:00.5Z"), 3), At("2026-02-28T10:00:00.5Z"));
  EXPECT_EQ(SubtractCivilMonths(At("2026-06-29T00:30:00Z"), 3), At("2026-03-29T01:00:00Z"));
  EXPECT_EQ(SubtractCivilMonths(At("2027-01-25T01:30:00Z"), 3), At("2026-10-25T00:30:00Z"));
}

TEST(Civil, PeriodOfMonthsIncludesItsFirstDay) {
  EXPECT_EQ(LastDayOfPeriod(absl::CivilDay(2026, 1, 10), 6), absl::CivilDay(2026, 7, 9));
  EXPECT_EQ(LastDayOfPeriod(absl::CivilDay(2026, 1, 1), 1), absl::CivilDay(2026, 1, 31));
  EXPECT_EQ(LastDayOfPeriod(absl::CivilDay(2026, 8, 31), 6), absl::CivilDay(2027, 2, 28));
  EXPECT_EQ(LastDayOfPeriod(absl::CivilDay(2026, 8, 28), 6), absl::CivilDay(2027, 2, 27));
  EXPECT_EQ(LastDayOfPeriod(absl::CivilDay(2027, 8, 29), 6), absl::CivilDay(2028, 2, 28));
  EXPECT_EQ(LastDayOfPeriod(absl::CivilDay(2027, 8, 30), 6), absl::CivilDay(2028, 2, 29));
  const absl::CivilDay first(2026, 1, 10);
  EXPECT_FALSE(InPeriodOfMonths(absl::CivilDay(2026, 1, 9), first, 6));
  EXPECT_TRUE(InPeriodOfMonths(first, first, 6));
  EXPECT_TRUE(InPeriodOfMonths(absl::CivilDay(2026, 7, 9), first, 6));
  EXPECT_FALSE(InPeriodOfMonths(absl::CivilDay(2026, 7, 10), first, 6));
}

TEST(Civil, DatesHaveOneShape) {
  EXPECT_EQ(ParseDate("2028-02-29"), absl::CivilDay(2028, 2, 29));
  for (const char* text : {"2026-02-29", "2026-13-01", "2026-00-10", "2026-1-1", "26-01-01", "",
                           "2026-01-01T00:00:00Z", "2026/01/01", "2026-01-0x"}) {
    EXPECT_EQ(ParseDate(text), std::nullopt) << text;
  }
}

TEST(Lengths, ReadAndWritten) {
  for (const char* text : {"PT24H", "P3D", "P1M", "P1Y2M3W4D", "PT60M", "P1DT2H3M4S", "PT1S"}) {
    const std::optional<Length> length = ParseLength(text);
    ASSERT_TRUE(length.has_value()) << text;
    EXPECT_EQ(FormatLength(*length), text);
  }
  EXPECT_EQ(ParseLength("P1M")->months, 1);
  EXPECT_EQ(ParseLength("PT1M")->minutes, 1);
  EXPECT_EQ(ParseLength("P1W2DT3H")->Exact(), absl::Hours(9 * 24 + 3));
  EXPECT_TRUE(ParseLength("PT0S")->IsZero());
}

TEST(Lengths, RefusesWhatIsNoLength) {
  for (const char* text :
       {"",     "P",     "PT",     "P1DT",  "24H",          "pt24h",     "P-1D",
        "+P1D", "P1.5D", "PT1,5H", "P1D2M", "P1D1D",        "PT1D",      "P1H",
        "P1",   "PD",    " P1D",   "P1D ",  "P1234567890D", "P1DT1HT1M", "three days"}) {
    EXPECT_EQ(ParseLength(text), std::nullopt) << text;
  }
}

TEST(Lengths, YearsAndMonthsAreAddedBeforeDays) {
  EXPECT_EQ(AddCivil(absl::CivilDay(2026, 1, 31), *ParseLength("P1M1D")),
            absl::CivilDay(2026, 3, 1));
  EXPECT_EQ(AddCivil(absl::CivilDay(2026, 1, 31), *ParseLength("P1Y1M2W")),
            absl::CivilDay(2027, 3, 14));
}

TEST(Fractions, ReadAsExactDecimals) {
  const std::pair<const char*, const char*> cases[] = {
      {"0.75", "0.75"}, {"7.5e-1", "0.75"}, {"75E-2", "0.75"},   {"0.7500", "0.75"},
      {"1", "1"},       {"1.000", "1"},     {"0.1e1", "1"},      {"10e-1", "1"},
      {"0.05", "0.05"}, {"5e-2", "0.05"},   {"1e-40", "0.1e-39"}};
  for (const auto& [text, wanted] : cases) {
    const std::optional<Fraction> fraction = Fraction::Parse(text);
    ASSERT_TRUE(fraction.has_value()) << text;
    EXPECT_EQ(fraction->Text(), wanted) << text;
  }
  EXPECT_EQ(Fraction(), *Fraction::Parse("0.75"));
}

TEST(Fractions, RefusesWhatIsOutsideOrNoNumber) {
  for (const char* text :
       {"0", "0.0", "0e5", "-0.5", "1.01", "1.0000000000000000000000000001", "10", "2e0", "0.1e2",
        "", ".5", "1.", "00.5", "0.5x", "0.5e", "NaN", "1e999999999999999999999"}) {
    EXPECT_EQ(Fraction::Parse(text), std::nullopt) << text;
  }
}

TEST(Fractions, NoBinaryRounding) {
  const absl::Time from = absl::UnixEpoch();
  const auto seconds = [&](const char* fraction, int64_t whole) {
    return absl::ToUnixSeconds(
        Fraction::Parse(fraction)->Between(from, from + absl::Seconds(whole)));
  };
  // In binary 0.07 x 100 is 7.000000000000001 and 0.29 x 100 is 28.999999999999996.
  EXPECT_EQ(seconds("0.29", 100), 29);
  EXPECT_EQ(seconds("0.07", 100), 7);
  EXPECT_EQ(seconds("0.57", 100), 57);
  EXPECT_EQ(seconds("0.7", 10), 7);
  EXPECT_EQ(seconds("0.3333333333333333333333333333333333333333", 3), 0);
  EXPECT_EQ(seconds("0.9999999999999999999999999999999999999999", 86400), 86399);
  EXPECT_EQ(seconds("1e-1000000000", 86400), 0);
  EXPECT_EQ(seconds("1", 86400), 86400);
}

TEST(Fractions, RoundDownToWholeSecondsOnBothSidesOfTheEpoch) {
  const Fraction half = *Fraction::Parse("0.5");
  EXPECT_EQ(half.Between(At("2026-01-01T00:00:00.5Z"), At("2026-01-01T00:00:03.5Z")),
            At("2026-01-01T00:00:02Z"));
  EXPECT_EQ(half.Between(At("2026-01-01T00:00:00.6Z"), At("2026-01-01T00:00:03.6Z")),
            At("2026-01-01T00:00:02Z"));
  EXPECT_EQ(half.Between(At("1969-12-31T23:59:55Z"), At("1969-12-31T23:59:58Z")),
            At("1969-12-31T23:59:56Z"));
}

TEST(BankHolidays, OneOffDaysAndSubstitutes) {
  for (const absl::CivilDay day :
       {absl::CivilDay(2010, 12, 28), absl::CivilDay(2011, 4, 29), absl::CivilDay(2012, 6, 5),
        absl::CivilDay(2020, 5, 8), absl::CivilDay(2022, 6, 3), absl::CivilDay(2022, 9, 19),
        absl::CivilDay(2023, 5, 8), absl::CivilDay(2026, 12, 28), absl::CivilDay(2028, 1, 3)}) {
    EXPECT_TRUE(EnglandAndWales().IsBankHoliday(day)) << day;
  }
  for (const absl::CivilDay day : {absl::CivilDay(2012, 5, 28), absl::CivilDay(2020, 5, 4),
                                   absl::CivilDay(2022, 5, 30), absl::CivilDay(2026, 12, 26)}) {
    EXPECT_FALSE(EnglandAndWales().IsBankHoliday(day)) << day;
  }
  EXPECT_EQ(EnglandAndWales().horizon(), absl::CivilDay(2028, 12, 31));
}

TEST(BankHolidays, EveryYearOfTheTableKeepsTheRulesOfTheAct) {
  for (int year = 2010; year <= 2028; ++year) {
    int weekday_holidays = 0;
    for (absl::CivilDay day(year, 1, 1); day.year() == year; ++day) {
      if (!EnglandAndWales().IsBankHoliday(day)) continue;
      ++weekday_holidays;
      EXPECT_LT(absl::GetWeekday(day), absl::Weekday::saturday) << day;
    }
    EXPECT_GE(weekday_holidays, 8) << year;
    EXPECT_TRUE(EnglandAndWales().IsBankHoliday(
        absl::PrevWeekday(absl::CivilDay(year, 9, 1), absl::Weekday::monday)))
        << "last Monday in August " << year;
  }
}

TEST(BankHolidays, GivenDatesPastTheHorizonAreNone) {
  const Result<Holidays> holidays =
      ParseHolidays({"2027-05-03", "2026-12-25", "2028-05-01"}, "2027-12-31");
  ASSERT_TRUE(holidays.ok());
  EXPECT_TRUE(holidays->IsBankHoliday(absl::CivilDay(2026, 12, 25)));
  EXPECT_TRUE(holidays->IsBankHoliday(absl::CivilDay(2027, 5, 3)));
  EXPECT_FALSE(holidays->IsBankHoliday(absl::CivilDay(2028, 5, 1)));
  EXPECT_EQ(ParseHolidays({"2026-12-25", "2026-02-30"}, "2027-12-31").problem().field,
            "holidays.dates[1]");
  EXPECT_EQ(ParseHolidays({}, "2027").problem().field, "holidays.horizon");
}

TEST(Hours, RefusalsNameTheSmallestWrongValue) {
  const auto problem = [](const HoursText& hours) {
    const Problem refused = ParseHours(hours).problem();
    return refused.code + " " + refused.field;
  };
  EXPECT_EQ(problem({{"mon", {{"17:00", "09:00"}}}}), "out_of_range owner.hours.mon[0]");
  EXPECT_EQ(problem({{"mon", {{"09:00", "09:00"}}}}), "out_of_range owner.hours.mon[0]");
  EXPECT_EQ(problem({{"tue", {{"09:00", "12:00"}, {"11:59", "17:00"}}}}),
            "out_of_range owner.hours.tue");
  EXPECT_EQ(problem({{"wed", {{"09:00", "12:00"}, {"13:00", "24:01"}}}}),
            "out_of_range owner.hours.wed[1][1]");
  EXPECT_EQ(problem({{"wed", {{"9:00", "12:00"}}}}), "out_of_range owner.hours.wed[0][0]");
  EXPECT_EQ(problem({{"thu", {{"09:60", "12:00"}}}}), "out_of_range owner.hours.thu[0][0]");
  EXPECT_EQ(problem({{"monday", {}}}), "unknown_field owner.hours.monday");
  EXPECT_EQ(ParseHours({{"sun", {{"x", "y"}}}}, "agencies.fire.hours").problem().field,
            "agencies.fire.hours.sun[0][0]");
}

TEST(Hours, PeriodsThatTouchAreFineAndAreSorted) {
  const Result<OpeningHours> hours =
      ParseHours({{"sun", {{"12:00", "24:00"}, {"00:00", "12:00"}}}});
  ASSERT_TRUE(hours.ok());
  EXPECT_THAT(hours->days[6], ElementsAre(Period{0, 720}, Period{720, 1440}));
}

TEST(Open, HoursAreLondonTimeAndTheClosingInstantIsClosed) {
  const Owner office = Office();
  const Holidays& holidays = EnglandAndWales();
  EXPECT_TRUE(IsOpen(office, holidays, At("2026-07-01T08:00:00Z")));
  EXPECT_FALSE(IsOpen(office, holidays, At("2026-07-01T07:59:59Z")));
  EXPECT_TRUE(IsOpen(office, holidays, At("2026-07-01T15:59:59Z")));
  EXPECT_FALSE(IsOpen(office, holidays, At("2026-07-01T16:00:00Z")));
  EXPECT_FALSE(IsOpen(office, holidays, At("2026-07-04T10:00:00Z"))) << "Saturday";
  EXPECT_FALSE(IsOpen(office, holidays, At("2026-08-31T10:00:00Z"))) << "bank holiday";
}

TEST(Open, ChristmasItselfIsClosedWhateverWeekdayUnlessHolidaysAreWorked) {
  Owner owner{.name = "desk", .hours = AlwaysOpen()};
  const Holidays& holidays = EnglandAndWales();
  // In 2027 the 25th and 26th are Saturday and Sunday; the 27th and 28th are the substitutes.
  for (const char* day : {"25", "26", "27", "28"}) {
    EXPECT_FALSE(IsOpen(owner, holidays, At(absl::StrCat("2027-12-", day, "T12:00:00Z")))) << day;
  }
  EXPECT_TRUE(IsOpen(owner, holidays, At("2027-12-29T12:00:00Z")));
  EXPECT_FALSE(IsOpen(owner, holidays, At("2040-01-01T12:00:00Z"))) << "past the horizon";
  owner.works_holidays = true;
  EXPECT_TRUE(IsOpen(owner, holidays, At("2027-12-25T12:00:00Z")));
}

TEST(Open, PeriodsInAClockChange) {
  const auto sunday = [](const std::string& from, const std::string& to, absl::CivilDay day) {
    const Owner owner{.name = "desk", .hours = ParseHours({{"sun", {{from, to}}}}).value()};
    std::string text;
    for (const OpenStretch& stretch : OpenOn(owner, EnglandAndWales(), day)) {
      absl::StrAppend(&text, FormatRfc3339(stretch.open), "/", FormatRfc3339(stretch.close));
    }
    return text;
  };
  const absl::CivilDay spring(2026, 3, 29), autumn(2026, 10, 25);
  EXPECT_EQ(sunday("00:30", "01:30", spring), "2026-03-29T00:30:00Z/2026-03-29T01:00:00Z");
  EXPECT_EQ(sunday("01:30", "03:00", spring), "2026-03-29T01:00:00Z/2026-03-29T02:00:00Z");
  EXPECT_EQ(sunday("01:00", "02:00", spring), "");
  EXPECT_EQ(sunday("00:00", "24:00", spring), "2026-03-29T00:00:00Z/2026-03-29T23:00:00Z");
  EXPECT_EQ(sunday("00:30", "01:30", autumn), "2026-10-24T23:30:00Z/2026-10-25T00:30:00Z");
  EXPECT_EQ(sunday("01:30", "03:00", autumn), "2026-10-25T00:30:00Z/2026-10-25T03:00:00Z");
  EXPECT_EQ(sunday("00:00", "24:00", autumn), "2026-10-24T23:00:00Z/2026-10-26T00:00:00Z");
}

TEST(Open, NextOpeningOverAWeekendAndEaster) {
  const Owner office = Office();
  const Holidays& holidays = EnglandAndWales();
  EXPECT_EQ(Text(NextOpening(office, holidays, At("2026-03-06T18:00:00Z"))),
            "2026-03-09T09:00:00Z");
  EXPECT_EQ(Text(NextOpening(office, holidays, At("2026-03-06T10:30:00Z"))),
            "2026-03-06T10:30:00Z");
  // Good Friday 3 April to Easter Monday 6 April 2026.
  EXPECT_EQ(Text(NextOpening(office, holidays, At("2026-04-02T16:00:00Z"))),
            "2026-04-07T08:00:00Z");
  EXPECT_EQ(Text(NextOpening({.name = "shut"}, holidays, At("2026-03-06T18:00:00Z"))), "none");
}

TEST(Open, NightShiftIsOneStretchOfOpenTimeAcrossMidnight) {
  const Owner night{
      .name = "wardens",
      .hours = ParseHours({{"fri", {{"22:00", "24:00"}}}, {"sat", {{"00:00", "06:00"}}}}).value()};
  const absl::Time from = At("2026-03-06T21:00:00Z");
  EXPECT_EQ(Text(AfterOpenTime(night, EnglandAndWales(), from, absl::Hours(3))),
            "2026-03-07T01:00:00Z");
  EXPECT_EQ(OpenTime(night, EnglandAndWales(), from, from + absl::Hours(24)), absl::Hours(8));
  EXPECT_TRUE(IsOpen(night, EnglandAndWales(), At("2026-03-07T00:00:00Z")));
}

TEST(Open, FirstFullHourForAConference) {
  const Owner office = Office();
  const Holidays& holidays = EnglandAndWales();
  const auto hour = [&](const Owner& owner, std::string_view from, std::string_view due) {
    return Text(FirstFullHourOpen(owner, holidays, At(from), absl::Hours(2), At(due)));
  };
  EXPECT_EQ(hour(office, "2026-03-04T10:00:00Z", "2026-03-06T10:00:00Z"), "2026-03-04T12:00:00Z");
  EXPECT_EQ(hour(office, "2026-03-04T10:00:01Z", "2026-03-06T10:00:00Z"), "2026-03-04T13:00:00Z");
  EXPECT_EQ(hour(office, "2026-03-04T15:00:00Z", "2026-03-06T10:00:00Z"), "2026-03-05T09:00:00Z");
  EXPECT_EQ(hour(office, "2026-03-06T18:00:00Z", "2026-03-09T09:00:00Z"), "2026-03-09T09:00:00Z");
  EXPECT_EQ(hour(office, "2026-03-06T18:00:00Z", "2026-03-09T08:59:59Z"), "none");
  const Owner half_past{.name = "desk", .hours = Weekdays("09:30", "17:00")};
  EXPECT_EQ(hour(half_past, "2026-03-04T05:00:00Z", "2026-03-06T10:00:00Z"),
            "2026-03-04T10:00:00Z");
  const Owner always{.name = "police", .hours = AlwaysOpen(), .works_holidays = true};
  // Both occurrences of 01:00 are full hours when the clocks go back.
  EXPECT_EQ(hour(always, "2026-10-24T22:10:00Z", "2026-10-26T00:00:00Z"), "2026-10-25T01:00:00Z");
}

}  // namespace
}  // namespace waymark::calendar
