// A member called the conference, or told that it was held.
#pragma once

#include <string>
#include <vector>

#include "services/casemgr/domain/work.h"

namespace waymark::casemgr {

struct CallTold {
  absl::Time called_at;
  absl::Time scheduled_for;
  std::vector<std::string> invited;  // empty: all with an interest
  bool automatic = false;
};

// InvalidArgument as CaseOfMember, and when an agency is invited that is no member.
absl::Status DecideConferenceCalled(Work& work, const std::string& agency,
                                    const std::string& case_id, const CallTold& call);

struct HeldTold {
  absl::Time held_at;
  std::vector<std::string> attended;
  std::vector<std::string> absent;
  std::string chair_role;
};

// InvalidArgument as above. Whoever was invited and is not said to have come is absent.
absl::Status DecideConferenceHeld(Work& work, const std::string& agency, const std::string& case_id,
                                  const HeldTold& told);

}  // namespace waymark::casemgr
