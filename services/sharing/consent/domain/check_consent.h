// Whether a written consent can be recorded as it came. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "libs/agreement/model.h"
#include "libs/base/problem.h"
#include "libs/base/result.h"

namespace waymark::sharing::consent {

inline constexpr size_t kFormVersionCharactersMax = 64;
inline constexpr size_t kReasonCharactersMax = 2'000;
inline constexpr size_t kScopeEntriesMax = 64;  // of each list
// How far another system's clock may be ahead of this one before an instant lies in the future.
inline constexpr absl::Duration kClockSkewMax = absl::Minutes(5);

struct GivenConsent {
  std::vector<std::string> agencies, categories, purposes;
  std::string form_version;
  std::string scan_sha256;                         // as given: 64 hexadecimal digits
  std::optional<absl::Time> given_at, expires_at;  // nullopt: absent, or no such instant
  std::vector<std::string> sources = {};           // may be empty
};

// The words a consent may use: those of the agreements that hold this agency. The statutory
// baseline asks for no consent, so it names none.
struct KnownTerms {
  std::set<std::string> agencies;  // the others
  std::set<std::string> categories;
  std::set<std::string> purposes;
  std::set<std::string> forms;  // empty: any
};
KnownTerms KnownTermsOf(const std::vector<agreement::Agreement>& agreements,
                        const std::string& own_agency);

// Every problem, in the order of the request's fields. Codes: missing_field, unknown_agency,
// unknown_category, unknown_purpose, unknown_form, malformed_digest, future_dated, expired,
// out_of_range, too_many.
std::vector<Problem> CheckConsent(const GivenConsent& given, const KnownTerms& known,
                                  absl::Time now);

// The parties of the incident that a consent was taken for.
struct ConsentParty {
  std::string person_id;
  bool victim = false;
  bool caller = false;
};
// `places`: person id at each place of the published list. `place` from 1; 0 when the incident has
// one victim or, without a victim, one caller. Refuses with no_victim, ambiguous_person,
// out_of_range.
Result<std::string> PersonOf(const std::vector<ConsentParty>& parties,
                             const std::vector<std::string>& places, uint32_t place);

}  // namespace waymark::sharing::consent
