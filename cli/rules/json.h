// A JSON value that keeps numbers as they were written, so that fractions never pass through binary
// floating point and an id is echoed exactly. Parsing is nlohmann-json's.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace waymark::cli {

struct Json {
  enum class Kind { kNull, kBoolean, kNumber, kText, kList, kObject };

  Kind kind = Kind::kNull;
  bool boolean = false;
  std::string text;                // of a text, or a number as it was written
  std::vector<std::string> names;  // of an object's members, as many as children
  std::vector<Json> children;      // of a list or an object

  bool Is(Kind other) const { return kind == other; }
  const Json* Find(std::string_view name) const;  // null when there is no such member
};

// nullopt when `line` is not one JSON value, when an object names a member twice, or when values
// are nested more than 64 deep; `why` then says which.
std::optional<Json> ParseJson(std::string_view line, std::string* why);

// Compact JSON.
std::string DumpJson(const Json& json);

}  // namespace waymark::cli
