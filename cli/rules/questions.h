// From a line of `waymark rules` to a question of the rules and calendar libraries. Refusals carry
// the codes and field paths of the command's contract. Pure; thread-safe.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cli/rules/json.h"
#include "libs/base/result.h"
#include "libs/calendar/sla_clock.h"
#include "libs/pack/pack.h"
#include "libs/rules/rules.h"

namespace waymark::cli {

struct GradeQuestion {
  pack::Harm harm = pack::Harm::kLow;
  pack::Pattern pattern = pack::Pattern::kIsolated;
};

struct EffectiveQuestion {
  absl::Time now;
  std::vector<rules::StandingAssessment> assessments;
};

struct AskQuestion {
  std::string set;
  std::map<std::string, std::string> answers;
};

struct RepeatQuestion {
  absl::Time now;
  std::vector<rules::Incident> incidents;
};

struct ClockQuestion {
  calendar::ClockQuestion question;            // its holidays are set by the caller,
  std::optional<calendar::Holidays> holidays;  // from these when they were given
};

// Each refuses a member that its op does not have (besides `op`, `id`, `pack`).
Result<GradeQuestion> ReadGrade(const Json& line);
Result<rules::AssessQuestion> ReadAssess(const Json& line, const pack::Pack& pack);
Result<EffectiveQuestion> ReadEffective(const Json& line);
Result<AskQuestion> ReadAsk(const Json& line, const pack::Pack& pack);
Result<RepeatQuestion> ReadRepeat(const Json& line);
Result<ClockQuestion> ReadClock(const Json& line, const pack::Pack& pack);

}  // namespace waymark::cli
