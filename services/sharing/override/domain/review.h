// The second person's review: who may, within which time, and who is told. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "libs/base/problem.h"
#include "libs/pack/pack.h"

namespace waymark::sharing::overrides {

enum class State { kOpen, kConfirmed, kReversed };
enum class Verdict { kConfirmed, kReversed };

// ---- The clock ---------------------------------------------------------------------------------

struct ReviewClock {
  std::string name;  // of the pack
  absl::Time due_soon, due;
};
// The clock that an override at `at` starts. nullopt: the pack has none, and then nothing may be
// overridden, because nobody would look at it.
std::optional<ReviewClock> StartReview(const pack::Pack& pack, const std::string& self,
                                       absl::Time at);
// The first instant at which a review is late.
absl::Time OverdueFrom(absl::Time due);

// ---- The review --------------------------------------------------------------------------------

struct ReviewAsked {
  std::optional<Verdict> verdict;
  std::string reason;
  std::string reviewer;  // pseudonymous id
  std::string role;
};
struct Reviewed {
  State state = State::kOpen;
  std::string decided_by;
};
// The pack's roles that act on the clock and that it escalates to.
std::vector<std::string> ReviewRoles(const pack::Pack& pack);
// Every problem. Codes: missing_field, reason_too_short, out_of_range, same_person,
// role_may_not_review, already_confirmed, already_reversed. A confirmed one may still be reversed.
std::vector<Problem> CheckReview(const ReviewAsked& asked, const Reviewed& standing,
                                 const std::vector<std::string>& roles);

// ---- Who is told -------------------------------------------------------------------------------

enum class Occasion { kRecorded, kDueSoon, kOverdue, kReversed };
struct ToTell {
  std::string role;  // of the pack; "steering_group"
  std::string kind;  // as Reminder.kind
};
// Each role once. Recorded and due soon: whoever acts on the clock. Overdue: that role, the one it
// escalates to, the agency's supervisor and, where the pack says so, the steering group. Reversed:
// those too, because something was disclosed that should not have been.
std::vector<ToTell> WhoIsTold(const pack::Pack& pack, const std::string& self, Occasion occasion);

}  // namespace waymark::sharing::overrides
