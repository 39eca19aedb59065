// Every limit of what the door takes in. Each is tested one step inside and one step outside.
#pragma once

#include <cstddef>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace waymark::sharing::door {

// Characters (Unicode code points) unless the name says otherwise.
inline constexpr size_t kReferenceCharactersMax = 64;
inline constexpr size_t kSummaryCharactersMax = 8'000;
inline constexpr size_t kReasonCharactersMax = 2'000;
inline constexpr size_t kSafeContactCharactersMax = 500;
inline constexpr size_t kStreetCharactersMax = 200;
inline constexpr size_t kCodeCharactersMax = 32;  // action_taken, purpose
inline constexpr size_t kPartiesMax = 20;
inline constexpr size_t kAnswersMax = 100;
inline constexpr size_t kStockEntriesMax = 1'000;      // of one call
inline constexpr size_t kLookUpIncidentsMax = 50;      // of one answer
inline constexpr size_t kStreamItemsInFlightMax = 64;  // of one stream

// How far another system's clock may be ahead of this one before an instant lies in the future.
inline constexpr absl::Duration kClockSkewMax = absl::Minutes(5);

// Reports before this day (UTC) are mistakes, not history.
inline constexpr absl::CivilDay kReportedFrom{2000, 1, 1};

// How long the core may take to say what partners hold, from the moment the own answer is ready.
inline constexpr absl::Duration kPartnersBudget = absl::Milliseconds(300);

}  // namespace waymark::sharing::door
