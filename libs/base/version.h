// The release of all programs of this tree.
#pragma once

namespace waymark {

inline constexpr char kVersion[] = "0.1.0";

}  // namespace waymark
