// The clock op's question: a clock by name or written out, an owner by name or written out.
#include "absl/strings/str_cat.h"
#include "cli/rules/members.h"
#include "cli/rules/questions.h"
#include "libs/base/text.h"

namespace waymark::cli {
namespace {

Result<std::vector<int64_t>> DaysOf(const Json& json) {
  if (!json.Is(Json::Kind::kList)) return OutOfRange("clock.days", "a list of whole numbers");
  std::vector<int64_t> days;
  for (const Json& one : json) {
    const auto day = IntegerOf(one);
    if (!day) return OutOfRange(absl::StrCat("clock.days[", days.size(), "]"), "a whole number");
    days.push_back(*day);
  }
  return days;
}

Result<calendar::ClockSpec> SpecOf(const Json& json, const pack::Pack& pack) {
  if (json.Is(Json::Kind::kText)) {
    const pack::ClockRule* clock = pack.FindClock(json.text);
    if (clock != nullptr) return clock->spec;
    return Problem{"not_in_pack", "clock", "one of the pack's clocks", ""};
  }
  if (!json.Is(Json::Kind::kObject)) return OutOfRange("clock", "a clock's name, or its rule");
  if (auto problem =
          CheckMembers(json, "clock.", {"calendar", "length", "days", "then", "due_soon"})) {
    return *std::move(problem);
  }
  calendar::ClockSpecText text;
  WM_ASSIGN_OR_REFUSE(text.calendar, MayText(json, "clock.", "calendar"));
  WM_ASSIGN_OR_REFUSE(text.length, MayText(json, "clock.", "length"));
  WM_ASSIGN_OR_REFUSE(text.then, MayText(json, "clock.", "then"));
  if (const Json* days = May(json, "days")) {
    WM_ASSIGN_OR_REFUSE(text.days, DaysOf(*days));
  }
  if (const Json* fraction = May(json, "due_soon")) {
    if (!fraction->Is(Json::Kind::kNumber)) return OutOfRange("clock.due_soon", "a number");
    text.due_soon = std::string(fraction->text);
  }
  auto spec = calendar::ParseClockSpec(text, "clock", pack.due_soon.value);
  if (spec.ok()) return spec;
  // A member that is there but null was left out above; where it is required, it is out of range.
  Problem problem = spec.problem();
  for (const Json& member : json) {
    if (problem.code == "missing_field" &&
        problem.field == absl::StrCat("clock.", ToAbsl(member.name))) {
      problem.code = "out_of_range";
    }
  }
  return problem;
}

using PeriodText = std::pair<std::string, std::string>;

Result<PeriodText> PeriodOf(const Json& period, const std::string& path) {
  if (!period.Is(Json::Kind::kList) || period.size() != 2) {
    return OutOfRange(path, "two times, from and to");
  }
  std::vector<std::string> ends;
  for (const Json& end : period) {
    if (!end.Is(Json::Kind::kText)) {
      return OutOfRange(absl::StrCat(path, "[", ends.size(), "]"), "a time from 00:00 to 24:00");
    }
    ends.emplace_back(end.text);
  }
  return PeriodText(std::move(ends[0]), std::move(ends[1]));
}

Result<calendar::HoursText> HoursOf(const Json& hours) {
  calendar::HoursText text;
  for (const Json& periods : hours) text[std::string(periods.name)];
  // A day's name before what is said about that day.
  if (const auto days = calendar::ParseHours(text, "owner.hours"); !days.ok()) {
    return days.problem();
  }
  for (const Json& periods : hours) {
    const std::string path = absl::StrCat("owner.hours.", ToAbsl(periods.name));
    std::vector<PeriodText>& list = text[std::string(periods.name)];
    if (periods.Is(Json::Kind::kNull)) continue;
    if (!periods.Is(Json::Kind::kList)) return OutOfRange(path, "a list of periods");
    for (const Json& period : periods) {
      WM_ASSIGN_OR_REFUSE(PeriodText ends,
                          PeriodOf(period, absl::StrCat(path, "[", list.size(), "]")));
      list.push_back(std::move(ends));
    }
  }
  return text;
}

Result<calendar::Owner> OwnerOf(const Json& json, const pack::Pack& pack) {
  if (json.Is(Json::Kind::kText)) {
    const pack::Agency* agency = pack.FindAgency(json.text);
    if (agency != nullptr) return agency->AsOwner();
    return Problem{"not_in_pack", "owner", "the id of one of the pack's agencies", ""};
  }
  if (!json.Is(Json::Kind::kObject)) return OutOfRange("owner", "an agency's id, or an owner");
  if (auto problem = CheckMembers(json, "owner.", {"name", "hours", "works_holidays", "cover"})) {
    return *std::move(problem);
  }
  calendar::Owner owner;
  WM_ASSIGN_OR_REFUSE(owner.name, NeedText(json, "owner.", "name"));
  WM_ASSIGN_OR_REFUSE(const Json* hours, NeedObject(json, "owner.", "hours"));
  WM_ASSIGN_OR_REFUSE(const calendar::HoursText text, HoursOf(*hours));
  WM_ASSIGN_OR_REFUSE(owner.hours, calendar::ParseHours(text, "owner.hours"));
  if (const Json* works = May(json, "works_holidays")) {
    if (!works->Is(Json::Kind::kBoolean)) return OutOfRange("owner.works_holidays", "a boolean");
    owner.works_holidays = works->boolean;
  }
  WM_ASSIGN_OR_REFUSE(owner.cover, MayText(json, "owner.", "cover"));
  return owner;
}

Result<calendar::Holidays> HolidaysOf(const Json& json) {
  if (auto problem = CheckObject(json, "holidays", {"dates", "horizon"})) {
    return *std::move(problem);
  }
  WM_ASSIGN_OR_REFUSE(const Json* list, NeedList(json, "holidays.", "dates"));
  std::vector<std::string> dates;
  for (const Json& date : *list) {
    if (!date.Is(Json::Kind::kText)) {
      return OutOfRange(absl::StrCat("holidays.dates[", dates.size(), "]"),
                        "a date like 2026-12-25");
    }
    dates.emplace_back(date.text);
  }
  WM_ASSIGN_OR_REFUSE(const std::string horizon, NeedText(json, "holidays.", "horizon"));
  return calendar::ParseHolidays(dates, horizon, "holidays");
}

}  // namespace

Result<ClockQuestion> ReadClock(const Json& line, const pack::Pack& pack) {
  if (auto problem = CheckMembers(line, "",
                                  {"op", "id", "pack", "clock", "start", "owner", "now",
                                   "stopped_at", "count", "holidays"})) {
    return *std::move(problem);
  }
  ClockQuestion read;
  const Json* clock = line.Find("clock");
  if (clock == nullptr) return Missing("clock", "a clock's name, or its rule");
  WM_ASSIGN_OR_REFUSE(read.question.spec, SpecOf(*clock, pack));
  WM_ASSIGN_OR_REFUSE(read.question.start, NeedTime(line, "", "start"));
  const Json* owner = line.Find("owner");
  if (owner == nullptr) return Missing("owner", "an agency's id, or an owner");
  WM_ASSIGN_OR_REFUSE(read.question.owner, OwnerOf(*owner, pack));
  WM_ASSIGN_OR_REFUSE(read.question.now, MayTime(line, "", "now"));
  WM_ASSIGN_OR_REFUSE(read.question.stopped_at, MayTime(line, "", "stopped_at"));
  if (const Json* count = May(line, "count")) {
    const auto number = IntegerOf(*count);
    if (!number) return OutOfRange("count", "a whole number");
    read.question.reminder_count = *number;
  }
  if (const Json* holidays = May(line, "holidays")) {
    WM_ASSIGN_OR_REFUSE(auto given, HolidaysOf(*holidays));
    read.holidays = std::move(given);
  }
  return read;
}

}  // namespace waymark::cli
