#include "cli/pack/handbook.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "cli/pack/handbook_parts.h"
#include "libs/base/text.h"

namespace waymark::cli {
namespace {

using calendar::CalendarKind;

constexpr std::string_view kDays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

std::string PeriodsInWords(const std::vector<calendar::Period>& periods) {
  std::vector<std::string> parts;
  for (const calendar::Period& period : periods) {
    parts.push_back(absl::StrFormat("%02d:%02d-%02d:%02d", period.from_minute / 60,
                                    period.from_minute % 60, period.to_minute / 60,
                                    period.to_minute % 60));
  }
  return absl::StrJoin(parts, " and ");
}

std::string Joined(const std::vector<std::string>& parts, std::string_view last) {
  if (parts.empty()) return "";
  if (parts.size() == 1) return parts.front();
  return absl::StrCat(absl::StrJoin(parts.begin(), std::prev(parts.end()), ", "), " ", ToAbsl(last),
                      " ", parts.back());
}

void Append(std::vector<Section> more, std::vector<Section>& all) {
  std::move(more.begin(), more.end(), std::back_inserter(all));
}

}  // namespace

std::string Spelt(std::string_view word) { return absl::StrReplaceAll(ToAbsl(word), {{"_", " "}}); }

std::string AnyOf(const std::vector<std::string>& words) {
  std::vector<std::string> parts;
  for (const std::string& word : words) parts.push_back(Spelt(word));
  return Joined(parts, "or");
}

std::string BandsInWords(const std::vector<pack::Band>& bands) {
  std::vector<std::string> parts;
  for (const pack::Band band : bands) parts.emplace_back(pack::BandName(band));
  return Joined(parts, "or");
}

std::string LengthInWords(const calendar::Length& length) {
  std::vector<std::string> parts;
  const auto add = [&](int64_t count, const char* unit) {
    if (count != 0) parts.push_back(absl::StrCat(count, " ", unit, count == 1 ? "" : "s"));
  };
  add(length.years, "year");
  add(length.months, "month");
  add(length.weeks, "week");
  add(length.days, "day");
  add(length.hours, "hour");
  add(length.minutes, "minute");
  add(length.seconds, "second");
  return absl::StrJoin(parts, " ");
}

std::string DueInWords(const calendar::ClockSpec& spec) {
  const std::string length = LengthInWords(spec.length);
  switch (spec.calendar) {
    case CalendarKind::kElapsed:
      return absl::StrCat("within ", length, ", day and night");
    case CalendarKind::kCivil:
      return absl::StrCat("within ", length, ", at the same time of day");
    case CalendarKind::kWorking:
      return absl::StrCat("within ", spec.length.days,
                          spec.length.days == 1 ? " working day" : " working days");
    case CalendarKind::kAgency:
      return absl::StrCat("within ", length, " of opening time");
    case CalendarKind::kEndOfWorkingDay:
      return "by the end of the working day";
    case CalendarKind::kReview:
      return absl::StrCat("every ", length, ", counted from the last time");
    case CalendarKind::kReminders: {
      std::vector<std::string> days;
      for (const int64_t day : spec.days) days.push_back(absl::StrCat(day));
      return absl::StrCat("reminders after ", Joined(days, "and"), " days, then every ",
                          LengthInWords(spec.then));
    }
  }
  return "";
}

std::string HoursInWords(const calendar::OpeningHours& hours) {
  if (hours == calendar::AlwaysOpen()) return "always";
  std::vector<std::string> parts;
  for (size_t day = 0; day < hours.days.size();) {
    size_t last = day;
    while (last + 1 < hours.days.size() && hours.days[last + 1] == hours.days[day]) ++last;
    if (!hours.days[day].empty()) {
      std::string names(kDays[day]);
      if (last > day) absl::StrAppend(&names, " to ", ToAbsl(kDays[last]));
      parts.push_back(absl::StrCat(names, " ", PeriodsInWords(hours.days[day])));
    }
    day = last + 1;
  }
  return absl::StrJoin(parts, ", ");
}

Handbook HandbookOf(const pack::Pack& pack) {
  Handbook handbook;
  handbook.title = pack.text;
  handbook.paragraphs.push_back({absl::StrCat("Policy pack ", pack.name, ", version ", pack.version,
                                              ", ", pack.digest, ".")});
  handbook.paragraphs.push_back(
      {absl::StrCat("The mark \"", ToAbsl(kLocalMark),
                    "\" stands beside what no published source gives: a number or reading that is "
                    "ours or the partnership's own. The last section says why.")});
  Append(FirstContactSections(pack), handbook.sections);
  Append(AssessmentSections(pack), handbook.sections);
  Append(RepeatSections(pack), handbook.sections);
  Append(ClockSections(pack), handbook.sections);
  Append(DutySections(pack), handbook.sections);
  Append(CaseSections(pack), handbook.sections);
  Append(ListSections(pack), handbook.sections);
  return handbook;
}

}  // namespace waymark::cli
