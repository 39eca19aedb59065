// Europe/London civil time: dates, wall-clock arithmetic and statutory periods.
//
// All functions are pure and thread-safe. They need the machine's time zone data (Debian: tzdata):
// call CheckTimeZoneData() once at start; without it the others stop the process.
//
// A civil time that does not exist (spring) is the first instant after the gap; one that occurs
// twice (autumn) is its first occurrence. Source: the partnership rules, section 6.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace waymark::calendar {

// FailedPrecondition when the data of Europe/London cannot be loaded; the message says what to do.
absl::Status CheckTimeZoneData();

// The London date of an instant.
absl::CivilDay LondonDate(absl::Time at);

// The London wall clock at an instant: whole seconds, and what is left of the second.
struct WallClock {
  absl::CivilSecond second;
  absl::Duration fraction;  // [0, 1 s)
};
WallClock LondonWallClock(absl::Time at);

// The instant of a London wall-clock time; in a gap the fraction is dropped with the rest.
absl::Time FromLondon(absl::CivilSecond second, absl::Duration fraction = absl::ZeroDuration());

// `day` with N months added (subtracted when negative); a day that the month does not have becomes
// the month's last: 31 January + 1 month = 28 or 29 February.
absl::CivilDay AddMonths(absl::CivilDay day, int64_t months);

// The same London wall-clock time N civil months earlier, clamped at the month's end.
absl::Time SubtractCivilMonths(absl::Time at, int64_t months);

// The last day of "the period of N months beginning with day D", which includes D: the day before
// the day of the same number N months on, or that month's last day where it has no such day.
// `months` >= 1.
absl::CivilDay LastDayOfPeriod(absl::CivilDay first, int64_t months);

// Whether `day` lies in the period of N months beginning with `first`, both ends included.
bool InPeriodOfMonths(absl::CivilDay day, absl::CivilDay first, int64_t months);

// "2026-12-25" and nothing else; nullopt for another shape or a day that does not exist.
std::optional<absl::CivilDay> ParseDate(std::string_view text);

// For people: "Fri 06 Mar 2026 18:00 GMT", and the date alone: "Fri 06 Mar 2026".
std::string FormatLondon(absl::Time at);
std::string FormatDay(absl::CivilDay day);

}  // namespace waymark::calendar
