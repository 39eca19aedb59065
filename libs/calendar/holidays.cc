#include "libs/calendar/holidays.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/calendar/civil.h"

namespace waymark::calendar {
namespace {

// A year and its bank holidays as month x 100 + day; a holiday that falls on a weekend stands here
// as its substitute day. Days out of the ordinary: 29 April 2011, 4 and 5 June 2012, 8 May 2020
// (for the 4th), 2 and 3 June and 19 September 2022, 8 May 2023.
struct Year {
  int year;
  std::vector<int> days;
};

std::vector<Year> EnglandAndWalesTable() {
  return {
      {2010, {101, 402, 405, 503, 531, 830, 1227, 1228}},
      {2011, {103, 422, 425, 429, 502, 530, 829, 1226, 1227}},
      {2012, {102, 406, 409, 507, 604, 605, 827, 1225, 1226}},
      {2013, {101, 329, 401, 506, 527, 826, 1225, 1226}},
      {2014, {101, 418, 421, 505, 526, 825, 1225, 1226}},
      {2015, {101, 403, 406, 504, 525, 831, 1225, 1228}},
      {2016, {101, 325, 328, 502, 530, 829, 1226, 1227}},
      {2017, {102, 414, 417, 501, 529, 828, 1225, 1226}},
      {2018, {101, 330, 402, 507, 528, 827, 1225, 1226}},
      {2019, {101, 419, 422, 506, 527, 826, 1225, 1226}},
      {2020, {101, 410, 413, 508, 525, 831, 1225, 1228}},
      {2021, {101, 402, 405, 503, 531, 830, 1227, 1228}},
      {2022, {103, 415, 418, 502, 602, 603, 829, 919, 1226, 1227}},
      {2023, {102, 407, 410, 501, 508, 529, 828, 1225, 1226}},
      {2024, {101, 329, 401, 506, 527, 826, 1225, 1226}},
      {2025, {101, 418, 421, 505, 526, 825, 1225, 1226}},
      {2026, {101, 403, 406, 504, 525, 831, 1225, 1228}},
      {2027, {101, 326, 329, 503, 531, 830, 1227, 1228}},
      {2028, {103, 414, 417, 501, 529, 828, 1225, 1226}},
  };
}

Problem NoDate(std::string field) {
  return {"out_of_range", std::move(field), "a date like 2026-12-25", "correct the date"};
}

}  // namespace

Holidays::Holidays(std::vector<absl::CivilDay> dates, absl::CivilDay horizon)
    : dates_(std::move(dates)), horizon_(horizon) {
  std::erase_if(dates_, [&](absl::CivilDay day) { return day > horizon_; });
  std::sort(dates_.begin(), dates_.end());
}

bool Holidays::IsBankHoliday(absl::CivilDay day) const {
  return std::binary_search(dates_.begin(), dates_.end(), day);
}

const Holidays& EnglandAndWales() {
  static const Holidays* const holidays = [] {
    std::vector<absl::CivilDay> dates;
    const std::vector<Year> table = EnglandAndWalesTable();
    for (const Year& year : table) {
      for (const int day : year.days) dates.emplace_back(year.year, day / 100, day % 100);
    }
    return new Holidays(std::move(dates), absl::CivilDay(table.back().year, 12, 31));
  }();
  return *holidays;
}

bool IsFixedClosingDay(absl::CivilDay day) {
  return (day.month() == 12 && (day.day() == 25 || day.day() == 26)) ||
         (day.month() == 1 && day.day() == 1);
}

Result<Holidays> ParseHolidays(const std::vector<std::string>& dates, std::string_view horizon,
                               std::string_view field) {
  const std::string path(field);
  std::vector<absl::CivilDay> days;
  for (size_t i = 0; i < dates.size(); ++i) {
    const std::optional<absl::CivilDay> day = ParseDate(dates[i]);
    if (!day.has_value()) return NoDate(absl::StrCat(path, ".dates[", i, "]"));
    days.push_back(*day);
  }
  const std::optional<absl::CivilDay> last = ParseDate(horizon);
  if (!last.has_value()) return NoDate(path + ".horizon");
  return Holidays(std::move(days), *last);
}

}  // namespace waymark::calendar
