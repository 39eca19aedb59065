#include "services/sharing/disclosure/adapters/nudge.h"

#include "absl/strings/str_cat.h"
#include "waymark/gateway/v1/share_kept.pb.h"

namespace waymark::sharing::disclosure {
namespace {

using gateway::v1::RedecideNudge;

std::string EndTimer(const std::string& share_id) {
  return absl::StrCat("disclosure.end/", share_id);
}

RedecideNudge OfCase(const std::string& case_id) {
  RedecideNudge nudge;
  nudge.set_case_id(case_id);
  return nudge;
}

}  // namespace

void NudgeCase(const std::string& case_id, absl::Time at, runtime::Changes& changes) {
  changes.ArmTimer(absl::StrCat("disclosure.case/", case_id), at, kRedecide,
                   OfCase(case_id).SerializeAsString());
}

void NudgePerson(const std::string& person_id, absl::Time at, runtime::Changes& changes) {
  RedecideNudge nudge;
  nudge.set_person_id(person_id);
  changes.ArmTimer(absl::StrCat("disclosure.person/", person_id), at, kRedecide,
                   nudge.SerializeAsString());
}

void NudgeAll(const std::string& why, absl::Time at, runtime::Changes& changes) {
  RedecideNudge nudge;
  nudge.set_all(true);
  changes.ArmTimer(absl::StrCat("disclosure.all/", why), at, kRedecide, nudge.SerializeAsString());
}

void NudgeAtEnd(const std::string& share_id, const std::string& case_id, absl::Time end,
                runtime::Changes& changes) {
  changes.ArmTimer(EndTimer(share_id), end, kRedecide, OfCase(case_id).SerializeAsString());
}

void ForgetEnd(const std::string& share_id, runtime::Changes& changes) {
  changes.CancelTimer(EndTimer(share_id));
}

}  // namespace waymark::sharing::disclosure
