#include "services/casemgr/domain/profile_recorded.h"

#include "libs/base/status.h"

namespace waymark::casemgr {

absl::Status DecideProfile(Work& work, const std::string& agency, const std::string& case_id,
                           absl::Time created_at, bool skeleton) {
  WM_ASSIGN_OR_RETURN(const Case* one, CaseOfMember(work, agency, case_id));
  ProfileNoted noted{one->id, {}, skeleton};
  noted.profile.agency = agency;
  noted.profile.created_at = work.setting.Past(created_at);
  work.Emit(std::move(noted));
  KeepCase(work, one->id);
  return absl::OkStatus();
}

}  // namespace waymark::casemgr
