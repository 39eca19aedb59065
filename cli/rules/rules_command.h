// `waymark rules`: questions about a pack, one JSON object a line in, one answer a line out, in the
// same order. The rules themselves are in libs/rules and libs/calendar.
#pragma once

#include <iosfwd>
#include <string>

namespace waymark::cli {

inline constexpr int kAllAnswered = 0;
inline constexpr int kBadUsageOrPack = 2;
inline constexpr int kSomeNotAnswered = 3;

// Answers every line of `in` on `out` under the pack (a name in `packs_directory`, or a path); a
// line may name another. A wrong line is answered with an error and the next one goes on. What
// stops the command (a pack that cannot be loaded, output that cannot be written) is said on `err`.
// Returns the exit status. Deterministic; not interactive; answers are flushed at the end.
int RunRules(std::string pack_name_or_path, std::istream& in, std::ostream& out, std::ostream& err,
             const std::string& packs_directory = "packs");

}  // namespace waymark::cli
