#include "libs/base/rfc3339.h"

#include <array>
#include <chrono>
#include <optional>

#include "libs/base/text.h"

namespace waymark {
namespace {

constexpr int64_t kSecondsPerDay = 86'400;
constexpr int64_t kNanosPerSecond = 1'000'000'000;
constexpr size_t kFractionDigits = 9;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsLetter(char c, char capital) { return c == capital || c == capital + ('a' - 'A'); }

// The number that `digits` digits at `at` make; -1 when one is none.
int TakeNumber(std::string_view text, size_t at, size_t digits) {
  int number = 0;
  for (size_t i = at; i < at + digits; ++i) {
    if (!IsDigit(text[i])) return -1;
    number = number * 10 + (text[i] - '0');
  }
  return number;
}

using Date = std::chrono::year_month_day;

// Days since 1970-01-01, and back.
constexpr int64_t DayOf(Date date) {
  return std::chrono::sys_days(date).time_since_epoch().count();
}
Date DateOfDay(int64_t day) {
  return Date(std::chrono::sys_days(std::chrono::days(static_cast<int>(day))));
}

// Constants at compile time: instants are read before main in many a program.
constexpr int64_t kFirstSecond = DayOf(Date(std::chrono::year(0) / 1 / 1)) * kSecondsPerDay;
constexpr int64_t kAfterLastSecond =
    DayOf(Date(std::chrono::year(10'000) / 1 / 1)) * kSecondsPerDay;

// Seconds east of UTC that "Z" or "+01:00" say.
std::optional<int64_t> OffsetOf(std::string_view zone) {
  if (zone.size() == 1 && IsLetter(zone[0], 'Z')) return 0;
  if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':') return std::nullopt;
  const int hours = TakeNumber(zone, 1, 2);
  const int minutes = TakeNumber(zone, 4, 2);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return std::nullopt;
  const int64_t offset = (hours * 60 + minutes) * 60;
  return zone[0] == '-' ? -offset : offset;
}

// A leap second has only ever been put in at the end of June and of December, UTC.
bool MayBeLeapSecond(int64_t next) {
  if (next % kSecondsPerDay != 0) return false;
  const Date date = DateOfDay(next / kSecondsPerDay);
  return date.day() == std::chrono::day(1) &&
         (date.month() == std::chrono::January || date.month() == std::chrono::July);
}

// dddd-dd-ddTdd:dd:dd[.d+](Z|[+-]dd:dd), for instants within the years 0 to 9999 UTC.
std::optional<absl::Time> Parse(std::string_view text) {
  constexpr size_t kSeconds = std::string_view("dddd-dd-ddTdd:dd:dd").size();
  if (text.size() <= kSeconds || text[4] != '-' || text[7] != '-' || !IsLetter(text[10], 'T') ||
      text[13] != ':' || text[16] != ':') {
    return std::nullopt;
  }
  const int year = TakeNumber(text, 0, 4), month = TakeNumber(text, 5, 2);
  const int day = TakeNumber(text, 8, 2), hour = TakeNumber(text, 11, 2);
  const int minute = TakeNumber(text, 14, 2), second = TakeNumber(text, 17, 2);
  if (year < 0 || month < 1 || month > 12 || day < 1 || hour < 0 || hour > 23 || minute < 0 ||
      minute > 59 || second < 0 || second > 60) {
    return std::nullopt;
  }
  const Date date = std::chrono::year(year) / month / day;
  if (!date.ok()) return std::nullopt;  // the month has no such day

  size_t at = kSeconds;
  int64_t nanos = 0;
  if (text[at] == '.') {
    const size_t first = ++at;
    for (int64_t unit = kNanosPerSecond / 10; at < text.size() && IsDigit(text[at]); ++at) {
      if (at - first >= kFractionDigits) continue;
      nanos += (text[at] - '0') * unit;
      unit /= 10;
    }
    if (at == first) return std::nullopt;
  }
  const std::optional<int64_t> offset = OffsetOf(text.substr(at));
  if (!offset) return std::nullopt;
  const int64_t seconds =
      DayOf(date) * kSecondsPerDay + (hour * 60 + minute) * 60 + second - *offset;
  if (second == 60 && !MayBeLeapSecond(seconds)) return std::nullopt;
  if (seconds < kFirstSecond || seconds >= kAfterLastSecond) return std::nullopt;
  return absl::FromUnixSeconds(seconds) + absl::Nanoseconds(nanos);
}

void PutNumber(int64_t number, size_t digits, char* at) {
  for (size_t i = digits; i-- > 0; number /= 10) at[i] = static_cast<char>('0' + number % 10);
}

}  // namespace

std::string FormatRfc3339(absl::Time at) {
  const int64_t seconds = absl::ToUnixSeconds(at);
  const int64_t nanos = absl::ToInt64Nanoseconds(at - absl::FromUnixSeconds(seconds));
  if (seconds < kFirstSecond || seconds >= kAfterLastSecond) {
    return absl::FormatTime("%Y-%m-%d%ET%H:%M:%E*SZ", at, absl::UTCTimeZone());
  }
  int64_t second_of_day = seconds % kSecondsPerDay;
  if (second_of_day < 0) second_of_day += kSecondsPerDay;
  const Date date = DateOfDay((seconds - second_of_day) / kSecondsPerDay);
  std::string text = "0000-00-00T00:00:00";
  PutNumber(static_cast<int>(date.year()), 4, text.data());
  PutNumber(static_cast<unsigned>(date.month()), 2, text.data() + 5);
  PutNumber(static_cast<unsigned>(date.day()), 2, text.data() + 8);
  PutNumber(second_of_day / 3600, 2, text.data() + 11);
  PutNumber(second_of_day / 60 % 60, 2, text.data() + 14);
  PutNumber(second_of_day % 60, 2, text.data() + 17);
  if (nanos != 0) {
    std::array<char, kFractionDigits> digits;
    PutNumber(nanos, digits.size(), digits.data());
    text.append(".").append(digits.data(), digits.size());
    text.resize(text.find_last_not_of('0') + 1);
  }
  return text + "Z";
}

absl::StatusOr<absl::Time> ParseRfc3339(std::string_view text) {
  if (const std::optional<absl::Time> at = Parse(text)) return *at;
  return absl::InvalidArgumentError("wanted a time like 2026-03-01T09:30:00Z, with its offset");
}

}  // namespace waymark
