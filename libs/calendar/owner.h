// Who owns a clock, and when they are open: hours by weekday on the London wall clock, bank
// holidays, and questions about open time.
//
// Value types and pure functions; thread-safe. A civil time of the hours that a clock change skips
// or repeats is resolved as civil.h says.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "libs/base/result.h"
#include "libs/calendar/holidays.h"

namespace waymark::calendar {

// How far ahead open time is looked for: 400 days of 24 h. What lies beyond counts as never.
constexpr absl::Duration kOpenTimeSearch = absl::Hours(400 * 24);

// Minutes after midnight of one day, 0 <= from < to <= 1440.
struct Period {
  int from_minute = 0;
  int to_minute = 0;
  friend bool operator==(const Period&, const Period&) = default;
};

// Periods of each weekday, Monday first; sorted, not overlapping. A night shift is two periods,
// split at 24:00.
struct OpeningHours {
  std::array<std::vector<Period>, 7> days;
  friend bool operator==(const OpeningHours&, const OpeningHours&) = default;
};

// Open every minute of every day.
OpeningHours AlwaysOpen();

// "mon".."sun" -> [["09:00","17:00"], ...]; days left out are closed. Refuses with
//   `unknown_field` on "<field>.xyz" for a name that is no weekday,
//   `out_of_range` on "<field>.mon[0][1]" for what is no time from 00:00 to 24:00,
//   `out_of_range` on "<field>.mon[0]" for a reversed or empty period,
//   `out_of_range` on "<field>.mon" for periods that overlap.
using HoursText = std::map<std::string, std::vector<std::pair<std::string, std::string>>>;
Result<OpeningHours> ParseHours(const HoursText& hours, std::string_view field = "owner.hours");

struct Owner {
  std::string name = {};  // the pack's agency id, or the name given
  OpeningHours hours = {};
  bool works_holidays = false;  // open on bank holidays, 25 and 26 December, 1 January too
  std::optional<std::string> cover = std::nullopt;  // who stands in; id or name
};

// A stretch of open time, [open, close).
struct OpenStretch {
  absl::Time open;
  absl::Time close;
  friend bool operator==(const OpenStretch&, const OpenStretch&) = default;
};

// The open time of one London day, in order; empty on a closed day.
std::vector<OpenStretch> OpenOn(const Owner& owner, const Holidays& holidays, absl::CivilDay day);

// Whether the owner has open time on `day`.
bool IsOpenDay(const Owner& owner, const Holidays& holidays, absl::CivilDay day);

// The end of the last period of `day`; nullopt on a closed day.
std::optional<absl::Time> ClosingTime(const Owner& owner, const Holidays& holidays,
                                      absl::CivilDay day);

// A closing instant itself is not open.
bool IsOpen(const Owner& owner, const Holidays& holidays, absl::Time at);

// The first open instant at or after `from` (so `from` itself while open); nullopt when there is
// none within kOpenTimeSearch.
std::optional<absl::Time> NextOpening(const Owner& owner, const Holidays& holidays,
                                      absl::Time from);

// Whether [from, to) holds any open time.
bool HasOpenTime(const Owner& owner, const Holidays& holidays, absl::Time from, absl::Time to);

// The open time in [from, to).
absl::Duration OpenTime(const Owner& owner, const Holidays& holidays, absl::Time from,
                        absl::Time to);

// The instant at which `length` of open time has passed since `from`; nullopt when there is not
// that much within kOpenTimeSearch. `length` > 0.
std::optional<absl::Time> AfterOpenTime(const Owner& owner, const Holidays& holidays,
                                        absl::Time from, absl::Duration length);

// When to hold a conference that nobody called: the first full hour of the London wall clock, at
// least `ahead` after `from` and not after `due`, at which the owner is open; nullopt when there is
// none (the rule then is `due` itself).
std::optional<absl::Time> FirstFullHourOpen(const Owner& owner, const Holidays& holidays,
                                            absl::Time from, absl::Duration ahead, absl::Time due);

}  // namespace waymark::calendar
