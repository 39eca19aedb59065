// What is checked before a person is erased. Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "libs/base/problem.h"

namespace waymark::sharing::vault {

// From the order on, an erasure holds against everybody at once. Old copies of the key file open
// nothing after a round that begins at the next full hour, and at the latest after this.
inline constexpr absl::Duration kErasureCompleteWithin = absl::Hours(24);

struct ErasureAsked {
  std::string source_reference;
  std::string person_id;
  std::string ground;
};

// Problems: missing_field (on "person_id": exactly one of the two names a person), unknown_ground.
// The grounds are those of Article 17(1) UK GDPR.
std::vector<Problem> CheckErasure(const ErasureAsked& asked);

// When the round begins that completes an erasure ordered at `at`: at the next full hour, so that
// one round serves all of an hour.
absl::Time RoundFor(absl::Time at);

}  // namespace waymark::sharing::vault
