#include "cli/publish/when.h"

#include "libs/base/rfc3339.h"
#include "libs/calendar/civil.h"

namespace waymark::cli {

std::optional<absl::Time> ParseWhen(const std::string& text) {
  constexpr std::string_view kShape = "dddd-dd-dd dd:dd";
  if (text.size() == kShape.size() && text[10] == ' ' && text[13] == ':') {
    const std::optional<absl::CivilDay> day = calendar::ParseDate(text.substr(0, 10));
    const auto digit = [&](size_t at) { return text[at] - '0'; };
    for (size_t at : {11, 12, 14, 15}) {
      if (digit(at) < 0 || digit(at) > 9) return std::nullopt;
    }
    const int hour = digit(11) * 10 + digit(12), minute = digit(14) * 10 + digit(15);
    if (!day || hour > 23 || minute > 59) return std::nullopt;
    return calendar::FromLondon(
        absl::CivilSecond(day->year(), day->month(), day->day(), hour, minute, 0));
  }
  const absl::StatusOr<absl::Time> at = ParseRfc3339(text);
  if (!at.ok()) return std::nullopt;
  return *at;
}

}  // namespace waymark::cli
