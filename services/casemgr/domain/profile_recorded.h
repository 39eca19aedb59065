// A member entered the victim's profile, or its gateway made a skeleton in its place.
#pragma once

#include <string>

#include "services/casemgr/domain/work.h"

namespace waymark::casemgr {

// InvalidArgument as CaseOfMember. Who enters it first is the profile's creator; a skeleton does
// not discharge the clock.
absl::Status DecideProfile(Work& work, const std::string& agency, const std::string& case_id,
                           absl::Time created_at, bool skeleton);

}  // namespace waymark::casemgr
