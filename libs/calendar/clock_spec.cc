#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/calendar/sla_clock.h"

namespace waymark::calendar {
namespace {

constexpr int64_t kMaxReminderDay = 999'999'999;

constexpr std::array<std::pair<std::string_view, CalendarKind>, 7> kCalendars = {{
    {"elapsed", CalendarKind::kElapsed},
    {"civil", CalendarKind::kCivil},
    {"working", CalendarKind::kWorking},
    {"agency", CalendarKind::kAgency},
    {"end_of_working_day", CalendarKind::kEndOfWorkingDay},
    {"review", CalendarKind::kReview},
    {"reminders", CalendarKind::kReminders},
}};

bool HasLength(CalendarKind kind) {
  return kind != CalendarKind::kEndOfWorkingDay && kind != CalendarKind::kReminders;
}

// What a calendar takes as a length, in words and as a test.
std::string_view WantedLength(CalendarKind kind) {
  switch (kind) {
    case CalendarKind::kElapsed:
      return "hours or days, more than none: PT24H, P3D";
    case CalendarKind::kWorking:
      return "days only, at least one: P3D";
    case CalendarKind::kAgency:
      return "hours, minutes or seconds only, more than none: PT60M";
    default:
      return "years, months, weeks or days, more than none: P1M, P7D";
  }
}

bool IsAllowed(CalendarKind kind, const Length& length) {
  if (length.IsZero()) return false;
  const bool has_days = length.weeks != 0 || length.days != 0;
  switch (kind) {
    case CalendarKind::kElapsed:
      return !length.HasMonths();
    case CalendarKind::kWorking:
      return !length.HasMonths() && length.weeks == 0 && !length.HasTime();
    case CalendarKind::kAgency:
      return !length.HasMonths() && !has_days;
    default:
      return !length.HasTime();
  }
}

Problem Missing(const std::string& field, std::string_view member) {
  return {"missing_field", absl::StrCat(field, ".", std::string(member)),
          "the member, which this calendar needs", "add it"};
}

Problem OutOfRange(std::string field, std::string_view wanted) {
  return {"out_of_range", std::move(field), std::string(wanted), "correct the value"};
}

Result<Length> ReadLength(const std::optional<std::string>& text, CalendarKind kind,
                          const std::string& field, std::string_view member) {
  if (!text.has_value()) return Missing(field, member);
  const std::optional<Length> length = ParseLength(*text);
  if (!length.has_value() || !IsAllowed(kind, *length)) {
    return OutOfRange(absl::StrCat(field, ".", std::string(member)), WantedLength(kind));
  }
  return *length;
}

std::optional<Problem> RefuseStrangers(const ClockSpecText& text, CalendarKind kind,
                                       const std::string& field) {
  const auto refuse = [&](std::string_view member) {
    return Problem{"unknown_field", absl::StrCat(field, ".", std::string(member)),
                   "no such member for this calendar", "leave it out"};
  };
  if (!HasLength(kind) && text.length.has_value()) return refuse("length");
  if (kind != CalendarKind::kReminders && text.days.has_value()) return refuse("days");
  if (kind != CalendarKind::kReminders && text.then.has_value()) return refuse("then");
  return std::nullopt;
}

Result<std::vector<int64_t>> ReadDays(const std::optional<std::vector<int64_t>>& days,
                                      const std::string& field) {
  if (!days.has_value()) return Missing(field, "days");
  int64_t before = 0;
  for (size_t i = 0; i < days->size(); ++i) {
    const int64_t day = (*days)[i];
    if (day <= before || day > kMaxReminderDay) {
      return OutOfRange(absl::StrCat(field, ".days[", i, "]"),
                        "a whole number of days, each more than the one before");
    }
    before = day;
  }
  return *days;
}

}  // namespace

std::string_view CalendarName(CalendarKind kind) {
  for (const auto& [name, known] : kCalendars) {
    if (known == kind) return name;
  }
  CheckFailed(__FILE__, __LINE__, "kind", "a calendar without a name");
}

Result<ClockSpec> ParseClockSpec(const ClockSpecText& text, std::string_view field,
                                 const Fraction& default_due_soon) {
  const std::string path(field);
  if (!text.calendar.has_value()) return Missing(path, "calendar");
  const auto* const known =
      std::find_if(kCalendars.begin(), kCalendars.end(),
                   [&](const auto& entry) { return entry.first == *text.calendar; });
  if (known == kCalendars.end()) {
    return OutOfRange(path + ".calendar",
                      "elapsed, civil, working, agency, end_of_working_day, review or reminders");
  }
  ClockSpec spec;
  spec.calendar = known->second;
  if (std::optional<Problem> stranger = RefuseStrangers(text, spec.calendar, path)) {
    return *std::move(stranger);
  }
  if (HasLength(spec.calendar)) {
    WM_ASSIGN_OR_REFUSE(spec.length, ReadLength(text.length, spec.calendar, path, "length"));
  }
  if (spec.calendar == CalendarKind::kReminders) {
    WM_ASSIGN_OR_REFUSE(spec.days, ReadDays(text.days, path));
    WM_ASSIGN_OR_REFUSE(spec.then, ReadLength(text.then, spec.calendar, path, "then"));
  }
  spec.due_soon = default_due_soon;
  if (text.due_soon.has_value()) {
    const std::optional<Fraction> fraction = Fraction::Parse(*text.due_soon);
    if (!fraction.has_value()) {
      return OutOfRange(path + ".due_soon", "a number above 0 and at most 1");
    }
    spec.due_soon = *fraction;
  }
  return spec;
}

}  // namespace waymark::calendar
