#include "libs/calendar/length.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "absl/numeric/int128.h"
#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/calendar/civil.h"

namespace waymark::calendar {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

struct Designator {
  char letter;
  bool is_time;
  int64_t Length::*member;
};
constexpr std::array<Designator, 7> kDesignators = {{{'Y', false, &Length::years},
                                                     {'M', false, &Length::months},
                                                     {'W', false, &Length::weeks},
                                                     {'D', false, &Length::days},
                                                     {'H', true, &Length::hours},
                                                     {'M', true, &Length::minutes},
                                                     {'S', true, &Length::seconds}}};

// absl::Duration counts quarter nanoseconds; 128 bits hold ten thousand years.
constexpr int64_t kTicksPerSecond = 4'000'000'000;

absl::int128 Ticks(absl::Duration duration) {
  absl::Duration rest;
  const int64_t seconds = absl::IDivDuration(duration, absl::Seconds(1), &rest);
  const int64_t ticks = absl::IDivDuration(rest, absl::Nanoseconds(1) / 4, &rest);
  return static_cast<absl::int128>(seconds) * kTicksPerSecond + ticks;
}

std::string TakeDigits(std::string_view text, size_t& at) {
  const size_t first = at;
  while (at < text.size() && IsDigit(text[at])) ++at;
  return std::string(text.substr(first, at - first));
}

// The number after 'e', held within a billion either way; nullopt when there is none.
std::optional<int64_t> TakeExponent(std::string_view text, size_t& at) {
  bool negative = false;
  if (at < text.size() && (text[at] == '+' || text[at] == '-')) negative = text[at++] == '-';
  const std::string digits = TakeDigits(text, at);
  if (digits.empty()) return std::nullopt;
  int64_t value = 0;
  for (const char c : digits) value = std::min<int64_t>(value * 10 + (c - '0'), 1'000'000'000);
  return negative ? -value : value;
}

}  // namespace

absl::Duration Length::Exact() const {
  WM_CHECK(!HasMonths(), "years and months have no exact length");
  return absl::Hours(24) * (weeks * 7 + days) + absl::Hours(hours) + absl::Minutes(minutes) +
         absl::Seconds(seconds);
}

std::optional<Length> ParseLength(std::string_view text) {
  constexpr size_t kMaxDigits = 9;
  Length length;
  if (text.empty() || text[0] != 'P') return std::nullopt;
  size_t at = 1;
  bool in_time = false;
  bool part_needed = true;
  auto next = kDesignators.begin();
  while (at < text.size()) {
    if (text[at] == 'T' && !in_time) {
      in_time = part_needed = true;
      ++at;
      continue;
    }
    const std::string digits = TakeDigits(text, at);
    if (digits.empty() || digits.size() > kMaxDigits || at == text.size()) return std::nullopt;
    next = std::find_if(next, kDesignators.end(), [&](const Designator& designator) {
      return designator.letter == text[at] && designator.is_time == in_time;
    });
    if (next == kDesignators.end()) return std::nullopt;
    length.*(next->member) = std::stoll(digits);
    part_needed = false;
    ++next;
    ++at;
  }
  if (part_needed) return std::nullopt;
  return length;
}

std::string FormatLength(const Length& length) {
  std::string text = "P";
  bool in_time = false;
  for (const Designator& designator : kDesignators) {
    const int64_t value = length.*(designator.member);
    if (value == 0) continue;
    if (designator.is_time && !std::exchange(in_time, true)) text += 'T';
    absl::StrAppend(&text, value, std::string(1, designator.letter));
  }
  return text == "P" ? "PT0S" : text;
}

absl::CivilDay AddCivil(absl::CivilDay day, const Length& length) {
  return AddMonths(day, length.years * 12 + length.months) + (length.weeks * 7 + length.days);
}

std::optional<Fraction> Fraction::Parse(std::string_view text) {
  size_t at = 0;
  std::string digits = TakeDigits(text, at);
  if (digits.empty() || (digits.size() > 1 && digits[0] == '0')) return std::nullopt;
  int64_t point = static_cast<int64_t>(digits.size());
  if (at < text.size() && text[at] == '.') {
    const std::string decimals = TakeDigits(text, ++at);
    if (decimals.empty()) return std::nullopt;
    digits += decimals;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    const std::optional<int64_t> exponent = TakeExponent(text, ++at);
    if (!exponent.has_value()) return std::nullopt;
    point += *exponent;
  }
  if (at != text.size()) return std::nullopt;

  const size_t first = digits.find_first_not_of('0');
  if (first == std::string::npos) return std::nullopt;
  digits = digits.substr(first, digits.find_last_not_of('0') - first + 1);
  point -= static_cast<int64_t>(first);

  Fraction fraction;
  if (point == 1 && digits == "1") {
    fraction.digits_.clear();
    return fraction;
  }
  if (point > 0) return std::nullopt;
  fraction.digits_ = std::move(digits);
  fraction.zeros_ = -point;
  return fraction;
}

absl::Time Fraction::Between(absl::Time from, absl::Time to) const {
  WM_CHECK(from <= to, "a fraction of a time that runs backwards");
  const absl::int128 whole = Ticks(to - from);
  absl::int128 part = whole;
  if (!digits_.empty()) {
    // Division by ten, digit after digit from the last: rounding down at each step rounds the whole
    // down exactly once, because everything added is an integer.
    part = 0;
    for (auto digit = digits_.rbegin(); digit != digits_.rend(); ++digit) {
      part = (whole * (*digit - '0') + part) / 10;
    }
    for (int64_t i = 0; i < zeros_ && part != 0; ++i) part /= 10;
  }
  const absl::int128 ticks = Ticks(from - absl::UnixEpoch()) + part;
  absl::int128 seconds = ticks / kTicksPerSecond;
  if (ticks % kTicksPerSecond < 0) --seconds;
  return absl::FromUnixSeconds(static_cast<int64_t>(seconds));
}

std::string Fraction::Text() const {
  constexpr int64_t kMaxZeros = 30;
  if (digits_.empty()) return "1";
  if (zeros_ >= kMaxZeros) return absl::StrCat("0.", digits_, "e-", zeros_);
  return absl::StrCat("0.", std::string(static_cast<size_t>(zeros_), '0'), digits_);
}

}  // namespace waymark::calendar
