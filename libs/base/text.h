// Debian's absl::string_view is a type of its own. These two convert; no other file needs to.
#pragma once

#include <string_view>

#include "absl/strings/string_view.h"

namespace waymark {

inline absl::string_view ToAbsl(std::string_view text) { return {text.data(), text.size()}; }
inline std::string_view ToStd(absl::string_view text) { return {text.data(), text.size()}; }

}  // namespace waymark
