// Closing a case: refused with every condition of the pack that is not met.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libs/base/problem.h"
#include "services/casemgr/domain/work.h"

namespace waymark::casemgr {

struct CloseAsked {
  std::string agency;
  std::string case_id;
  std::optional<absl::Time> victim_told_at;
  std::string asked_by_role;
  std::string supervisor_role;
};

// Empty when the case is now closed. The case must exist and the agency have a part in it. Codes:
// `already_closed`, `not_lead_agency`, `obligation_undischarged` (one for each clock),
// `not_reassessed`, `victim_not_told`, `supervisor_not_signed`.
std::vector<Problem> DecideClose(Work& work, const CloseAsked& asked);

}  // namespace waymark::casemgr
