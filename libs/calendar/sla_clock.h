// SLA clocks: from a rule, a start and an owner to a due instant, and where a clock stands.
//
// Pure and thread-safe; `now` is an input. The seven calendars and every corner of them are those
// of the `clock` operation of `waymark rules`, which is a thin layer over this header.
//
//   ClockSpecText text{.calendar = "working", .length = "P3D"};
//   Result<ClockSpec> spec = ParseClockSpec(text);
//   Result<ClockResult> clock = ComputeClock({.spec = *spec, .owner = roddons, .start = start});
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "libs/base/result.h"
#include "libs/calendar/holidays.h"
#include "libs/calendar/length.h"
#include "libs/calendar/owner.h"

namespace waymark::calendar {

enum class CalendarKind {
  kElapsed,          // start + length exactly; a day is 24 h
  kCivil,            // the same London wall-clock time after adding
  kWorking,          // whole working days after the start's date, due at closing time
  kAgency,           // the owner's open time
  kEndOfWorkingDay,  // the closing time still ahead, else the next open day's
  kReview,           // civil, moved back to a day on which the owner is open
  kReminders,        // days after the start, then at a steady civil length, without end
};

// "elapsed", "civil", "working", "agency", "end_of_working_day", "review", "reminders".
std::string_view CalendarName(CalendarKind kind);

// A checked rule. Made by ParseClockSpec; which members count depends on the calendar.
struct ClockSpec {
  CalendarKind calendar = CalendarKind::kElapsed;
  Length length;              // all but end_of_working_day and reminders
  std::vector<int64_t> days;  // reminders: rising, each at least 1; may be empty
  Length then;                // reminders
  Fraction due_soon;

  friend bool operator==(const ClockSpec&, const ClockSpec&) = default;
};

// A rule as written, in JSON or a pack; nullopt is a member left out.
struct ClockSpecText {
  std::optional<std::string> calendar = std::nullopt;
  std::optional<std::string> length = std::nullopt;
  std::optional<std::vector<int64_t>> days = std::nullopt;
  std::optional<std::string> then = std::nullopt;
  std::optional<std::string> due_soon = std::nullopt;  // the number's text as it was written
};

// Allowed lengths, never zero: elapsed - weeks, days and time; civil, review and `then` - years,
// months, weeks and days; working - days only; agency - time only. Refuses, on "<field>.<member>"
// (or "<field>.days[2]"), with
//   `missing_field` for a member that the calendar needs,
//   `unknown_field` for a member that the calendar does not have,
//   `out_of_range` for a calendar, length, day or fraction that is not allowed.
Result<ClockSpec> ParseClockSpec(const ClockSpecText& text, std::string_view field = "clock",
                                 const Fraction& default_due_soon = {});

enum class ClockState { kRunning, kDueSoon, kBreached, kDischarged };
std::string_view ClockStateName(ClockState state);  // "running", "due_soon", ...

struct ClockStanding {
  ClockState state = ClockState::kRunning;
  // Whole seconds, rounded down: since `due` when breached, max(0, stop - due) when discharged.
  std::optional<int64_t> late_seconds;
  friend bool operator==(const ClockStanding&, const ClockStanding&) = default;
};

// Where a clock with known instants stands: discharged once stopped; otherwise running before
// `due_soon`, due soon from then through `due` itself, breached after. Without `now`: running.
ClockStanding StandingAt(absl::Time due, absl::Time due_soon, std::optional<absl::Time> now,
                         std::optional<absl::Time> stopped_at);

struct ClockQuestion {
  ClockSpec spec = {};
  Owner owner = {};
  absl::Time start = {};
  std::optional<absl::Time> now = std::nullopt;
  std::optional<absl::Time> stopped_at = std::nullopt;
  int64_t reminder_count = 6;          // how many reminders to list, 0 to 10,000
  const Holidays* holidays = nullptr;  // not owned; null: EnglandAndWales()
};

struct ClockResult {
  absl::Time due;
  absl::Time due_soon;                   // whole seconds
  std::string owner;                     // Owner::name
  std::optional<std::string> handed_to;  // the cover, when [start, due) holds no open time
  ClockStanding standing;
  bool beyond_horizon = false;        // the London date of `due` lies after the holidays' horizon
  std::string why;                    // one line of English, for people
  std::vector<absl::Time> reminders;  // for reminders only
};

// Refuses with `out_of_range`
//   on "owner" when an agency or end_of_working_day clock finds not enough open time in the 400
//   days (of 24 h) from the start,
//   on "clock.length" (or "clock.then") when it would fall due after the year 9999,
//   on "count" when it is outside its bounds or the list would run past the year 9999.
Result<ClockResult> ComputeClock(const ClockQuestion& question);

}  // namespace waymark::calendar
