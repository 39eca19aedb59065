// Column family and inputs of the room `statement`.
#pragma once

#include <string_view>

namespace waymark::sharing::statement {

// id that a leaf is about, number of the leaf -> "": leaves that tell of sharing, in order
inline constexpr std::string_view kLeaves = "gateway.statement.leaves";

inline constexpr std::string_view kMake = "/waymark.gateway.v1.StatementService/MakeStatement";
inline constexpr std::string_view kExplain = "/waymark.gateway.v1.StatementService/ExplainPast";

}  // namespace waymark::sharing::statement
