#include "services/sharing/override/domain/review.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libs/calendar/sla_clock.h"
#include "services/sharing/duties/domain/model.h"
#include "services/sharing/override/domain/check.h"

namespace waymark::sharing::overrides {
namespace {

constexpr std::string_view kStarts = "consent_overridden";
constexpr std::string_view kStops = "override_reviewed";
constexpr absl::Duration kJustAfter = absl::Microseconds(1);

bool Holds(const std::vector<std::string>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

const pack::ClockRule* RuleOf(const pack::Pack& pack) {
  for (const pack::ClockRule& rule : pack.clocks) {
    if (Holds(rule.starts, kStarts) && Holds(rule.stops, kStops)) return &rule;
  }
  return nullptr;
}

calendar::Owner AlwaysOpen(const std::string& name) {
  calendar::Owner owner;
  owner.name = name;
  owner.hours = calendar::AlwaysOpen();
  owner.works_holidays = true;
  return owner;
}

std::string ActingRole(const pack::Pack& pack, const std::string& self) {
  const pack::ClockRule* rule = RuleOf(pack);
  if (rule != nullptr && !rule->owner_role.empty()) return rule->owner_role;
  const pack::Agency* agency = pack.FindAgency(self);
  return agency == nullptr ? "" : agency->due_soon_role;
}

}  // namespace

std::optional<ReviewClock> StartReview(const pack::Pack& pack, const std::string& self,
                                       absl::Time at) {
  const pack::ClockRule* rule = RuleOf(pack);
  if (rule == nullptr) return std::nullopt;
  const pack::Agency* agency = pack.FindAgency(self);
  calendar::ClockQuestion question;
  question.spec = rule->spec;
  question.owner = agency == nullptr ? AlwaysOpen(self) : agency->AsOwner();
  question.start = at;
  question.holidays = &pack.BankHolidays();
  Result<calendar::ClockResult> clock = calendar::ComputeClock(question);
  if (!clock.ok()) {  // an owner that never opens: due as if it always were, which is safe
    question.owner = AlwaysOpen(self);
    clock = calendar::ComputeClock(question);
  }
  if (!clock.ok()) return std::nullopt;
  return ReviewClock{rule->name, clock->due_soon, clock->due};
}

absl::Time OverdueFrom(absl::Time due) { return due + kJustAfter; }

std::vector<std::string> ReviewRoles(const pack::Pack& pack) {
  std::vector<std::string> roles;
  const pack::ClockRule* rule = RuleOf(pack);
  if (rule == nullptr) return roles;
  for (const std::string& role : {rule->owner_role, rule->escalation_role}) {
    if (!role.empty()) roles.push_back(role);
  }
  return roles;
}

std::vector<Problem> CheckReview(const ReviewAsked& asked, const Reviewed& standing,
                                 const std::vector<std::string>& roles) {
  std::vector<Problem> problems;
  if (!asked.verdict) {
    problems.push_back({"missing_field", "verdict", "confirmed or reversed", "say which"});
  }
  const std::string length =
      absl::StrCat(kReasonCharactersMin, " to ", kReasonCharactersMax, " characters");
  if (asked.reason.size() < kReasonCharactersMin) {
    problems.push_back({asked.reason.empty() ? "missing_field" : "reason_too_short", "reason",
                        length, "say why it stands or falls"});
  } else if (asked.reason.size() > kReasonCharactersMax) {
    problems.push_back({"out_of_range", "reason", length, "say it in fewer words"});
  }
  if (asked.reviewer == standing.decided_by) {
    problems.push_back({"same_person", "", "another person than the one who decided",
                        "ask a second person to review it"});
  }
  if (!Holds(roles, asked.role)) {
    problems.push_back({"role_may_not_review", "",
                        absl::StrCat("a review by: ", absl::StrJoin(roles, ", ")),
                        "ask one of them"});
  }
  if (standing.state == State::kReversed) {
    problems.push_back({"already_reversed", "override_id", "an override that still stands",
                        "record a new one if it is needed again"});
  } else if (standing.state == State::kConfirmed && asked.verdict == Verdict::kConfirmed) {
    problems.push_back({"already_confirmed", "verdict", "an override that waits for a review",
                        "nothing is left to do; it can still be reversed"});
  }
  return problems;
}

std::vector<ToTell> WhoIsTold(const pack::Pack& pack, const std::string& self, Occasion occasion) {
  const std::string acting = ActingRole(pack, self);
  if (occasion == Occasion::kRecorded) return {{acting, "override_recorded"}};
  if (occasion == Occasion::kDueSoon) return {{acting, "due_soon"}};
  const bool reversed = occasion == Occasion::kReversed;
  const pack::ClockRule* rule = RuleOf(pack);
  const pack::Agency* agency = pack.FindAgency(self);
  std::vector<ToTell> told;
  std::set<std::string> roles;
  const auto tell = [&](const std::string& role) {
    if (role.empty() || !roles.insert(role).second) return;
    told.push_back({role, reversed ? "override_reversed" : std::string(duties::kToldSupervisor)});
  };
  tell(acting);
  if (rule != nullptr) tell(rule->escalation_role);
  if (agency != nullptr) tell(agency->breach_role);
  if (rule != nullptr && rule->escalates_to_steering_group) {
    told.push_back({std::string(duties::kSteeringGroup),
                    reversed ? "override_reversed" : "breach_told_steering_group"});
  }
  return told;
}

}  // namespace waymark::sharing::overrides
