// A person decided in intake that two subjects are one, or that one was two; or was erased.
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

// A member erased a person: their incidents count as those of `nobody` from now on. When nobody of
// any member is left, the open case closes with the reason "erased" and its clocks stop: there is
// nobody whom they protect.
void DecideForgotten(Work& work, const std::string& subject, const std::string& nobody,
                     const MemberPerson& person, bool last);

}  // namespace waymark::casemgr
