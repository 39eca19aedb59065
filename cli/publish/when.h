// Instants as people write them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"

namespace waymark::cli {

inline constexpr std::string_view kWhenForms =
    "an instant such as 2026-03-06T18:00:00Z, or 2026-03-06 18:00 on the London wall clock";

// RFC 3339 with an offset, or "YYYY-MM-DD HH:MM" in London. nullopt for anything else. Pure.
std::optional<absl::Time> ParseWhen(const std::string& text);

}  // namespace waymark::cli
