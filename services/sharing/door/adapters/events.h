// Names of the door's events and of the nudge it gives (messages of vault.proto), and of the
// records it sends.
#pragma once

#include <string_view>

namespace waymark::sharing::door {

inline constexpr std::string_view kIncidentTaken = "waymark.gateway.v1.IncidentTaken";
inline constexpr std::string_view kAssessmentTaken = "waymark.gateway.v1.AssessmentTaken";
inline constexpr std::string_view kStockTaken = "waymark.gateway.v1.StockTaken";

// Timer kind, due at once; its payload is HighAssessed. Decided by the room `duties`.
inline constexpr std::string_view kHighAssessed = "duties.high_assessed";

inline constexpr std::string_view kIncidentReported = "waymark.gateway.v1.IncidentReported";
inline constexpr std::string_view kVictimAssessed = "waymark.gateway.v1.VictimAssessed";
inline constexpr std::string_view kStockRegistered = "waymark.gateway.v1.StockRegistered";

}  // namespace waymark::sharing::door
