#include "services/sharing/door/domain/standing.h"

namespace waymark::sharing::door {

Result<Standing> StandingOf(const std::optional<HeldReference>& held, uint32_t revision,
                            const std::string& digest) {
  if (!held) return Standing::kNew;
  if (revision > held->revision) return Standing::kAmends;
  if (revision < held->revision) {
    return Problem{"revision_superseded", "revision",
                   "a revision higher than the one this gateway holds",
                   "read your own record again and send its present revision"};
  }
  if (digest != held->digest) {
    return Problem{"reference_reused", "revision",
                   "the content sent before under this reference and revision",
                   "send a higher revision to amend, or another reference for another incident"};
  }
  return Standing::kHeld;
}

}  // namespace waymark::sharing::door
