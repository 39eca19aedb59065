#include "services/casemgr/domain/close_case.h"

#include "absl/strings/str_cat.h"
#include "libs/base/text.h"
#include "services/casemgr/domain/clocks.h"

namespace waymark::casemgr {
namespace {

void CheckObligations(const Case& one, std::vector<Problem>& problems) {
  for (const Obligation& obligation : one.obligations) {
    if (obligation.ended()) continue;
    problems.push_back(
        {"obligation_undischarged", absl::StrCat("obligations.", obligation.clock),
         absl::StrCat("the clock ", obligation.clock, " discharged by ", obligation.owner,
                      "; it is ", ToAbsl(StateName(obligation.state))),
         "do what the clock asks for, late if it must be, and close then"});
  }
}

void CheckVictimTold(const Work& work, const Case& one, const CloseAsked& asked,
                     std::vector<Problem>& problems) {
  if (asked.victim_told_at && *asked.victim_told_at <= work.setting.now &&
      *asked.victim_told_at >= one.since) {
    return;
  }
  problems.push_back({"victim_not_told", "victim_told_at",
                      "when the victim was told that and why the case closes: after it was opened, "
                      "not in the future",
                      "tell the victim, then close"});
}

void CheckSupervisor(const Work& work, const CloseAsked& asked, std::vector<Problem>& problems) {
  const std::string& role = work.setting.pack.supervision.role;
  const bool signed_off =
      !asked.supervisor_role.empty() && (role.empty() || role == asked.supervisor_role);
  if (signed_off) return;
  problems.push_back({"supervisor_not_signed", "supervisor_role",
                      role.empty() ? "the role of the supervisor who signed"
                                   : absl::StrCat("a signature of the role ", role),
                      "have a supervisor, who is not the one who asks, sign the closure"});
}

std::vector<Problem> Unmet(const Work& work, const Case& one, const CloseAsked& asked) {
  std::vector<Problem> problems;
  for (const std::string& condition : work.setting.pack.closure) {
    if (condition == "obligations_discharged") CheckObligations(one, problems);
    if (condition == "reassessed" && !one.reassessed_at) {
      problems.push_back({"not_reassessed", "case_id",
                          "an assessment of the victim made after the case was opened",
                          "assess the victim again, then close"});
    }
    if (condition == "victim_told") CheckVictimTold(work, one, asked, problems);
    if (condition == "supervisor_signed") CheckSupervisor(work, asked, problems);
  }
  return problems;
}

}  // namespace

std::vector<Problem> DecideClose(Work& work, const CloseAsked& asked) {
  const Case& one = *work.ledger.FindCase(asked.case_id);
  if (!one.open) {
    return {{"already_closed", "case_id", "an open case", "nothing is left to do"}};
  }
  if (one.lead_agency != asked.agency) {
    return {{"not_lead_agency", "case_id",
             absl::StrCat("a request of the lead agency, ", one.lead_agency),
             "ask the lead agency to close the case"}};
  }
  std::vector<Problem> problems = Unmet(work, one, asked);
  if (!problems.empty()) return problems;
  CancelClocks(work, one, "case_closed");
  work.Emit(CaseClosed{one.id, work.setting.now, asked.agency, "closed", "", asked.asked_by_role,
                       asked.supervisor_role});
  return {};
}

}  // namespace waymark::casemgr
