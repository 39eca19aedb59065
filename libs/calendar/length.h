// Lengths of clocks (a subset of ISO 8601 durations) and exact decimal fractions of them.
//
// Value types; all functions are pure and thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace waymark::calendar {

// P[nY][nM][nW][nD][T[nH][nM][nS]]: whole numbers of at most nine digits, at least one part, and a
// part after T. No sign, no fraction, capitals only.
struct Length {
  int64_t years = 0, months = 0, weeks = 0, days = 0;
  int64_t hours = 0, minutes = 0, seconds = 0;

  bool HasMonths() const { return years != 0 || months != 0; }
  bool HasTime() const { return hours != 0 || minutes != 0 || seconds != 0; }
  bool IsZero() const { return !HasMonths() && weeks == 0 && days == 0 && !HasTime(); }

  // Weeks, days and time as an exact duration, a day being 24 h. Only without HasMonths().
  absl::Duration Exact() const;

  friend bool operator==(const Length&, const Length&) = default;
};

// nullopt when `text` is not of the form above. A zero length parses; whether it is allowed is the
// caller's rule.
std::optional<Length> ParseLength(std::string_view text);

// "P1Y2M3W4DT5H6M7S" without the parts that are zero; "PT0S" for nothing.
std::string FormatLength(const Length& length);

// `day` plus the civil part of `length`: years and months first (clamped), then weeks and days. The
// time part is not looked at.
absl::CivilDay AddCivil(absl::CivilDay day, const Length& length);

// An exact decimal in (0, 1], however many digits it was written with.
class Fraction {
 public:
  // The text of a JSON number: "0.75", "7.5e-1", "1". nullopt for another shape or a value outside
  // (0, 1]. Never goes through binary floating point, so hand over the number as it was written.
  static std::optional<Fraction> Parse(std::string_view text);

  Fraction() = default;  // 0.75, the default of the packs

  // from + fraction x (to - from), rounded down to whole seconds since the epoch; exact whatever
  // the number of digits. `from` <= `to`, both finite.
  absl::Time Between(absl::Time from, absl::Time to) const;

  // "0.75"; "1" for one. A fraction below 1e-30 is shown with an exponent.
  std::string Text() const;

  friend bool operator==(const Fraction&, const Fraction&) = default;

 private:
  // The value is 0.<zeros_ zeros><digits_>, without trailing zeros; one is kept as no digits.
  std::string digits_ = "75";
  int64_t zeros_ = 0;
};

}  // namespace waymark::calendar
