// What must hold for every start, owner and length. A failure prints the seed that repeats it.
#include <gtest/gtest.h>
#include <rapidcheck.h>
// After the two above, which it needs.
#include <rapidcheck/gtest.h>

#include "libs/calendar/civil.h"
#include "libs/calendar/sla_clock.h"

namespace waymark::calendar {
namespace {

const absl::Time kFirst = absl::FromUnixSeconds(1'262'304'000);  // 2010-01-01
constexpr int64_t kSpanSeconds = int64_t{18} * 365 * 86'400;

// Evenly over [low, high) from the first try on; rapidcheck alone begins near `low`.
int64_t Any(int64_t low, int64_t high) {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(low, high));
}

absl::Time AnyStart() { return kFirst + absl::Seconds(Any(0, kSpanSeconds)); }

// Hours before and around the nights on which clocks change, where civil time is hardest.
absl::Time AnyStartNearAClockChange() {
  const auto year = Any(2010, 2028);
  const auto month = *rc::gen::element(3, 10);
  const absl::CivilDay sunday =
      absl::PrevWeekday(absl::CivilDay(year, month + 1, 1), absl::Weekday::sunday);
  return FromLondon(absl::CivilSecond(sunday)) + absl::Seconds(Any(-3 * 86'400, 86'400));
}

absl::Time Start() { return *rc::gen::arbitrary<bool>() ? AnyStart() : AnyStartNearAClockChange(); }

Owner AnyOwner() {
  Owner owner{.name = "desk", .cover = "police"};
  for (std::vector<Period>& periods : owner.hours.days) {
    int64_t from = Any(0, 1440);
    for (int64_t left = Any(0, 3); left > 0 && from < 1440; --left) {
      const int64_t to = Any(from + 1, 1441);
      periods.push_back({static_cast<int>(from), static_cast<int>(to)});
      from = std::min<int64_t>(1440, to + Any(0, 300));
    }
  }
  owner.works_holidays = *rc::gen::arbitrary<bool>();
  return owner;
}

Owner Office() {
  Owner owner{.name = "office"};
  for (size_t day = 0; day < 5; ++day) owner.hours.days[day] = {{9 * 60, 17 * 60}};
  return owner;
}

ClockSpec AnySpec() {
  ClockSpec spec;
  spec.calendar = *rc::gen::element(
      CalendarKind::kElapsed, CalendarKind::kCivil, CalendarKind::kWorking, CalendarKind::kAgency,
      CalendarKind::kEndOfWorkingDay, CalendarKind::kReview, CalendarKind::kReminders);
  const auto count = Any(1, 40);
  (spec.calendar == CalendarKind::kAgency ? spec.length.minutes : spec.length.days) = count;
  spec.days = {count, count + 3};
  spec.then.days = 7;
  spec.due_soon = *Fraction::Parse("0." + std::to_string(Any(1, 1'000'000'000)));
  return spec;
}

RC_GTEST_PROP(Property, DueSoonNeverLiesAfterDueAndDueNeverBeforeTheStart, ()) {
  const ClockQuestion question{.spec = AnySpec(), .owner = AnyOwner(), .start = Start()};
  const Result<ClockResult> clock = ComputeClock(question);
  if (!clock.ok()) {
    RC_ASSERT(clock.problem().field == "owner");
    return;
  }
  RC_ASSERT(clock->due > question.start);
  RC_ASSERT(clock->due_soon <= clock->due);
  RC_ASSERT(clock->due_soon >= question.start - absl::Seconds(1));
  RC_ASSERT(!clock->why.empty());
}

RC_GTEST_PROP(Property, CoverStepsInExactlyWhenThereIsNoOpenTime, ()) {
  const ClockQuestion question{.spec = AnySpec(), .owner = AnyOwner(), .start = Start()};
  const Result<ClockResult> clock = ComputeClock(question);
  RC_PRE(clock.ok());
  const absl::Duration open =
      OpenTime(question.owner, EnglandAndWales(), question.start, clock->due);
  RC_ASSERT(clock->handed_to.has_value() == (open == absl::ZeroDuration()));
}

RC_GTEST_PROP(Property, OpenTimeInAnAgencyClockIsItsLength, ()) {
  const Owner owner = AnyOwner();
  const absl::Time start = Start();
  const absl::Duration length = absl::Seconds(Any(1, 200'000));
  const std::optional<absl::Time> due = AfterOpenTime(owner, EnglandAndWales(), start, length);
  RC_PRE(due.has_value());
  RC_ASSERT(OpenTime(owner, EnglandAndWales(), start, *due) == length);
  RC_ASSERT(OpenTime(owner, EnglandAndWales(), start, *due - absl::Seconds(1)) < length);
}

RC_GTEST_PROP(Property, NextOpeningIsOpenAndNothingBeforeItIs, ()) {
  const Owner owner = AnyOwner();
  const absl::Time from = Start();
  const std::optional<absl::Time> opening = NextOpening(owner, EnglandAndWales(), from);
  RC_PRE(opening.has_value());
  RC_ASSERT(*opening >= from);
  RC_ASSERT(IsOpen(owner, EnglandAndWales(), *opening));
  RC_ASSERT(OpenTime(owner, EnglandAndWales(), from, *opening) == absl::ZeroDuration());
}

RC_GTEST_PROP(Property, AutomaticConferenceIsAFullHourAheadWhileOpen, ()) {
  const Owner owner = AnyOwner();
  const absl::Time from = Start();
  const absl::Time due = from + absl::Hours(72);
  const std::optional<absl::Time> hour =
      FirstFullHourOpen(owner, EnglandAndWales(), from, absl::Hours(2), due);
  std::optional<absl::Time> wanted;
  for (absl::Time at = from + absl::Hours(2); at <= due && !wanted.has_value();
       at += absl::Seconds(1)) {
    const int64_t past = absl::ToUnixSeconds(at) % 3600;
    if (past != 0) at += absl::Seconds(3600 - past);
    if (at <= due && IsOpen(owner, EnglandAndWales(), at)) wanted = at;
  }
  RC_ASSERT(hour == wanted);
}

RC_GTEST_PROP(Property, WholeWeeksShiftEveryCalendarAlike, ()) {
  // Without holidays, and in winter, so that no clock change lies between.
  const Holidays none({}, absl::CivilDay(2100, 1, 1));
  ClockQuestion question{.spec = AnySpec(), .owner = AnyOwner(), .holidays = &none};
  RC_PRE(question.spec.calendar != CalendarKind::kElapsed);
  question.owner.works_holidays = true;
  question.spec.length.days = std::min<int64_t>(question.spec.length.days, 10);
  question.spec.days = {2, 9};
  question.start = FromLondon(absl::CivilSecond(2026, 11, 2)) + absl::Seconds(Any(0, 28 * 86'400));
  const Result<ClockResult> before = ComputeClock(question);
  const absl::Duration shift = absl::Hours(24 * 7) * Any(1, 8);
  question.start += shift;
  const Result<ClockResult> after = ComputeClock(question);
  RC_PRE(before.ok() && after.ok());
  RC_PRE(after->due < FromLondon(absl::CivilSecond(2027, 3, 28)));
  RC_ASSERT(after->due - before->due == shift);
  RC_ASSERT(after->due_soon - before->due_soon == shift);
}

RC_GTEST_PROP(Property, ElapsedMovesWithItsStartWhateverTheCalendarSays, ()) {
  ClockQuestion question{.spec = AnySpec(), .owner = AnyOwner(), .start = Start()};
  question.spec.calendar = CalendarKind::kElapsed;
  question.spec.length = {.hours = Any(1, 1000)};
  const absl::Time before = ComputeClock(question)->due;
  const absl::Duration shift = absl::Seconds(Any(-10'000'000, 10'000'000));
  question.start += shift;
  RC_ASSERT(ComputeClock(question)->due - before == shift);
}

RC_GTEST_PROP(Property, WorkingDaysUpToDueAreTheNumberAsked, ()) {
  const auto days = Any(1, 60);
  ClockQuestion question{.owner = Office(), .start = Start()};
  question.spec.calendar = CalendarKind::kWorking;
  question.spec.length.days = days;
  const absl::CivilDay last = LondonDate(ComputeClock(question)->due);
  int64_t open_days = 0;
  for (absl::CivilDay day = LondonDate(question.start) + 1; day <= last; ++day) {
    if (IsOpenDay(question.owner, EnglandAndWales(), day)) ++open_days;
  }
  // The office is open on exactly the working days of these years.
  RC_ASSERT(open_days == days);
}

RC_GTEST_PROP(Property, AWorkingClockIsDueOnAnOpenDayUnlessTheOwnerNeverOpened, ()) {
  ClockQuestion question{.owner = AnyOwner(), .start = Start()};
  question.spec.calendar = CalendarKind::kWorking;
  question.spec.length.days = Any(1, 30);
  const absl::CivilDay first = LondonDate(question.start) + 1;
  const absl::CivilDay day = LondonDate(ComputeClock(question)->due - absl::Seconds(1));
  RC_ASSERT(day >= first);
  if (IsOpenDay(question.owner, EnglandAndWales(), day)) return;
  for (absl::CivilDay between = first; between <= day; ++between) {
    RC_ASSERT(!IsOpenDay(question.owner, EnglandAndWales(), between));
  }
}

// Moving a closed day back may make a clock earlier, but never so that the owner loses a day on
// which it was open.
RC_GTEST_PROP(Property, AWorkingClockIsOnItsLastOpenDayAndNeverEarlier, ()) {
  ClockQuestion question{.owner = AnyOwner(), .start = Start()};
  question.spec.calendar = CalendarKind::kWorking;
  question.spec.length.days = Any(1, 30);
  const Owner owner = question.owner;
  const absl::CivilDay day = LondonDate(ComputeClock(question)->due - absl::Seconds(1));
  question.owner.hours = AlwaysOpen();
  question.owner.works_holidays = true;
  const absl::CivilDay nth = LondonDate(ComputeClock(question)->due - absl::Seconds(1));
  RC_ASSERT(day <= nth);
  for (absl::CivilDay later = day + 1; later <= nth; ++later) {
    RC_ASSERT(!IsOpenDay(owner, EnglandAndWales(), later));
  }
}

RC_GTEST_PROP(Property, ALaterStartIsNeverDueEarlier, ()) {
  ClockQuestion question{.spec = AnySpec(), .owner = AnyOwner(), .start = Start()};
  const auto due = [&] { return ComputeClock(question); };
  const Result<ClockResult> before = due();
  question.start += absl::Seconds(Any(0, 20 * 86'400));
  const Result<ClockResult> after = due();
  RC_PRE(before.ok() && after.ok());
  switch (question.spec.calendar) {
    case CalendarKind::kElapsed:
    case CalendarKind::kWorking:
    case CalendarKind::kAgency:
    case CalendarKind::kEndOfWorkingDay:
      RC_ASSERT(after->due >= before->due);
      break;
    default:  // kept to the wall clock, which a month's end or a closed day cuts: by the day
      RC_ASSERT(LondonDate(after->due) >= LondonDate(before->due));
  }
}

RC_GTEST_PROP(Property, AReviewIsOnAnOpenDayNoLaterThanPlanned, ()) {
  ClockQuestion question{.spec = AnySpec(), .owner = AnyOwner(), .start = Start()};
  question.spec.calendar = CalendarKind::kReview;
  question.spec.length = {.days = Any(1, 30)};
  const absl::CivilDay first = LondonDate(question.start) + 1;
  const absl::CivilDay planned = LondonDate(question.start) + question.spec.length.days;
  const absl::CivilDay day = LondonDate(ComputeClock(question)->due);
  RC_ASSERT(first <= day && day <= planned);
  for (absl::CivilDay later = day + 1; later <= planned; ++later) {
    RC_ASSERT(!IsOpenDay(question.owner, EnglandAndWales(), later) || day == planned);
  }
  if (day != planned) RC_ASSERT(IsOpenDay(question.owner, EnglandAndWales(), day));
}

RC_GTEST_PROP(Property, WallClockRoundTripsOutsideTheChanges, ()) {
  const absl::Time at = Start();
  const WallClock wall = LondonWallClock(at);
  const absl::Time back = FromLondon(wall.second, wall.fraction);
  // Only the second occurrence of the repeated hour comes back as another instant, an hour earlier.
  RC_ASSERT(back == at || at - back == absl::Hours(1));
  RC_ASSERT(LondonWallClock(back).second == wall.second);
}

RC_GTEST_PROP(Property, FractionsAreExact, ()) {
  const auto numerator = Any(1, 10'000);
  const auto seconds = Any(0, 1'000'000'000);
  std::string digits = std::to_string(numerator);
  digits.insert(0, 4 - digits.size(), '0');
  const Fraction fraction = *Fraction::Parse("0." + digits);
  const absl::Time from = Start();
  RC_ASSERT(fraction.Between(from, from + absl::Seconds(seconds)) ==
            from + absl::Seconds(numerator * seconds / 10'000));
}

RC_GTEST_PROP(Property, PeriodsOfMonthsFollowOneAnother, ()) {
  const absl::CivilDay first = LondonDate(Start());
  const auto months = Any(1, 25);
  const absl::CivilDay last = LastDayOfPeriod(first, months);
  RC_ASSERT(InPeriodOfMonths(first, first, months) && InPeriodOfMonths(last, first, months));
  RC_ASSERT(!InPeriodOfMonths(last + 1, first, months));
  // Between N months less a day and N months: the month reached is right, or its eve.
  RC_ASSERT(absl::CivilMonth(last + 1) - absl::CivilMonth(first) >= months);
  RC_ASSERT(absl::CivilMonth(last) - absl::CivilMonth(first) <= months);
}

}  // namespace
}  // namespace waymark::calendar
