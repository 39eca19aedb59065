// Compiled agreements and the decision over them.
//
// How a decision is made (architecture, "Sharing: the heart", and rules sections 8 and 9):
// - default deny: only a permit clause of a live agreement releases anything;
// - an ordinary forbid overrides every ordinary permit between the same agencies in the same
//   partnership; a baseline's permits are bound by the baseline's own forbids only, because an
//   agreement cannot forbid what the law requires;
// - a missing attribute never helps a permit and always helps a forbid;
// - one disclosure rests on one clause and one lawful gateway: the pair that releases most of what
//   was asked, then the gateway that comes first in `Gateway`, then agreements and clauses in the
//   order given. A field that only another clause would release is withheld and says so.
#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "libs/agreement/decision.h"
#include "libs/agreement/model.h"
#include "libs/base/problem.h"

namespace waymark::agreement {

struct CompiledAgreements;

// Immutable and cheap to copy; every method is const, total, deterministic, without side effects,
// and safe from any thread. Decides in microseconds.
class Evaluator {
 public:
  explicit Evaluator(std::shared_ptr<const CompiledAgreements> compiled);
  ~Evaluator();
  Evaluator(const Evaluator&);
  Evaluator& operator=(const Evaluator&);

  // `now` is the caller's; agreements and consents are live from their start up to, not including,
  // their end.
  Decision Decide(const Request& request, absl::Time now) const;

  // What `request.origin` may reveal to `request.recipient` in answer to a look-up: decides, as
  // Ask::kLookUp, over every field that any clause releases to look-ups; `request.fields` and
  // `request.ask` are ignored. A result that releases "history.count" alone means: say "n reports
  // held by partners".
  Decision LookUpMask(Request request, absl::Time now) const;

  // The agreements it was compiled from, in order.
  const std::vector<Agreement>& agreements() const;

 private:
  std::shared_ptr<const CompiledAgreements> compiled_;
};

struct CompileOptions {
  // False only to evaluate a draft in shadow, before it is signed.
  bool require_signatures = true;
};

// Either an evaluator, or every problem found, each with its path, for example
// "fenland-isa 1.0: clauses[3].purposes[0]". An empty list compiles, and refuses everything.
// Codes: missing_value, unknown_party, unknown_role, unknown_purpose, unknown_field, unknown_term,
// duplicate, field_not_in_agreement, gateway_not_in_agreement, condition_not_in_agreement,
// condition_missing, contradiction, not_signed, too_many.
using CompileResult = std::variant<Evaluator, std::vector<Problem>>;
CompileResult Compile(std::vector<Agreement> agreements, CompileOptions options = {});

// One request whose answer differs between two evaluators.
struct Change {
  size_t request = 0;                      // position in the list given
  std::vector<std::string> newly_allowed;  // fields
  std::vector<std::string> newly_refused;
  Decision before;
  Decision after;
};

struct Comparison {
  size_t requests = 0;
  size_t newly_allow = 0;   // requests refused before and no longer
  size_t newly_refuse = 0;  // requests answered before and now refused
  std::vector<Change> changes;
};

// Shadow evaluation: what would change if `next` were in force instead of `live`.
struct RecordedRequest {
  Request request;
  absl::Time at;
};
Comparison Compare(const Evaluator& live, const Evaluator& next,
                   const std::vector<RecordedRequest>& requests);

}  // namespace waymark::agreement
