#include "libs/calendar/sla_clock.h"

#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/rfc3339.h"

namespace waymark::calendar {
namespace {

using ::testing::HasSubstr;

absl::Time At(std::string_view text) { return ParseRfc3339(text).value(); }

ClockSpec Spec(std::string calendar, std::optional<std::string> length = std::nullopt) {
  return ParseClockSpec({.calendar = std::move(calendar), .length = std::move(length)}).value();
}

ClockSpec Chase(std::vector<int64_t> days, std::string then) {
  return ParseClockSpec({.calendar = "reminders", .days = std::move(days), .then = std::move(then)})
      .value();
}

Owner WithHours(const HoursText& hours) {
  return {.name = "desk", .hours = ParseHours(hours).value()};
}

Owner Office() {
  HoursText hours;
  for (const char* day : {"mon", "tue", "wed", "thu", "fri"}) hours[day] = {{"09:00", "17:00"}};
  Owner owner = WithHours(hours);
  owner.name = "housing";
  owner.cover = "police";
  return owner;
}

Owner Police() { return {.name = "police", .hours = AlwaysOpen(), .works_holidays = true}; }

ClockResult Compute(ClockQuestion question) { return ComputeClock(question).value(); }

// due alone, for tables of cases.
std::string Due(const ClockSpec& spec, const Owner& owner, std::string_view start,
                const Holidays* holidays = nullptr) {
  const Result<ClockResult> clock =
      ComputeClock({.spec = spec, .owner = owner, .start = At(start), .holidays = holidays});
  if (!clock.ok()) return clock.problem().code + " " + clock.problem().field;
  return FormatRfc3339(clock->due);
}

std::string Reminders(const ClockResult& clock) {
  return absl::StrJoin(clock.reminders, " ",
                       [](std::string* out, absl::Time at) { out->append(FormatRfc3339(at)); });
}

std::string Refusal(const ClockSpecText& text) {
  const Result<ClockSpec> spec = ParseClockSpec(text);
  return spec.ok() ? "accepted" : spec.problem().code + " " + spec.problem().field;
}

TEST(Specs, EveryCalendarTakesItsOwnLengths) {
  const auto length = [](const char* calendar, const char* text) {
    return Refusal({.calendar = calendar, .length = text});
  };
  for (const char* text : {"PT24H", "P3D", "P1W", "P1DT12H", "PT90S"}) {
    EXPECT_EQ(length("elapsed", text), "accepted") << text;
  }
  for (const char* text : {"P1M", "P7D", "P1Y2M3W4D"}) {
    EXPECT_EQ(length("civil", text), "accepted") << text;
    EXPECT_EQ(length("review", text), "accepted") << text;
  }
  EXPECT_EQ(length("working", "P3D"), "accepted");
  EXPECT_EQ(length("agency", "PT1H30M"), "accepted");
  const std::pair<const char*, const char*> refused[] = {
      {"elapsed", "P1M"},    {"elapsed", "P1Y"}, {"elapsed", "PT0S"}, {"civil", "PT24H"},
      {"civil", "P0D"},      {"working", "P0D"}, {"working", "P1W"},  {"working", "PT24H"},
      {"working", "P1DT1H"}, {"agency", "P1D"},  {"agency", "PT0M"},  {"review", "PT1H"},
      {"elapsed", "a day"},  {"review", ""}};
  for (const auto& [calendar, text] : refused) {
    EXPECT_EQ(length(calendar, text), "out_of_range clock.length") << calendar << " " << text;
  }
}

TEST(Specs, RefusalsNameTheMember) {
  EXPECT_EQ(Refusal({}), "missing_field clock.calendar");
  EXPECT_EQ(Refusal({.calendar = "lunar"}), "out_of_range clock.calendar");
  EXPECT_EQ(Refusal({.calendar = "elapsed"}), "missing_field clock.length");
  EXPECT_EQ(Refusal({.calendar = "end_of_working_day"}), "accepted");
  EXPECT_EQ(Refusal({.calendar = "end_of_working_day", .length = "P1D"}),
            "unknown_field clock.length");
  EXPECT_EQ(Refusal({.calendar = "civil", .length = "P1D", .then = "P7D"}),
            "unknown_field clock.then");
  EXPECT_EQ(Refusal({.calendar = "civil", .length = "P1D", .days = {{1}}}),
            "unknown_field clock.days");
  EXPECT_EQ(Refusal({.calendar = "reminders", .then = "P7D"}), "missing_field clock.days");
  EXPECT_EQ(Refusal({.calendar = "reminders", .days = {{4, 7}}}), "missing_field clock.then");
  EXPECT_EQ(Refusal({.calendar = "reminders", .days = {{0, 7}}, .then = "P7D"}),
            "out_of_range clock.days[0]");
  EXPECT_EQ(Refusal({.calendar = "reminders", .days = {{4, 4}}, .then = "P7D"}),
            "out_of_range clock.days[1]");
  EXPECT_EQ(Refusal({.calendar = "reminders", .days = {{4}}, .then = "PT7H"}),
            "out_of_range clock.then");
  EXPECT_EQ(Refusal({.calendar = "elapsed", .length = "P1D", .due_soon = "1.01"}),
            "out_of_range clock.due_soon");
  EXPECT_EQ(ParseClockSpec({.calendar = "x"}, "clocks.review").problem().field,
            "clocks.review.calendar");
}

TEST(Specs, DueSoonDefaultsToThePacks) {
  const Fraction half = *Fraction::Parse("0.5");
  const ClockSpecText text{.calendar = "elapsed", .length = "P1D"};
  EXPECT_EQ(ParseClockSpec(text, "clock", half)->due_soon, half);
  EXPECT_EQ(ParseClockSpec(text)->due_soon.Text(), "0.75");
}

TEST(Elapsed, TwentyFourHoursAreExactAcrossAClockChange) {
  EXPECT_EQ(Due(Spec("elapsed", "PT24H"), Police(), "2026-03-28T12:00:00Z"),
            "2026-03-29T12:00:00Z");
  EXPECT_EQ(Due(Spec("elapsed", "P3D"), Police(), "2026-10-24T12:00:00+01:00"),
            "2026-10-27T11:00:00Z");
}

TEST(Elapsed, FractionsOfASecondAreKeptButDueSoonIsWhole) {
  const ClockResult clock = Compute(
      {.spec = Spec("elapsed", "PT1S"), .owner = Police(), .start = At("2026-03-01T10:00:00.5Z")});
  EXPECT_EQ(FormatRfc3339(clock.due), "2026-03-01T10:00:01.5Z");
  EXPECT_EQ(FormatRfc3339(clock.due_soon), "2026-03-01T10:00:01Z");
}

TEST(Civil, WallClockIsKeptAndMonthEndsClamp) {
  EXPECT_EQ(Due(Spec("civil", "P1D"), Police(), "2026-03-28T12:00:00Z"), "2026-03-29T11:00:00Z");
  EXPECT_EQ(Due(Spec("civil", "P1M"), Police(), "2026-01-31T10:00:00Z"), "2026-02-28T10:00:00Z");
  EXPECT_EQ(Due(Spec("civil", "P1M"), Police(), "2028-01-31T10:00:00Z"), "2028-02-29T10:00:00Z");
  EXPECT_EQ(Due(Spec("civil", "P1Y"), Police(), "2028-02-29T10:00:00Z"), "2029-02-28T10:00:00Z");
  EXPECT_EQ(Due(Spec("civil", "P1M1D"), Police(), "2026-01-31T10:00:00Z"), "2026-03-01T10:00:00Z");
  // 23:30 GMT on 30 June is 00:30 BST on 1 July.
  EXPECT_EQ(Due(Spec("civil", "P1M"), Police(), "2026-06-30T23:30:00Z"), "2026-07-31T23:30:00Z");
}

TEST(Civil, ClockChanges) {
  const ClockResult gap = Compute(
      {.spec = Spec("civil", "P1D"), .owner = Police(), .start = At("2026-03-28T01:30:00.5Z")});
  EXPECT_EQ(FormatRfc3339(gap.due), "2026-03-29T01:00:00Z");
  EXPECT_THAT(gap.why, HasSubstr("clocks go forward"));
  EXPECT_EQ(Due(Spec("civil", "P1D"), Police(), "2026-10-24T00:30:00Z"), "2026-10-25T00:30:00Z");
  // Started in the second 01:30 of the night; the next day has one only.
  EXPECT_EQ(Due(Spec("civil", "P1D"), Police(), "2026-10-25T01:30:00Z"), "2026-10-26T01:30:00Z");
}

TEST(Working, DaysAreCountedAfterTheStartsDate) {
  EXPECT_EQ(Due(Spec("working", "P3D"), Office(), "2026-03-02T00:30:00Z"), "2026-03-05T17:00:00Z");
  EXPECT_EQ(Due(Spec("working", "P1D"), Office(), "2026-03-07T10:00:00Z"), "2026-03-09T17:00:00Z");
  // Easter: 3 and 6 April are holidays; 17:00 BST.
  EXPECT_EQ(Due(Spec("working", "P3D"), Office(), "2026-04-02T09:00:00Z"), "2026-04-09T16:00:00Z");
  // Christmas 2026: Friday 25 and Monday 28 December.
  EXPECT_EQ(Due(Spec("working", "P3D"), Office(), "2026-12-23T10:00:00Z"), "2026-12-30T17:00:00Z");
  // 23:30Z on Monday 1 June is already Tuesday in London.
  EXPECT_EQ(Due(Spec("working", "P1D"), Office(), "2026-06-01T23:30:00Z"), "2026-06-03T16:00:00Z");
}

TEST(Working, ClosingTimeIsTheEndOfTheLastPeriod) {
  EXPECT_EQ(Due(Spec("working", "P1D"), Police(), "2026-03-02T10:00:00Z"), "2026-03-04T00:00:00Z");
  EXPECT_EQ(
      Due(Spec("working", "P1D"), WithHours({{"tue", {{"14:00", "18:30"}, {"09:00", "12:00"}}}}),
          "2026-03-02T10:00:00Z"),
      "2026-03-03T18:30:00Z");
}

TEST(Working, OwnerClosedOnTheLastDay) {
  const Owner early_week =
      WithHours({{"mon", {{"09:00", "16:00"}}}, {"tue", {{"09:00", "16:00"}}}});
  // Third working day after Monday 2 March is Thursday; Tuesday is the last open day before.
  EXPECT_EQ(Due(Spec("working", "P3D"), early_week, "2026-03-02T10:00:00Z"),
            "2026-03-03T16:00:00Z");
  // From Tuesday there is none after the start's date: 17:00 on Thursday itself.
  EXPECT_EQ(Due(Spec("working", "P2D"), early_week, "2026-03-03T10:00:00Z"),
            "2026-03-05T17:00:00Z");
  // A Saturday between is an open day too.
  EXPECT_EQ(Due(Spec("working", "P1D"), WithHours({{"sat", {{"10:00", "13:00"}}}}),
                "2026-03-06T10:00:00Z"),
            "2026-03-07T13:00:00Z");
  EXPECT_EQ(Due(Spec("working", "P1D"), {.name = "shut"}, "2026-06-01T10:00:00Z"),
            "2026-06-02T16:00:00Z");
}

TEST(Working, PastTheHorizonDaysAreWorkedButTheFixedDaysStayClosed) {
  const Holidays given =
      ParseHolidays({"2026-12-24", "2026-12-25", "2026-12-28"}, "2026-12-24").value();
  // Thursday 24 is a holiday; Friday 25 and Monday 28 are past the horizon, so both count.
  const ClockResult second = Compute({.spec = Spec("working", "P2D"),
                                      .owner = Office(),
                                      .start = At("2026-12-23T10:00:00Z"),
                                      .holidays = &given});
  EXPECT_EQ(FormatRfc3339(second.due), "2026-12-28T17:00:00Z");
  EXPECT_TRUE(second.beyond_horizon);
  // The first is Christmas Day itself; the owner is closed then and has no open day before.
  EXPECT_EQ(Due(Spec("working", "P1D"), Office(), "2026-12-23T10:00:00Z", &given),
            "2026-12-25T17:00:00Z");
  const Holidays to_eve = ParseHolidays({}, "2026-12-24").value();
  const ClockResult eve = Compute({.spec = Spec("working", "P2D"),
                                   .owner = Office(),
                                   .start = At("2026-12-23T10:00:00Z"),
                                   .holidays = &to_eve});
  EXPECT_EQ(FormatRfc3339(eve.due), "2026-12-24T17:00:00Z");
  EXPECT_FALSE(eve.beyond_horizon) << "what counts is the date of due";
}

TEST(Agency, OpenTimeOnly) {
  EXPECT_EQ(Due(Spec("agency", "PT60M"), Office(), "2026-03-06T16:30:00Z"), "2026-03-09T09:30:00Z");
  EXPECT_EQ(Due(Spec("agency", "PT60M"), Office(), "2026-03-06T16:00:00Z"), "2026-03-06T17:00:00Z");
  EXPECT_EQ(Due(Spec("agency", "PT60M"), Office(), "2026-03-06T18:00:00Z"), "2026-03-09T10:00:00Z");
  EXPECT_EQ(Due(Spec("agency", "PT60M"), Police(), "2026-03-29T00:30:00Z"), "2026-03-29T01:30:00Z");
}

TEST(Agency, FourHundredDaysAreTheLimit) {
  const Owner minute = WithHours({{"wed", {{"12:00", "12:01"}}}});
  // 57 Wednesdays in the 400 days from Monday 2 February 2026, none of them a holiday.
  EXPECT_EQ(Due(Spec("agency", "PT57M"), minute, "2026-02-02T00:00:00Z"), "2027-03-03T12:01:00Z");
  EXPECT_EQ(Due(Spec("agency", "PT58M"), minute, "2026-02-02T00:00:00Z"), "out_of_range owner");
  EXPECT_EQ(Due(Spec("agency", "PT1S"), {.name = "shut"}, "2026-02-02T00:00:00Z"),
            "out_of_range owner");
}

TEST(EndOfWorkingDay, ClosingTimeStillAheadOrTheNextOpenDays) {
  const ClockSpec spec = Spec("end_of_working_day");
  EXPECT_EQ(Due(spec, Office(), "2026-03-04T10:00:00Z"), "2026-03-04T17:00:00Z");
  EXPECT_EQ(Due(spec, Office(), "2026-03-04T05:00:00Z"), "2026-03-04T17:00:00Z");
  EXPECT_EQ(Due(spec, Office(), "2026-03-04T17:00:00Z"), "2026-03-05T17:00:00Z");
  EXPECT_EQ(Due(spec, Office(), "2026-03-06T17:30:00Z"), "2026-03-09T17:00:00Z");
  EXPECT_EQ(Due(spec, Office(), "2026-03-07T10:00:00Z"), "2026-03-09T17:00:00Z");
  EXPECT_EQ(Due(spec, Office(), "2026-12-24T17:00:00Z"), "2026-12-29T17:00:00Z");
  EXPECT_EQ(Due(spec, Police(), "2026-03-04T10:00:00Z"), "2026-03-05T00:00:00Z");
  EXPECT_EQ(Due(spec, {.name = "shut"}, "2026-03-04T10:00:00Z"), "out_of_range owner");
}

TEST(Review, MovesBackToAnOpenDay) {
  EXPECT_EQ(Due(Spec("review", "P7D"), Office(), "2026-03-04T10:00:00Z"), "2026-03-11T10:00:00Z");
  EXPECT_EQ(Due(Spec("review", "P7D"), Office(), "2026-12-18T10:00:00Z"), "2026-12-24T10:00:00Z");
  // Easter Monday: back over Sunday, Saturday and Good Friday to Thursday 2 April.
  EXPECT_EQ(Due(Spec("review", "P7D"), Office(), "2026-03-30T09:00:00Z"), "2026-04-02T09:00:00Z");
  EXPECT_EQ(Due(Spec("review", "P1M"), Office(), "2026-01-31T10:00:00Z"), "2026-02-27T10:00:00Z");
}

TEST(Review, NeverOnOrBeforeTheStartsDate) {
  EXPECT_EQ(Due(Spec("review", "P1D"), Office(), "2026-03-06T10:00:00Z"), "2026-03-07T10:00:00Z");
  EXPECT_EQ(Due(Spec("review", "P2D"), Office(), "2026-03-06T10:00:00Z"), "2026-03-08T10:00:00Z");
  EXPECT_EQ(Due(Spec("review", "P7D"), {.name = "shut"}, "2026-03-06T10:00:00Z"),
            "2026-03-13T10:00:00Z");
}

TEST(Reminders, OnTheStartsWallClockForEver) {
  ClockQuestion question{
      .spec = Chase({4, 7, 10, 14}, "P7D"), .owner = Office(), .start = At("2026-03-20T10:00:00Z")};
  const ClockResult first = Compute(question);
  EXPECT_EQ(Reminders(first),
            "2026-03-24T10:00:00Z 2026-03-27T10:00:00Z 2026-03-30T09:00:00Z "
            "2026-04-03T09:00:00Z 2026-04-10T09:00:00Z 2026-04-17T09:00:00Z");
  EXPECT_EQ(FormatRfc3339(first.due), "2026-03-24T10:00:00Z");
  EXPECT_EQ(FormatRfc3339(first.due_soon), "2026-03-23T10:00:00Z");

  question.now = At("2026-03-24T10:00:00Z");
  question.reminder_count = 1;
  const ClockResult second = Compute(question);
  EXPECT_EQ(FormatRfc3339(second.due), "2026-03-27T10:00:00Z") << "after now, not at it";
  EXPECT_EQ(FormatRfc3339(second.due_soon), "2026-03-26T16:00:00Z") << "from the one before";
  EXPECT_EQ(Reminders(second), "2026-03-24T10:00:00Z");
  EXPECT_EQ(second.standing.state, ClockState::kRunning);

  question.now = At("2026-12-31T00:00:00Z");
  EXPECT_EQ(FormatRfc3339(Compute(question).due), "2027-01-01T10:00:00Z");
}

TEST(Reminders, ThenCountsFromTheOneBefore) {
  const ClockResult clock = Compute({.spec = Chase({}, "P1M"),
                                     .owner = Office(),
                                     .start = At("2026-01-31T10:00:00Z"),
                                     .reminder_count = 3});
  EXPECT_EQ(Reminders(clock), "2026-02-28T10:00:00Z 2026-03-28T10:00:00Z 2026-04-28T09:00:00Z");
}

TEST(Reminders, AGapMovesOneReminderOnly) {
  const ClockResult clock = Compute({.spec = Chase({1}, "P1D"),
                                     .owner = Office(),
                                     .start = At("2026-03-28T01:30:00Z"),
                                     .reminder_count = 2});
  EXPECT_EQ(Reminders(clock), "2026-03-29T01:00:00Z 2026-03-30T00:30:00Z");
}

TEST(Reminders, CountIsBounded) {
  ClockQuestion question{.spec = Chase({4}, "P7D"),
                         .owner = Office(),
                         .start = At("2026-03-20T10:00:00Z"),
                         .reminder_count = -1};
  EXPECT_EQ(ComputeClock(question).problem().field, "count");
  question.reminder_count = 10'001;
  EXPECT_EQ(ComputeClock(question).problem().field, "count");
  question.reminder_count = 0;
  EXPECT_EQ(Reminders(Compute(question)), "");
}

TEST(Cover, AHighOnFridayEveningIsHandedOverWhenDueBeforeMonday) {
  ClockQuestion question{
      .spec = Spec("elapsed", "PT24H"), .owner = Office(), .start = At("2026-03-06T18:00:00Z")};
  const ClockResult profile = Compute(question);
  EXPECT_EQ(FormatRfc3339(profile.due), "2026-03-07T18:00:00Z");
  EXPECT_EQ(FormatRfc3339(profile.due_soon), "2026-03-07T12:00:00Z");
  EXPECT_EQ(profile.owner, "housing");
  EXPECT_EQ(profile.handed_to, "police");
  EXPECT_THAT(profile.why, HasSubstr("passes to police"));

  question.spec = Spec("elapsed", "PT72H");
  EXPECT_EQ(Compute(question).handed_to, std::nullopt) << "Monday's open hours lie before due";
}

TEST(Cover, BoundsAreStartIncludedAndDueExcluded) {
  const auto handed = [](std::string_view start, const char* length) {
    return Compute({.spec = Spec("elapsed", length), .owner = Office(), .start = At(start)})
        .handed_to.has_value();
  };
  EXPECT_TRUE(handed("2026-03-06T17:00:00Z", "PT64H")) << "due at Monday's opening";
  EXPECT_FALSE(handed("2026-03-06T17:00:00Z", "PT64H1S"));
  EXPECT_FALSE(handed("2026-03-06T16:59:59Z", "PT24H"));
  EXPECT_TRUE(handed("2026-04-02T16:00:00Z", "P4D")) << "the whole of Easter";
}

TEST(Cover, WithoutOneTheDutyStays) {
  Owner owner = Office();
  owner.cover.reset();
  EXPECT_EQ(
      Compute(
          {.spec = Spec("elapsed", "PT24H"), .owner = owner, .start = At("2026-03-06T18:00:00Z")})
          .handed_to,
      std::nullopt);
}

TEST(Standing, FollowsNowAndTheStop) {
  const absl::Time due = At("2026-03-02T10:00:00Z"), soon = At("2026-03-02T04:00:00Z");
  const auto at = [&](std::string_view now) { return StandingAt(due, soon, At(now), {}); };
  const auto plain = [](ClockState state) { return ClockStanding{state, std::nullopt}; };
  EXPECT_EQ(StandingAt(due, soon, {}, {}), plain(ClockState::kRunning));
  EXPECT_EQ(at("2026-03-02T03:59:59.9Z"), plain(ClockState::kRunning));
  EXPECT_EQ(at("2026-03-02T04:00:00Z"), plain(ClockState::kDueSoon));
  EXPECT_EQ(at("2026-03-02T10:00:00Z"), plain(ClockState::kDueSoon));
  EXPECT_EQ(at("2026-03-02T10:00:00.9Z"), (ClockStanding{ClockState::kBreached, 0}));
  EXPECT_EQ(at("2026-03-02T11:00:01.9Z"), (ClockStanding{ClockState::kBreached, 3601}));
  const auto stopped = [&](std::string_view stop) {
    return StandingAt(due, soon, At("2027-01-01T00:00:00Z"), At(stop));
  };
  EXPECT_EQ(stopped("2026-03-02T09:00:00Z"), (ClockStanding{ClockState::kDischarged, 0}));
  EXPECT_EQ(stopped("2026-03-02T10:01:30.5Z"), (ClockStanding{ClockState::kDischarged, 90}));
}

TEST(Horizon, IsMarkedForEveryCalendar) {
  const Holidays given = ParseHolidays({}, "2026-03-31").value();
  const auto beyond = [&](std::string_view start) {
    return Compute({.spec = Spec("elapsed", "PT1H"),
                    .owner = Police(),
                    .start = At(start),
                    .holidays = &given})
        .beyond_horizon;
  };
  EXPECT_FALSE(beyond("2026-03-31T21:59:59Z"));
  EXPECT_TRUE(beyond("2026-03-31T22:00:00Z")) << "midnight in London";
}

TEST(FarFuture, IsRefusedBeforeItCannotBeWritten) {
  EXPECT_EQ(Due(Spec("elapsed", "P3D"), Police(), "9999-12-30T00:00:00Z"),
            "out_of_range clock.length");
  EXPECT_EQ(Due(Spec("civil", "P999999999Y"), Police(), "2026-01-01T00:00:00Z"),
            "out_of_range clock.length");
  EXPECT_EQ(Due(Spec("review", "P8000Y"), Police(), "2026-01-01T00:00:00Z"),
            "out_of_range clock.length");
  EXPECT_EQ(Due(Spec("working", "P999999999D"), Police(), "2026-01-01T00:00:00Z"),
            "out_of_range clock.length");
  EXPECT_EQ(Due(Chase({999'999'999}, "P7D"), Police(), "2026-01-01T00:00:00Z"),
            "out_of_range clock.days[0]");
  EXPECT_EQ(Due(Chase({}, "P9000Y"), Police(), "2026-01-01T00:00:00Z"), "out_of_range clock.then");
}

TEST(Why, SaysHowTheInstantCameAbout) {
  const ClockResult clock = Compute(
      {.spec = Spec("working", "P3D"), .owner = Office(), .start = At("2026-04-02T09:00:00Z")});
  EXPECT_EQ(clock.why,
            "3 working days after Thu 02 Apr 2026: Thu 09 Apr 2026, at the owner's closing time.");
}

}  // namespace
}  // namespace waymark::calendar
