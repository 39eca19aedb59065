// The release of all programs of this tree.
#pragma once

namespace waymark::cli {

inline constexpr char kVersion[] = "0.1.0";

}  // namespace waymark::cli
