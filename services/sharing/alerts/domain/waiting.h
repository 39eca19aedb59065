// How long an alert may wait for a person, and how long for an origin that is away. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "libs/base/result.h"
#include "libs/pack/pack.h"

namespace waymark::sharing::alerts {

struct Wait {
  absl::Time due_soon;
  absl::Time due;
  std::string due_soon_role;    // told when it is due soon
  std::string escalation_role;  // told when nobody acknowledged in time
};

// The pack's acknowledgement clock, inside the agency's own hours, from the instant at which the
// alert is queued. nullopt when this band needs no acknowledgement, the pack has no such clock, or
// it has no hours for this agency. A Problem when the clock cannot be computed.
Result<std::optional<Wait>> WaitFor(const pack::Pack& pack, const std::string& agency,
                                    pack::Band band, absl::Time queued_at);

// When an origin that could not be reached is asked again: 1, 2, 4 ... 16 minutes, then always 16.
// `tries` is how often in a row it could not be reached, at least 1.
absl::Duration RetryAfter(uint32_t tries);

}  // namespace waymark::sharing::alerts
