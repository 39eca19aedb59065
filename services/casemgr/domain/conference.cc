#include "services/casemgr/domain/conference.h"

#include <algorithm>
#include <set>

#include "libs/base/status.h"

namespace waymark::casemgr {
namespace {

absl::Status CheckMembers(const Work& work, const std::vector<std::string>& agencies) {
  for (const std::string& agency : agencies) {
    if (!work.setting.IsMember(agency)) {
      return absl::InvalidArgumentError("a conference names an agency that is no member");
    }
  }
  return absl::OkStatus();
}

std::vector<std::string> Sorted(const std::vector<std::string>& agencies) {
  const std::set<std::string> sorted(agencies.begin(), agencies.end());
  return {sorted.begin(), sorted.end()};
}

}  // namespace

absl::Status DecideConferenceCalled(Work& work, const std::string& agency,
                                    const std::string& case_id, const CallTold& call) {
  WM_ASSIGN_OR_RETURN(const Case* one, CaseOfMember(work, agency, case_id));
  WM_RETURN_IF_ERROR(CheckMembers(work, call.invited));
  Conference conference;
  conference.agency = agency;
  conference.called_at = work.setting.Past(call.called_at);
  conference.scheduled_for = call.scheduled_for;
  conference.invited = call.invited.empty() ? one->interested : Sorted(call.invited);
  conference.automatic = call.automatic;
  work.Emit(ConferenceNoted{one->id, std::move(conference)});
  KeepCase(work, one->id);
  return absl::OkStatus();
}

absl::Status DecideConferenceHeld(Work& work, const std::string& agency, const std::string& case_id,
                                  const HeldTold& told) {
  WM_ASSIGN_OR_RETURN(const Case* one, CaseOfMember(work, agency, case_id));
  WM_RETURN_IF_ERROR(CheckMembers(work, told.attended));
  WM_RETURN_IF_ERROR(CheckMembers(work, told.absent));
  std::set<std::string> absent(told.absent.begin(), told.absent.end());
  if (one->conference) {
    absent.insert(one->conference->invited.begin(), one->conference->invited.end());
  }
  for (const std::string& came : told.attended) absent.erase(came);
  Held held;
  held.agency = agency;
  held.held_at = work.setting.Past(told.held_at);
  held.attended = Sorted(told.attended);
  held.absent.assign(absent.begin(), absent.end());
  held.chair_role = told.chair_role;
  work.Emit(ConferenceHeldNoted{one->id, std::move(held)});
  KeepCase(work, one->id);
  return absl::OkStatus();
}

}  // namespace waymark::casemgr
