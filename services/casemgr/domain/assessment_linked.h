// A matrix that was filled in after the report.
#pragma once

#include <string>

#include "services/casemgr/domain/work.h"

namespace waymark::casemgr {

// Kept as the subject's latest; one made after its case was opened is the reassessment that closing
// asks for. What it says of the band is risk's to tell.
void DecideAssessment(Work& work, const std::string& subject_id, const Assessed& assessed);

}  // namespace waymark::casemgr
