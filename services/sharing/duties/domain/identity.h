// Whether a profile may say who the victim is: whether any lawful gateway lets this agency show the
// name to a party with an interest. Decides nothing about a disclosure: each is decided by itself
// when it is made. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libs/agreement/evaluator.h"
#include "libs/pack/pack.h"

namespace waymark::sharing::duties {

// What a lawful gateway may rest on, as other rooms know it.
struct LawfulFacts {
  std::vector<agreement::ConsentFacts> consents;  // withdrawn and expired ones included
  bool child_at_risk = false;
  bool adult_at_risk = false;
  bool vital_interests = false;
};

struct IdentityQuestion {
  std::string partnership;
  std::string self;
  std::vector<std::string> recipients;  // others with an interest; empty: every other party
  std::optional<pack::Band> band;
  LawfulFacts facts;
  absl::Time now;
};

struct IdentityAnswer {
  bool entered = false;
  // Otherwise: what is missing, which lawful gateway would serve and who can decide.
  std::string withheld_because;
};

IdentityAnswer MayEnterIdentity(const agreement::Evaluator& agreements,
                                const IdentityQuestion& question);

}  // namespace waymark::sharing::duties
