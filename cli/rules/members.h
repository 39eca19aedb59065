// Members of JSON objects, read with the refusals of the rules command: `missing_field` for one
// that is left out, `out_of_range` for a required one that is null or of the wrong type,
// `unknown_field` for one nobody knows. An optional member that is null counts as left out.
//
// `prefix` is the path of the object followed by a dot, "" for the line itself. Pure; thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "cli/rules/json.h"
#include "libs/base/result.h"

namespace waymark::cli {

Problem Missing(std::string field, std::string_view wanted);
Problem OutOfRange(std::string field, std::string_view wanted);

// The first member that is not among `known`.
std::optional<Problem> CheckMembers(const Json& object, const std::string& prefix,
                                    const std::vector<std::string_view>& known);
// The same after `json` was found to be an object.
std::optional<Problem> CheckObject(const Json& json, const std::string& path,
                                   const std::vector<std::string_view>& known);

// Null when the member is left out or null.
const Json* May(const Json& object, std::string_view name);
Result<std::optional<std::string>> MayText(const Json& object, const std::string& prefix,
                                           std::string_view name);
Result<std::optional<absl::Time>> MayTime(const Json& object, const std::string& prefix,
                                          std::string_view name);

Result<std::string> NeedText(const Json& object, const std::string& prefix, std::string_view name);
Result<absl::Time> NeedTime(const Json& object, const std::string& prefix, std::string_view name);
Result<const Json*> NeedObject(const Json& object, const std::string& prefix,
                               std::string_view name);
Result<const Json*> NeedList(const Json& object, const std::string& prefix, std::string_view name);

// nullopt for what is not a whole number within 64 bits.
std::optional<int64_t> IntegerOf(const Json& json);

}  // namespace waymark::cli
