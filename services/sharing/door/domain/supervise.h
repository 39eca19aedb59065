// When a supervisor's judgement may stand. Pure.
#pragma once

#include <optional>
#include <string>

#include "libs/base/problem.h"
#include "libs/pack/pack.h"

namespace waymark::sharing::door {

struct Supervision {
  std::optional<pack::Band> supervisor;          // the band the supervisor gave
  std::optional<pack::Band> without_supervisor;  // the overall band without it
  std::string person;                            // who asks; pseudonymous
  bool is_supervisor = false;                    // by their role
  // Who made the assessment of this incident that stands; "" when none was made by a person.
  std::string assessor;
};

// A supervisor may always confirm or raise. Where the pack says that assessor and supervisor are
// different people, a lower band is signed by one who is not the assessor: somebody else has
// assessed before. Codes on "supervisor": `supervisor_needed`, `supervisor_is_assessor`.
std::optional<Problem> CheckSupervision(const pack::Pack& pack, const Supervision& supervision);

}  // namespace waymark::sharing::door
