// The receiver decides again: a share is taken only where this gateway's own agreements allow what
// the origin states under its signature. Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "libs/agreement/evaluator.h"

namespace waymark::sharing::disclosure {

// What the origin signed.
struct Attested {
  std::string partnership, origin, recipient, recipient_role, purpose;
  agreement::Ask ask = agreement::Ask::kNotice;
  std::string lawful_gateway;  // "consent"
  std::string consent_id, consent_form;
  std::string override_id, override_by;  // both empty when it rests on none
  absl::Time consent_given = absl::InfiniteFuture();
  absl::Time expires = absl::InfiniteFuture();
  std::optional<agreement::Band> band;
  std::vector<std::string> fields;
};

// The receiver cannot see the consent or the person's file: it believes the signed statement of
// which lawful gateway holds, and asks its agreements whether that gateway carries these fields
// from this origin, for this purpose, now. `decision.released` is what may be shown.
agreement::Decision DecideToTake(const agreement::Evaluator& agreements, const Attested& attested,
                                 absl::Time now);

}  // namespace waymark::sharing::disclosure
