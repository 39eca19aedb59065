// A linked incident, or a later revision of one.
#pragma once

#include <string>
#include <vector>

#include "services/casemgr/domain/work.h"

namespace waymark::casemgr {

// `fired` are the triggers and floors of its assessment: one that the pack's case opening names
// opens a case for each victim. A revision not newer than what is held changes nothing.
void DecideIncident(Work& work, const Incident& incident, const std::vector<std::string>& fired);

}  // namespace waymark::casemgr
