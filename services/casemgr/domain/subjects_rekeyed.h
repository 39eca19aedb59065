// A person decided in intake that two subjects are one, or that one was two.
#pragma once

#include <string>
#include <vector>

#include "services/casemgr/domain/work.h"

namespace waymark::casemgr {

// Incidents, cases and history of `merged` become those of `kept`. Where both have an open case the
// older goes on with the earlier clocks and what was done in either; the other closes as merged.
void DecideMerge(Work& work, const std::string& kept, const std::string& merged);

// The moved persons' incidents are now of `to`. A case follows the incident that opened it.
void DecideSplit(Work& work, const std::string& from, const std::string& to,
                 const std::vector<MemberPerson>& moved);

}  // namespace waymark::casemgr
