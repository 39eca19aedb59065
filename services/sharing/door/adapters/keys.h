// Column families and keys of the door.
#pragma once

#include <string_view>

namespace waymark::sharing::door {

// keyed hash of the source reference (32 bytes) -> StoredReference
inline constexpr std::string_view kReferences = "gateway.door.references";
// keyed hash of a stock entry (32 bytes) -> ""
inline constexpr std::string_view kStock = "gateway.door.stock";

}  // namespace waymark::sharing::door
