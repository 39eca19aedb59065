#include "cli/rules/members.h"

#include <algorithm>
#include <charconv>

#include "libs/base/rfc3339.h"

namespace waymark::cli {
namespace {

constexpr std::string_view kTime = "a time like 2026-03-01T09:30:00Z, with its offset";

std::string Path(const std::string& prefix, std::string_view name) {
  return prefix + std::string(name);
}

Result<absl::Time> TimeOf(const Json& json, std::string path) {
  if (json.Is(Json::Kind::kText)) {
    if (const auto at = ParseRfc3339(json.text); at.ok()) return *at;
  }
  return OutOfRange(std::move(path), kTime);
}

Result<const Json*> NeedKind(const Json& object, const std::string& prefix, std::string_view name,
                             Json::Kind kind, std::string_view wanted) {
  const Json* given = object.Find(name);
  if (given == nullptr) return Missing(Path(prefix, name), wanted);
  if (!given->Is(kind)) return OutOfRange(Path(prefix, name), wanted);
  return given;
}

}  // namespace

Problem Missing(std::string field, std::string_view wanted) {
  return {"missing_field", std::move(field), std::string(wanted), "add it"};
}

Problem OutOfRange(std::string field, std::string_view wanted) {
  return {"out_of_range", std::move(field), std::string(wanted), ""};
}

std::optional<Problem> CheckMembers(const Json& object, const std::string& prefix,
                                    const std::vector<std::string_view>& known) {
  for (const Json& member : object) {
    if (std::find(known.begin(), known.end(), member.name) == known.end()) {
      return Problem{"unknown_field", Path(prefix, member.name), "only members that are known here",
                     "leave it out"};
    }
  }
  return std::nullopt;
}

std::optional<Problem> CheckObject(const Json& json, const std::string& path,
                                   const std::vector<std::string_view>& known) {
  if (!json.Is(Json::Kind::kObject)) return OutOfRange(path, "an object");
  return CheckMembers(json, path + ".", known);
}

const Json* May(const Json& object, std::string_view name) {
  const Json* given = object.Find(name);
  return given != nullptr && given->Is(Json::Kind::kNull) ? nullptr : given;
}

Result<std::optional<std::string>> MayText(const Json& object, const std::string& prefix,
                                           std::string_view name) {
  const Json* given = May(object, name);
  if (given == nullptr) return std::optional<std::string>();
  if (!given->Is(Json::Kind::kText)) return OutOfRange(Path(prefix, name), "a text");
  return std::optional<std::string>(std::string(given->text));
}

Result<std::optional<absl::Time>> MayTime(const Json& object, const std::string& prefix,
                                          std::string_view name) {
  const Json* given = May(object, name);
  if (given == nullptr) return std::optional<absl::Time>();
  WM_ASSIGN_OR_REFUSE(const absl::Time at, TimeOf(*given, Path(prefix, name)));
  return std::optional<absl::Time>(at);
}

Result<std::string> NeedText(const Json& object, const std::string& prefix, std::string_view name) {
  WM_ASSIGN_OR_REFUSE(const Json* given,
                      NeedKind(object, prefix, name, Json::Kind::kText, "a text"));
  return std::string(given->text);
}

Result<absl::Time> NeedTime(const Json& object, const std::string& prefix, std::string_view name) {
  WM_ASSIGN_OR_REFUSE(const Json* given, NeedKind(object, prefix, name, Json::Kind::kText, kTime));
  return TimeOf(*given, Path(prefix, name));
}

Result<const Json*> NeedObject(const Json& object, const std::string& prefix,
                               std::string_view name) {
  return NeedKind(object, prefix, name, Json::Kind::kObject, "an object");
}

Result<const Json*> NeedList(const Json& object, const std::string& prefix, std::string_view name) {
  return NeedKind(object, prefix, name, Json::Kind::kList, "a list");
}

std::optional<int64_t> IntegerOf(const Json& json) {
  if (!json.Is(Json::Kind::kNumber)) return std::nullopt;
  int64_t value = 0;
  const char* end = json.text.data() + json.text.size();
  const auto [stop, error] = std::from_chars(json.text.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

}  // namespace waymark::cli
