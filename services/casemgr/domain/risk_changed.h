// What is known of a subject's risk has changed.
#pragma once

#include <string>
#include <vector>

#include "services/casemgr/domain/work.h"

namespace waymark::casemgr {

struct RiskNews {
  std::string subject_id;
  Risk risk;
  std::string incident_id;               // what changed it; may be ""
  std::vector<std::string> newly_fired;  // repeat rules
};

// Opens a case where the pack says so, opens a closed one again, or updates the open one.
void DecideRisk(Work& work, const RiskNews& news);

// Of two risks of what is now one subject: whatever is HIGH in either, since the first.
Risk HigherOf(const Risk& one, const Risk& other);

}  // namespace waymark::casemgr
