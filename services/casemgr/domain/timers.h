// Timers that fired: due soon, breach, the register acting in the owner's place, an agency that
// opens again. One that fires for something that has ended meanwhile changes nothing.
#pragma once

#include <string>

#include "services/casemgr/domain/work.h"

namespace waymark::casemgr {

void DecideDueSoon(Work& work, const std::string& case_id, const std::string& obligation_id);

// With its true lateness, however late the timer is.
void DecideBreach(Work& work, const std::string& case_id, const std::string& obligation_id);

// The owner's gateway has not acted since the breach: makes the skeleton profile or calls the
// conference itself.
void DecideTakeOver(Work& work, const std::string& case_id, const std::string& obligation_id);

void DecideOpening(Work& work, const std::string& case_id);

}  // namespace waymark::casemgr
