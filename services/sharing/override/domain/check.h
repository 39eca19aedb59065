// Whether an override may be recorded as asked, and what it permits. Pure.
//
// An override is a named person's decision to share against or without consent. It is narrow: these
// fields, to these recipients, for these purposes, on one lawful gateway that is not consent, until
// an end. It opens nothing by itself: a clause of a live agreement must permit just that.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "libs/agreement/evaluator.h"
#include "libs/base/problem.h"
#include "services/sharing/disclosure/domain/decide.h"

namespace waymark::sharing::overrides {

inline constexpr size_t kReasonCharactersMin = 10;
inline constexpr size_t kReasonCharactersMax = 2'000;
inline constexpr size_t kEntriesMax = 64;  // of each list
// Ours, not from a published source: after four weeks somebody decides again.
inline constexpr absl::Duration kHoldsAtMost = absl::Hours(24 * 28);

struct Asked {
  std::vector<std::string> recipients, fields, purposes;
  std::string lawful_gateway;
  std::string reason;
  std::optional<absl::Time> expires;  // nullopt: absent, or no such instant
  std::string decision_maker;         // pseudonymous id of the person who decides
  std::string role;                   // the role they act in
};

struct Known {
  std::string self;               // this agency
  std::set<std::string> members;  // the others
  std::set<std::string> purposes;
};

// What is wrong with the request by itself, in the order of its fields. Codes: missing_field,
// too_many, unknown_agency, unknown_field, unknown_purpose, unknown_lawful_gateway,
// consent_is_no_override, purpose_not_notified, reason_too_short, out_of_range, expired.
std::vector<Problem> CheckAsked(const Asked& asked, const Known& known, absl::Time now);

// A case of the person, as the share decision sees it. Consents and overrides that stand count.
struct CaseFacts {
  disclosure::SubjectFacts facts;
  std::set<std::string> interested;  // agencies
};

struct Told {
  size_t of_case = 0;  // position in `cases`
  std::string recipient;
  disclosure::Settled settled;
};

struct Judged {
  std::vector<Problem> problems;
  // Without problems: what every recipient would get, in every case in which it is permitted.
  std::vector<Told> told;
  std::vector<std::string> clauses;  // "fenland-isa 1 clause 3", each once
  std::vector<std::string> agreement_digests;
};

// `asked` has no problems of its own. Refuses, naming recipient or field: no_case; what the
// agreements lack, by its code (agreement::Name(Missing)); field_not_permitted; not_needed (the
// same is permitted already); less_than_shared (a disclosure rests on one ground, and another
// already gives that recipient as much); role_may_not_decide.
Judged Judge(const agreement::Evaluator& agreements, const std::string& partnership,
             const std::string& self, const Asked& asked, const std::string& override_id,
             const std::vector<CaseFacts>& cases, absl::Time now);

}  // namespace waymark::sharing::overrides
