// What this agency's people do on a case: enter the profile, call the conference, record that it
// was held, close. Each takes effect here at once, whether the partnership can be reached or not,
// and is told to the core. A refusal changes nothing and lists every problem.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libs/base/problem.h"
#include "services/sharing/duties/domain/docket.h"

namespace waymark::sharing::duties {

// How the victim wants to be reached.
inline constexpr const char* kContactPreferences[] = {"telephone", "text", "email", "letter",
                                                      "in_person"};
inline constexpr size_t kCodedWordsMax = 32;         // of each kind
inline constexpr size_t kCodedWordLengthMax = 64;    // a-z, 0-9, '_', '-', '.'
inline constexpr uint32_t kUpdateIntervalMax = 366;  // days

struct Done {
  std::vector<Problem> problems;  // otherwise done
  std::string case_id;            // the one it was done on: an earlier id is answered too
  std::optional<Obligation> discharged;
  std::vector<std::string> agencies;  // invited, or absent
};

// Problems: `unknown_case`, `case_closed`, `profile_exists`, `not_coded` on "risks[n]" and
// "support[n]", `too_many`, `unknown_preference`, `out_of_range` on "update_interval_days".
// `profile.created_at` is set to now.
Done DecideCreateProfile(Docket& docket, const std::string& case_id, Profile profile);

// Problems: `unknown_case`, `case_closed`, `not_lead_agency`, `not_ahead` on "scheduled_for",
// `unknown_agency` on "invited[n]".
struct CallAsked {
  std::string case_id;
  std::optional<absl::Time> scheduled_for;
  std::vector<std::string> invited;  // empty: all with an interest
};
Done DecideCallConference(Docket& docket, const CallAsked& asked);

// Problems: `unknown_case`, `case_closed`, `not_lead_agency`, `not_called`, `already_held`,
// `future_dated` and `missing_field` on "held_at", `unknown_agency` and `nobody_came` on
// "attended", `not_a_chair` on "chair_role". Whoever was asked and is not said to have come is
// absent.
struct HeldAsked {
  std::string case_id;
  std::optional<absl::Time> held_at;
  std::vector<std::string> attended;
  std::string chair_role;
};
Done DecideHoldConference(Docket& docket, const HeldAsked& asked);

// What this gateway alone can see of a request to close; the register decides the rest.
// Problems: `unknown_case`, `supervisor_is_asker` and `missing_field` on "supervisor",
// `missing_field` on "reason".
struct CloseAsked {
  std::string case_id;
  std::string asker;  // pseudonymous ids of people
  std::string supervisor;
  bool has_reason = false;
};
Done CheckClose(Docket& docket, const CloseAsked& asked);

}  // namespace waymark::sharing::duties
