// Bank holidays up to a horizon: which days are known to be holidays, and how far anyone knows.
//
// Immutable after construction, so safe to share between threads.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "libs/base/result.h"

namespace waymark::calendar {

class Holidays {
 public:
  // Dates in any order; those past `horizon` are no holidays and are dropped.
  Holidays(std::vector<absl::CivilDay> dates, absl::CivilDay horizon);

  bool IsBankHoliday(absl::CivilDay day) const;

  // The last day for which the list is complete.
  absl::CivilDay horizon() const { return horizon_; }

 private:
  std::vector<absl::CivilDay> dates_;  // sorted
  absl::CivilDay horizon_;
};

// The bank holidays of England and Wales from 2010 to 2028, as proclaimed or, for years not yet
// proclaimed, as the Banking and Financial Dealings Act 1971 and custom give them.
const Holidays& EnglandAndWales();

// 25 and 26 December and 1 January, whatever weekday: agencies are closed on these themselves, not
// only on their substitute days.
bool IsFixedClosingDay(absl::CivilDay day);

// Dates as "2026-12-25". Refuses with `out_of_range` on "<field>.dates[2]" or "<field>.horizon".
Result<Holidays> ParseHolidays(const std::vector<std::string>& dates, std::string_view horizon,
                               std::string_view field = "holidays");

}  // namespace waymark::calendar
