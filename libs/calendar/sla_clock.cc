#include "libs/calendar/sla_clock.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libs/base/check.h"
#include "libs/calendar/civil.h"

namespace waymark::calendar {
namespace {

constexpr int64_t kLastYear = 9999;  // RFC 3339 writes years with four digits
constexpr int64_t kMaxReminders = 10'000;
constexpr int kMinuteWithoutHours = 17 * 60;

// What one calendar works out; `from` is where the fraction for due_soon begins.
struct Found {
  absl::Time due;
  absl::Time from;
  std::string why;
  std::vector<absl::Time> reminders = {};
};

Problem TooLate(std::string field) {
  return {"out_of_range", std::move(field), "an instant up to the year 9999", "ask for less"};
}

Problem NoOpenTime() {
  return {"out_of_range", "owner", "enough open time in the 400 days from the start",
          "correct the owner's hours"};
}

// "1 month", "2 weeks and 3 days".
std::string InWords(const Length& length) {
  std::vector<std::string> parts;
  const auto add = [&](int64_t count, const char* unit) {
    if (count != 0) parts.push_back(absl::StrCat(count, " ", unit, count == 1 ? "" : "s"));
  };
  add(length.years, "year");
  add(length.months, "month");
  add(length.weeks, "week");
  add(length.days, "day");
  add(length.hours, "hour");
  add(length.minutes, "minute");
  add(length.seconds, "second");
  return absl::StrJoin(parts, " and ");
}

// The start's London wall clock, put on another date.
class StartClock {
 public:
  explicit StartClock(absl::Time start) : wall_(LondonWallClock(start)) {}

  absl::CivilDay date() const { return absl::CivilDay(wall_.second); }

  absl::Time On(absl::CivilDay day) const { return FromLondon(Second(day), wall_.fraction); }

  // A sentence when that time of that day is skipped by a clock change, or "".
  std::string Note(absl::CivilDay day) const {
    return LondonWallClock(On(day)).second == Second(day)
               ? ""
               : " The clocks go forward over that time, so it is the first instant after.";
  }

 private:
  absl::CivilSecond Second(absl::CivilDay day) const {
    return absl::CivilSecond(day) + (wall_.second - absl::CivilSecond(date()));
  }

  WallClock wall_;
};

bool IsWorkingDay(absl::CivilDay day, const Holidays& holidays) {
  const absl::Weekday weekday = absl::GetWeekday(day);
  return weekday != absl::Weekday::saturday && weekday != absl::Weekday::sunday &&
         !holidays.IsBankHoliday(day);
}

class Computation {
 public:
  Computation(const ClockQuestion& question, const Holidays& holidays)
      : question_(question),
        spec_(question.spec),
        owner_(question.owner),
        holidays_(holidays),
        start_(question.start),
        clock_(question.start) {}

  Result<Found> Run() const {
    switch (spec_.calendar) {
      case CalendarKind::kElapsed:
        return Elapsed();
      case CalendarKind::kCivil:
        return Civil();
      case CalendarKind::kWorking:
        return Working();
      case CalendarKind::kAgency:
        return Agency();
      case CalendarKind::kEndOfWorkingDay:
        return EndOfWorkingDay();
      case CalendarKind::kReview:
        return Review();
      case CalendarKind::kReminders:
        return Reminders();
    }
    CheckFailed(__FILE__, __LINE__, "calendar", "a calendar without a rule");
  }

 private:
  Result<Found> Elapsed() const {
    const absl::Time due = start_ + spec_.length.Exact();
    return At(due, absl::StrCat(InWords(spec_.length), " of elapsed time after ", Start(), "."));
  }

  Result<Found> Civil() const {
    const absl::CivilDay day = AddCivil(clock_.date(), spec_.length);
    if (day.year() > kLastYear) return TooLate("clock.length");
    return At(clock_.On(day), absl::StrCat(InWords(spec_.length), " on the London calendar after ",
                                           Start(), ".", clock_.Note(day)));
  }

  Result<Found> Working() const {
    absl::CivilDay day = clock_.date();
    for (int64_t left = spec_.length.days; left > 0;) {
      if ((++day).year() > kLastYear) return TooLate("clock.length");
      if (IsWorkingDay(day, holidays_)) --left;
    }
    const std::string counted =
        absl::StrCat(spec_.length.days, " working day", spec_.length.days == 1 ? "" : "s",
                     " after ", FormatDay(clock_.date()), ": ", FormatDay(day));
    for (absl::CivilDay open = day; open > clock_.date(); --open) {
      const std::optional<absl::Time> closing = ClosingTime(owner_, holidays_, open);
      if (!closing.has_value()) continue;
      if (open == day) return At(*closing, counted + ", at the owner's closing time.");
      return At(*closing,
                absl::StrCat(counted, ", when the owner is closed; so at closing time on ",
                             FormatDay(open), ", its last open day before."));
    }
    return At(FromLondon(absl::CivilMinute(day) + kMinuteWithoutHours),
              counted + ", at 17:00, as the owner has no open day by then.");
  }

  Result<Found> Agency() const {
    const std::optional<absl::Time> due =
        AfterOpenTime(owner_, holidays_, start_, spec_.length.Exact());
    if (!due.has_value()) return NoOpenTime();
    return At(*due, absl::StrCat(InWords(spec_.length), " of the owner's open time after ", Start(),
                                 "."));
  }

