// Instants as text: RFC 3339, https://www.rfc-editor.org/rfc/rfc3339.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace waymark {

// UTC with "Z"; whole seconds unless `at` has a fraction.
std::string FormatRfc3339(absl::Time at);

// Any offset; a time without an offset, or an impossible date, is refused.
absl::StatusOr<absl::Time> ParseRfc3339(std::string_view text);

}  // namespace waymark
