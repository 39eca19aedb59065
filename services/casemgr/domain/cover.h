// When the agency that graded HIGH is closed: its cover is told at once, the agency again when it
// opens. The duty stays where it is (rules section 6, cover rule 1); a duty whose owner has no open
// minute in time is another matter, decided with its clock (clocks.h).
#pragma once

#include "services/casemgr/domain/work.h"

namespace waymark::casemgr {

// For a case that has just become HIGH.
void AskCover(Work& work, const Case& one);

}  // namespace waymark::casemgr
