// The clock op's question: a clock by name or written out, an owner by name or written out.
#include "absl/strings/str_cat.h"
#include "cli/rules/members.h"
#include "cli/rules/questions.h"

namespace waymark::cli {
namespace {

Result<std::vector<int64_t>> DaysOf(const Json& json) {
  if (!json.Is(Json::Kind::kList)) return OutOfRange("clock.days", "a list of whole numbers");
  std::vector<int64_t> days;
  for (size_t i = 0; i < json.children.size(); ++i) {
    const auto day = IntegerOf(json.children[i]);
    if (!day) return OutOfRange(absl::StrCat("clock.days[", i, "]"), "a whole number");
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
    text.due_soon = fraction->text;
  }
  auto spec = calendar::ParseClockSpec(text, "clock", pack.due_soon.value);
  if (spec.ok()) return spec;
  // A member that is there but null was left out above; where it is required, it is out of range.
  Problem problem = spec.problem();
  for (size_t i = 0; i < json.names.size(); ++i) {
    if (problem.code == "missing_field" && problem.field == "clock." + json.names[i]) {
      problem.code = "out_of_range";
    }
  }
  return problem;
}

Result<calendar::HoursText> HoursOf(const Json& hours) {
  calendar::HoursText text;
  for (size_t day = 0; day < hours.children.size(); ++day) {
    const Json& periods = hours.children[day];
    const std::string path = "owner.hours." + hours.names[day];
    std::vector<std::pair<std::string, std::string>>& list = text[hours.names[day]];
    if (periods.Is(Json::Kind::kNull)) continue;
    if (!periods.Is(Json::Kind::kList)) return OutOfRange(path, "a list of periods");
    for (size_t i = 0; i < periods.children.size(); ++i) {
      const Json& period = periods.children[i];
      const std::string at = absl::StrCat(path, "[", i, "]");
      if (!period.Is(Json::Kind::kList) || period.children.size() != 2) {
        return OutOfRange(at, "two times, from and to");
      }
      for (size_t end = 0; end < 2; ++end) {
        if (!period.children[end].Is(Json::Kind::kText)) {
          return OutOfRange(absl::StrCat(at, "[", end, "]"), "a time from 00:00 to 24:00");
        }
      }
      list.emplace_back(period.children[0].text, period.children[1].text);
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
  for (size_t i = 0; i < list->children.size(); ++i) {
    if (!list->children[i].Is(Json::Kind::kText)) {
      return OutOfRange(absl::StrCat("holidays.dates[", i, "]"), "a date like 2026-12-25");
    }
    dates.push_back(list->children[i].text);
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
