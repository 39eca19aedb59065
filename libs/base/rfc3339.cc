#include "libs/base/rfc3339.h"

#include "libs/base/text.h"

namespace waymark {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// absl parses more than RFC 3339 allows (leading space, short fields, no offset), so the shape is
// checked first: dddd-dd-ddTdd:dd:dd[.d+](Z|[+-]dd:dd).
bool HasShape(std::string_view text) {
  constexpr std::string_view kShape = "dddd-dd-ddTdd:dd:dd";
  if (text.size() < kShape.size() + 1) return false;
  for (size_t i = 0; i < kShape.size(); ++i) {
    const char c = text[i] == 't' ? 'T' : text[i];
    if (kShape[i] == 'd' ? !IsDigit(c) : c != kShape[i]) return false;
  }
  size_t i = kShape.size();
  if (text[i] == '.') {
    const size_t first = ++i;
    while (i < text.size() && IsDigit(text[i])) ++i;
    if (i == first) return false;
  }
  const std::string_view zone = text.substr(i);
  if (zone == "Z" || zone == "z") return true;
  return zone.size() == 6 && (zone[0] == '+' || zone[0] == '-') && IsDigit(zone[1]) &&
         IsDigit(zone[2]) && zone[3] == ':' && IsDigit(zone[4]) && IsDigit(zone[5]);
}

}  // namespace

std::string FormatRfc3339(absl::Time at) {
  return absl::FormatTime("%Y-%m-%d%ET%H:%M:%E*SZ", at, absl::UTCTimeZone());
}

absl::StatusOr<absl::Time> ParseRfc3339(std::string_view text) {
  const auto refuse = [] {
    return absl::InvalidArgumentError("wanted a time like 2026-03-01T09:30:00Z, with its offset");
  };
  if (!HasShape(text)) return refuse();
  std::string upper(text);
  for (char& c : upper) c = c == 't' ? 'T' : c == 'z' ? 'Z' : c;
  absl::Time at;
  if (std::string error; !absl::ParseTime(absl::RFC3339_full, upper, &at, &error)) return refuse();
  return at;
}

}  // namespace waymark
