// When the room acts by itself. All gateways keep to one grid of instants, so that what they do is
// done in few batches.
#pragma once

#include "absl/time/time.h"

namespace waymark::sharing::audit_room {

// A log that grew is published at the next of these.
inline constexpr absl::Duration kPublishEvery = absl::Minutes(10);
// One that did not grow, at the next of these.
inline constexpr absl::Duration kStandEvery = absl::Hours(3);
// A member that published nothing for so long is silent.
inline constexpr absl::Duration kSilentAfter = absl::Hours(9);
// This gateway was away itself: the others get so long to be heard.
inline constexpr absl::Duration kGrace = absl::Minutes(15);
// The self-audit checks so many leaves at a time, pauses, and begins again.
inline constexpr uint64_t kLeavesAtATime = 512;
inline constexpr absl::Duration kBetweenParts = absl::Seconds(1);
inline constexpr absl::Duration kBetweenPasses = absl::Hours(24);
// Of each other member: accepted heads that are remembered (the newest), and heads heard of
// elsewhere that wait to be tied to what the member published (more are not kept).
inline constexpr size_t kHeadsKept = 256;
inline constexpr size_t kUntiedMax = 256;

// The next multiple of `every` after `now`, counted from 1970.
absl::Time NextOnGrid(absl::Time now, absl::Duration every);

}  // namespace waymark::sharing::audit_room
