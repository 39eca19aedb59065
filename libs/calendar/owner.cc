#include "libs/calendar/owner.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/calendar/civil.h"

namespace waymark::calendar {
namespace {

constexpr int kMinutesPerDay = 24 * 60;
constexpr std::array<std::string_view, 7> kDayNames = {"mon", "tue", "wed", "thu",
                                                       "fri", "sat", "sun"};

std::optional<int> ParseMinute(std::string_view text) {
  const auto digit = [&](size_t i) { return text[i] >= '0' && text[i] <= '9'; };
  if (text.size() != 5 || text[2] != ':' || !digit(0) || !digit(1) || !digit(3) || !digit(4)) {
    return std::nullopt;
  }
  const int hour = (text[0] - '0') * 10 + (text[1] - '0');
  const int minute = (text[3] - '0') * 10 + (text[4] - '0');
  const int total = hour * 60 + minute;
  if (minute > 59 || total > kMinutesPerDay) return std::nullopt;
  return total;
}

Problem OutOfRange(std::string field, std::string wanted) {
  return {"out_of_range", std::move(field), std::move(wanted), "correct the opening hours"};
}

Result<std::vector<Period>> ParseDay(const std::vector<std::pair<std::string, std::string>>& texts,
                                     const std::string& field) {
  std::vector<Period> periods;
  for (size_t i = 0; i < texts.size(); ++i) {
    const std::string path = absl::StrCat(field, "[", i, "]");
    const std::optional<int> from = ParseMinute(texts[i].first);
    if (!from.has_value()) return OutOfRange(path + "[0]", "a time from 00:00 to 24:00");
    const std::optional<int> to = ParseMinute(texts[i].second);
    if (!to.has_value()) return OutOfRange(path + "[1]", "a time from 00:00 to 24:00");
    if (*from >= *to) {
      return OutOfRange(path, "a period that ends after it begins; split a night shift at 24:00");
    }
    periods.push_back({*from, *to});
  }
  std::sort(periods.begin(), periods.end(),
            [](const Period& a, const Period& b) { return a.from_minute < b.from_minute; });
  for (size_t i = 1; i < periods.size(); ++i) {
    if (periods[i].from_minute < periods[i - 1].to_minute) {
      return OutOfRange(field, "periods that do not overlap");
    }
  }
  return periods;
}

bool HasHours(const Owner& owner) {
  return std::any_of(owner.hours.days.begin(), owner.hours.days.end(),
                     [](const std::vector<Period>& periods) { return !periods.empty(); });
}

// Calls `use` with the parts of the owner's open time within [from, to), in order, until it returns
// false.
template <typename Use>
void ForEachStretch(const Owner& owner, const Holidays& holidays, absl::Time from, absl::Time to,
                    Use use) {
  if (from >= to || !HasHours(owner)) return;
  const absl::CivilDay last = LondonDate(to);
  for (absl::CivilDay day = LondonDate(from); day <= last; ++day) {
    for (const OpenStretch& stretch : OpenOn(owner, holidays, day)) {
      const OpenStretch part = {std::max(stretch.open, from), std::min(stretch.close, to)};
      if (part.open < part.close && !use(part)) return;
    }
  }
}

absl::Time CeilToHour(absl::Time at) {
  return absl::UnixEpoch() + absl::Ceil(at - absl::UnixEpoch(), absl::Hours(1));
}

}  // namespace

OpeningHours AlwaysOpen() {
  OpeningHours hours;
  hours.days.fill({Period{0, kMinutesPerDay}});
  return hours;
}

Result<OpeningHours> ParseHours(const HoursText& hours, std::string_view field) {
  OpeningHours parsed;
  for (const auto& [name, periods] : hours) {
    const std::string path = absl::StrCat(std::string(field), ".", name);
    const auto known = std::find(kDayNames.begin(), kDayNames.end(), name);
    if (known == kDayNames.end()) {
      return Problem{"unknown_field", path, "mon, tue, wed, thu, fri, sat or sun",
                     "correct the day's name"};
    }
    WM_ASSIGN_OR_REFUSE(parsed.days[static_cast<size_t>(known - kDayNames.begin())],
                        ParseDay(periods, path));
  }
  return parsed;
}

std::vector<OpenStretch> OpenOn(const Owner& owner, const Holidays& holidays, absl::CivilDay day) {
  std::vector<OpenStretch> stretches;
  if (!owner.works_holidays && (holidays.IsBankHoliday(day) || IsFixedClosingDay(day))) {
    return stretches;
  }
  const absl::CivilMinute midnight(day);
  for (const Period& period : owner.hours.days[static_cast<size_t>(absl::GetWeekday(day))]) {
    const OpenStretch stretch = {FromLondon(absl::CivilSecond(midnight + period.from_minute)),
                                 FromLondon(absl::CivilSecond(midnight + period.to_minute))};
    // A period inside the hour that spring skips holds no time.
    if (stretch.open < stretch.close) stretches.push_back(stretch);
  }
  return stretches;
}

bool IsOpenDay(const Owner& owner, const Holidays& holidays, absl::CivilDay day) {
  return !OpenOn(owner, holidays, day).empty();
}

std::optional<absl::Time> ClosingTime(const Owner& owner, const Holidays& holidays,
                                      absl::CivilDay day) {
  const std::vector<OpenStretch> stretches = OpenOn(owner, holidays, day);
  if (stretches.empty()) return std::nullopt;
  return stretches.back().close;
}

bool IsOpen(const Owner& owner, const Holidays& holidays, absl::Time at) {
  const std::vector<OpenStretch> stretches = OpenOn(owner, holidays, LondonDate(at));
  return std::any_of(stretches.begin(), stretches.end(), [&](const OpenStretch& stretch) {
    return stretch.open <= at && at < stretch.close;
  });
}

std::optional<absl::Time> NextOpening(const Owner& owner, const Holidays& holidays,
                                      absl::Time from) {
  std::optional<absl::Time> opening;
  ForEachStretch(owner, holidays, from, from + kOpenTimeSearch, [&](const OpenStretch& stretch) {
    opening = stretch.open;
    return false;
  });
  return opening;
}

bool HasOpenTime(const Owner& owner, const Holidays& holidays, absl::Time from, absl::Time to) {
  bool found = false;
  ForEachStretch(owner, holidays, from, to, [&](const OpenStretch&) {
    found = true;
    return false;
  });
  return found;
}

absl::Duration OpenTime(const Owner& owner, const Holidays& holidays, absl::Time from,
                        absl::Time to) {
  absl::Duration total;
  ForEachStretch(owner, holidays, from, to, [&](const OpenStretch& stretch) {
    total += stretch.close - stretch.open;
    return true;
  });
  return total;
}

std::optional<absl::Time> AfterOpenTime(const Owner& owner, const Holidays& holidays,
                                        absl::Time from, absl::Duration length) {
  WM_CHECK(length > absl::ZeroDuration(), "open time to wait for must be longer than nothing");
  std::optional<absl::Time> reached;
  absl::Duration rest = length;
  ForEachStretch(owner, holidays, from, from + kOpenTimeSearch, [&](const OpenStretch& stretch) {
    const absl::Duration here = stretch.close - stretch.open;
    if (rest <= here) {
      reached = stretch.open + rest;
      return false;
    }
    rest -= here;
    return true;
  });
  return reached;
}

std::optional<absl::Time> FirstFullHourOpen(const Owner& owner, const Holidays& holidays,
                                            absl::Time from, absl::Duration ahead, absl::Time due) {
  // London's offset is a whole number of hours, so its full hours are those of UTC.
  absl::Time hour = CeilToHour(from + ahead);
  while (hour <= due) {
    const std::optional<absl::Time> opening = NextOpening(owner, holidays, hour);
    if (!opening.has_value()) return std::nullopt;
    if (*opening == hour) return hour;
    hour = CeilToHour(*opening);
  }
  return std::nullopt;
}

}  // namespace waymark::calendar
