// Whether an incident is new here. (Agency, source reference) is permanent.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "libs/base/result.h"

namespace waymark::sharing::door {

enum class Standing {
  kNew,
  kHeld,    // the same revision with the same content: nothing changes
  kAmends,  // a higher revision
};

struct HeldReference {
  uint32_t revision = 0;
  std::string digest;  // of that revision's content
};

// Refuses with `reference_reused` (the same revision, other content) or `revision_superseded` (a
// lower revision), both on "revision".
Result<Standing> StandingOf(const std::optional<HeldReference>& held, uint32_t revision,
                            const std::string& digest);

}  // namespace waymark::sharing::door
