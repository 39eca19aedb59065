#include "services/sharing/door/domain/supervise.h"

namespace waymark::sharing::door {

std::optional<Problem> CheckSupervision(const pack::Pack& pack, const Supervision& supervision) {
  if (!supervision.supervisor) return std::nullopt;
  if (!supervision.is_supervisor) {
    return Problem{"supervisor_needed", "supervisor", "a judgement signed by a supervisor",
                   "ask a supervisor to send it under their own name"};
  }
  const bool lowers =
      supervision.without_supervisor && *supervision.supervisor < *supervision.without_supervisor;
  if (!lowers || pack.supervision.assessor_may_sign) return std::nullopt;
  if (supervision.assessor.empty() || supervision.assessor == supervision.person) {
    return Problem{"supervisor_is_assessor", "supervisor",
                   "another person than the one who assessed",
                   "have the assessor send the assessment first, then lower it under your name"};
  }
  return std::nullopt;
}

}  // namespace waymark::sharing::door
