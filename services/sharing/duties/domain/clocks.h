// Starting, stopping and folding clocks: what the facts of a case ask for by the pack's rules.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "services/sharing/duties/domain/docket.h"

namespace waymark::sharing::duties {

// Event words of the pack that this gateway learns of by itself.
inline constexpr std::string_view kProfileCreated = "profile_created";
inline constexpr std::string_view kSkeletonCreated = "skeleton_created";
inline constexpr std::string_view kConferenceCalled = "conference_called";
inline constexpr std::string_view kConferenceHeld = "conference_held";

// Starts, provisionally, the clocks that any of these words starts and that this agency would own,
// unless one of the same name runs or has ended in this opening. One that runs provisionally moves
// back to an earlier start. Cover takes a duty over where its owner has no open minute in time.
void StartClocks(const Setting& setting, Case& one, const std::vector<std::string_view>& words,
                 absl::Time start);

// Discharges every running clock that the word stops, on time or late. Returns the one that this
// agency answers for, else any; null when none ran.
const Obligation* StopClocks(const Setting& setting, Case& one, std::string_view word,
                             absl::Time at);

// Whether the clock of this name stops at the word.
bool StopsAt(const Setting& setting, std::string_view clock, std::string_view word);

// Puts what `from` says of the same promise into `into`: the earlier start while `into` is
// provisional, and whatever already happened.
void Fold(const Obligation& from, Obligation& into);

}  // namespace waymark::sharing::duties
