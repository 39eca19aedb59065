#include "libs/calendar/civil.h"

#include <algorithm>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"

namespace waymark::calendar {
namespace {

const std::optional<absl::TimeZone>& LoadedLondon() {
  static const std::optional<absl::TimeZone> zone = [] {
    absl::TimeZone loaded;
    return absl::LoadTimeZone("Europe/London", &loaded) ? std::make_optional(loaded) : std::nullopt;
  }();
  return zone;
}

absl::TimeZone London() {
  WM_CHECK(LoadedLondon().has_value(), "no data of Europe/London; CheckTimeZoneData() was not run");
  return *LoadedLondon();
}

}  // namespace

absl::Status CheckTimeZoneData() {
  if (LoadedLondon().has_value()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      "the time zone data of Europe/London cannot be loaded; install the package tzdata");
}

absl::CivilDay LondonDate(absl::Time at) { return absl::CivilDay(London().At(at).cs); }

WallClock LondonWallClock(absl::Time at) {
  const absl::TimeZone::CivilInfo info = London().At(at);
  return {info.cs, info.subsecond};
}

absl::Time FromLondon(absl::CivilSecond second, absl::Duration fraction) {
  const absl::TimeZone::TimeInfo info = London().At(second);
  if (info.kind == absl::TimeZone::TimeInfo::SKIPPED) return info.trans;
  return info.pre + fraction;
}

absl::CivilDay AddMonths(absl::CivilDay day, int64_t months) {
  const absl::CivilMonth month = absl::CivilMonth(day) + months;
  const absl::CivilDay last = absl::CivilDay(month + 1) - 1;
  return absl::CivilDay(month) + (std::min(day.day(), last.day()) - 1);
}

absl::Time SubtractCivilMonths(absl::Time at, int64_t months) {
  const WallClock wall = LondonWallClock(at);
  const absl::CivilDay day = AddMonths(absl::CivilDay(wall.second), -months);
  const int64_t second_of_day = wall.second - absl::CivilSecond(absl::CivilDay(wall.second));
  return FromLondon(absl::CivilSecond(day) + second_of_day, wall.fraction);
}

absl::CivilDay LastDayOfPeriod(absl::CivilDay first, int64_t months) {
  const absl::CivilDay corresponding = AddMonths(first, months);
  return corresponding.day() == first.day() ? corresponding - 1 : corresponding;
}

bool InPeriodOfMonths(absl::CivilDay day, absl::CivilDay first, int64_t months) {
  return first <= day && day <= LastDayOfPeriod(first, months);
}

std::optional<absl::CivilDay> ParseDate(std::string_view text) {
  constexpr std::string_view kShape = "dddd-dd-dd";
  if (text.size() != kShape.size()) return std::nullopt;
  int parts[3] = {0, 0, 0};
  int part = 0;
  for (size_t i = 0; i < kShape.size(); ++i) {
    if (kShape[i] == '-') {
      if (text[i] != '-') return std::nullopt;
      ++part;
      continue;
    }
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    parts[part] = parts[part] * 10 + (text[i] - '0');
  }
  const absl::CivilDay day(parts[0], parts[1], parts[2]);
  // An impossible date is normalised to another one by CivilDay.
  if (day.month() != parts[1] || day.day() != parts[2]) return std::nullopt;
  return day;
}

std::string FormatLondon(absl::Time at) {
  return absl::FormatTime("%a %d %b %Y %H:%M %Z", at, London());
}

std::string FormatDay(absl::CivilDay day) {
  return absl::FormatTime("%a %d %b %Y", absl::FromCivil(day, absl::UTCTimeZone()),
                          absl::UTCTimeZone());
}

}  // namespace waymark::calendar