  Result<Found> EndOfWorkingDay() const {
    const std::optional<absl::Time> today = ClosingTime(owner_, holidays_, clock_.date());
    if (today.has_value() && start_ < *today) {
      return At(*today, absl::StrCat("The owner's closing time on ", FormatDay(clock_.date()),
                                     ", the day of the start."));
    }
    const absl::Time tomorrow = FromLondon(absl::CivilSecond(clock_.date() + 1));
    const std::optional<absl::Time> opening = NextOpening(owner_, holidays_, tomorrow);
    if (!opening.has_value() || *opening >= start_ + kOpenTimeSearch) return NoOpenTime();
    const absl::CivilDay day = LondonDate(*opening);
    return At(ClosingTime(owner_, holidays_, day).value(),
              absl::StrCat("The owner's closing time on ", FormatDay(day),
                           ", its next open day after ", Start(), "."));
  }

  Result<Found> Review() const {
    const absl::CivilDay planned = AddCivil(clock_.date(), spec_.length);
    if (planned.year() > kLastYear) return TooLate("clock.length");
    const std::string counted = absl::StrCat(InWords(spec_.length), " after the last review on ",
                                             Start(), ": ", FormatDay(planned));
    for (absl::CivilDay day = planned; day > clock_.date(); --day) {
      if (!IsOpenDay(owner_, holidays_, day)) continue;
      if (day == planned) return At(clock_.On(day), absl::StrCat(counted, ".", clock_.Note(day)));
      return At(clock_.On(day),
                absl::StrCat(counted, ", when the owner is closed; so on ", FormatDay(day),
                             ", its last open day before.", clock_.Note(day)));
    }
    return At(clock_.On(planned), absl::StrCat(counted, ", as the owner has no open day between.",
                                               clock_.Note(planned)));
  }

  // The date of the reminder after `before`, which is the one with index `index` - 1.
  absl::CivilDay ReminderDay(size_t index, absl::CivilDay before) const {
    return index < spec_.days.size() ? clock_.date() + spec_.days[index]
                                     : AddCivil(before, spec_.then);
  }

  Result<Found> Reminders() const {
    const absl::Time after = question_.now.value_or(start_);
    Found found{.due = start_, .from = start_, .why = ""};
    absl::CivilDay day = clock_.date();
    size_t index = 0;
    do {
      day = ReminderDay(index, day);
      if (day.year() > kLastYear) {
        return TooLate(index < spec_.days.size() ? absl::StrCat("clock.days[", index, "]")
                                                 : "clock.then");
      }
      found.from = std::exchange(found.due, clock_.On(day));
      ++index;
    } while (found.due <= after);
    found.why = absl::StrCat("Reminder ", index, ", ", day - clock_.date(), " days after ", Start(),
                             " on the London calendar.", clock_.Note(day));

    day = clock_.date();
    for (int64_t i = 0; i < question_.reminder_count; ++i) {
      day = ReminderDay(static_cast<size_t>(i), day);
      if (day.year() > kLastYear) return TooLate("count");
      found.reminders.push_back(clock_.On(day));
    }
    return found;
  }

  Result<Found> At(absl::Time due, std::string why) const {
    if (LondonDate(due).year() > kLastYear) return TooLate("clock.length");
    return Found{.due = due, .from = start_, .why = std::move(why)};
  }

  std::string Start() const { return FormatLondon(start_); }

  const ClockQuestion& question_;
  const ClockSpec& spec_;
  const Owner& owner_;
  const Holidays& holidays_;
  const absl::Time start_;
  const StartClock clock_;
};

}  // namespace

std::string_view ClockStateName(ClockState state) {
  constexpr std::array<std::string_view, 4> kNames = {"running", "due_soon", "breached",
                                                      "discharged"};
  return kNames[static_cast<size_t>(state)];
}

ClockStanding StandingAt(absl::Time due, absl::Time due_soon, std::optional<absl::Time> now,
                         std::optional<absl::Time> stopped_at) {
  const auto late = [&](absl::Time at) {
    return absl::ToInt64Seconds(std::max(at - due, absl::ZeroDuration()));
  };
  if (stopped_at.has_value()) return {ClockState::kDischarged, late(*stopped_at)};
  if (!now.has_value() || *now < due_soon) return {ClockState::kRunning, std::nullopt};
  if (*now <= due) return {ClockState::kDueSoon, std::nullopt};
  return {ClockState::kBreached, late(*now)};
}

Result<ClockResult> ComputeClock(const ClockQuestion& question) {
  if (question.reminder_count < 0 || question.reminder_count > kMaxReminders) {
    return Problem{"out_of_range", "count", absl::StrCat("0 to ", kMaxReminders), "ask for fewer"};
  }
  const Holidays& holidays = question.holidays != nullptr ? *question.holidays : EnglandAndWales();
  const Owner& owner = question.owner;
  WM_ASSIGN_OR_REFUSE(Found found, Computation(question, holidays).Run());

  ClockResult result;
  result.due = found.due;
  result.due_soon = question.spec.due_soon.Between(found.from, found.due);
  result.owner = owner.name;
  result.standing = StandingAt(result.due, result.due_soon, question.now, question.stopped_at);
  result.why = std::move(found.why);
  result.reminders = std::move(found.reminders);
  if (owner.cover.has_value() && !HasOpenTime(owner, holidays, question.start, result.due)) {
    result.handed_to = owner.cover;
    absl::StrAppend(&result.why, " The owner has no open time before that, so the duty passes to ",
                    *owner.cover, ".");
  }
  result.beyond_horizon = LondonDate(result.due) > holidays.horizon();
  if (result.beyond_horizon) {
    absl::StrAppend(&result.why, " Bank holidays are known up to ", FormatDay(holidays.horizon()),
                    " only.");
  }
  return result;
}

}  // namespace waymark::calendar
