#include "services/sharing/disclosure/domain/lease.h"

#include <algorithm>

namespace waymark::sharing::disclosure {

absl::Time LeaseEnd(absl::Time now, std::optional<absl::Time> ends) {
  return std::min(now + kLeaseAtMost, ends.value_or(absl::InfiniteFuture()));
}

std::optional<absl::Time> LeaseHere(absl::Time asked, std::optional<absl::Time> stated_end,
                                    absl::Time now) {
  if (!stated_end) return std::nullopt;
  const absl::Time end = std::min(*stated_end, asked + kLeaseAtMost);
  if (end <= now) return std::nullopt;
  return end;
}

}  // namespace waymark::sharing::disclosure
