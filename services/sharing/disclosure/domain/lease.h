// The lease on what was fetched: how long a receiver may show content before it has to ask the
// origin again (docs/adr/0008). Pure.
#pragma once

#include <optional>

#include "absl/time/time.h"

namespace waymark::sharing::disclosure {

inline constexpr absl::Duration kLeaseAtMost = absl::Seconds(60);

// At the origin: the first instant at which content handed over at `now` must not be shown any
// more. `ends`: when the decision ends by itself (consent, agreement, share), if it does.
absl::Time LeaseEnd(absl::Time now, std::optional<absl::Time> ends);

// At the receiver, by its own clock: the lease runs from the instant it asked, so that an origin
// whose clock is ahead gives no longer one. nullopt: no lease was given, or it is over.
std::optional<absl::Time> LeaseHere(absl::Time asked, std::optional<absl::Time> stated_end,
                                    absl::Time now);

}  // namespace waymark::sharing::disclosure
