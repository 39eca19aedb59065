// The rules of the job as pure functions over a policy pack: the same for gateways, risk, casemgr
// and the `waymark rules` command.
//
// No I/O, no clock, no state: `now` is an argument, results depend on nothing else. Thread-safe.
// The pack must be one that libs/config has loaded (its parts agree with each other).
//
// A refusal is a Problem with a code of the command line's contract and the path of the smallest
// wrong value, relative to the question: `missing_field`, `unknown_field`, `out_of_range`,
// `not_in_pack`. Texts sort by bytes. Civil times are those of Europe/London.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "libs/base/result.h"
#include "libs/pack/pack.h"

namespace waymark::rules {

// ---- Grade -------------------------------------------------------------------------------------

struct GradeResult {
  pack::Band band = pack::Band::kStandard;
  std::vector<pack::Label> duties;  // in the order to be done
};

// `not_in_pack` on "op" when the pack has no harm x pattern table.
Result<GradeResult> Grade(const pack::Pack& pack, pack::Harm harm, pack::Pattern pattern);

// ---- Assess ------------------------------------------------------------------------------------

// A band that a person gave, with the reason ("" or only white space: none).
struct Judgement {
  pack::Band band = pack::Band::kStandard;
  std::string reason;
};

struct AssessQuestion {
  pack::Subject subject = pack::Subject::kVictim;
  std::map<std::string, std::string> answers;  // item -> option, or "unknown"
  std::optional<Judgement> officer;
  std::optional<Judgement> supervisor;
  std::vector<std::string> repeat_fired;  // rules of the pack that fired for this subject
};

// What one scored item adds; `score_min` == `score_max` unless the answer is "unknown".
struct Contribution {
  std::string item;
  std::string answer;
  int64_t score_min = 0;
  int64_t score_max = 0;
};

// An answer that alone would change the outcome, and what to.
struct WouldChange {
  std::string item;
  std::string answer;
  pack::Band band_min = pack::Band::kStandard;
  pack::Band band_max = pack::Band::kStandard;
};

struct AssessResult {
  int64_t score_min = 0;
  int64_t score_max = 0;
  std::optional<int64_t> score;  // when both are one
  pack::Band band_min = pack::Band::kStandard;
  pack::Band band_max = pack::Band::kStandard;
  std::optional<pack::Band> band;  // when both are one: a band never rests silently on an unknown
  std::vector<std::string> fired;  // floors that raised a band, in the pack's order
  std::optional<pack::Band> overall;
  std::vector<std::string> needs;           // {"officer.band"} when nothing gives an overall band
  std::vector<Contribution> contributions;  // in the pack's order
  std::vector<WouldChange> would_change;    // in the pack's order of items, then of options
  bool medium_towards_high = false;  // some score in the range lies where the agencies should talk
};

// Refuses, in this order: `not_in_pack` on "subject"; `unknown_field`, `missing_field` and
// `out_of_range` on "answers.<item>"; `not_in_pack` on "repeat_fired[n]"; `missing_field` on
// "officer.reason" and "supervisor.reason".
Result<AssessResult> Assess(const pack::Pack& pack, const AssessQuestion& question);

// The overall band of a scored band that may lie between two, with what people judged. Refuses as
// Assess() does with `missing_field` on "officer.reason" and "supervisor.reason".
Result<std::optional<pack::Band>> Overall(pack::Band band_min, pack::Band band_max,
                                          const std::optional<Judgement>& officer,
                                          const std::optional<Judgement>& supervisor);

// ---- Effective ---------------------------------------------------------------------------------

struct StandingAssessment {
  std::string agency;
  std::optional<pack::Band> overall;  // nullopt does not count
  absl::Time at;
  std::optional<absl::Time> superseded_at;
  std::optional<absl::Time> expires_at;
};

struct EffectiveResult {
  std::optional<pack::Band> band;  // the highest live band that binds every agency
  std::vector<std::string> by;     // agencies that hold it, sorted, each once
};

// Any agency's HIGH is everyone's HIGH (Pack::binding_bands). Live: at <= now, and not superseded
// or expired at or before now.
EffectiveResult Effective(const pack::Pack& pack, absl::Time now,
                          const std::vector<StandingAssessment>& assessments);

// ---- Ask ---------------------------------------------------------------------------------------

struct AskResult {
  std::vector<std::string> show;      // questions to put now, in the set's order
  std::vector<std::string> missing;   // shown and compulsory, without a full answer; in that order
  std::vector<std::string> triggers;  // sorted
};

// `answers`: question -> what was said. Refuses with `not_in_pack` on "set", `unknown_field` or
// `out_of_range` on "answers.<question>".
Result<AskResult> Ask(const pack::Pack& pack, std::string_view set,
                      const std::map<std::string, std::string>& answers);

// ---- Repeat ------------------------------------------------------------------------------------

struct Incident {
  std::string id;
  absl::Time occurred_at;
  absl::Time reported_at;
  std::string type;
  std::string subject;
  std::string location;
  std::string agency;
};

struct Firing {
  std::string rule;
  std::string subject;
  std::optional<std::string> type_group;  // for rules that count by group
  int64_t count = 0;
  absl::Time since;                    // the counted time of the first one
  std::vector<std::string> incidents;  // ids of what was counted, by counted time, then id
};

// Every rule of the pack over all subjects in `incidents`, sorted by rule, subject, type group.
// Incidents reported after `now` do not exist yet; the order of the input never matters. Give every
// incident of a subject: same-incident groups are formed before any window is applied. Refuses with
// `out_of_range` on "incidents[n].type" for a type that the pack does not have.
Result<std::vector<Firing>> Repeat(const pack::Pack& pack, absl::Time now,
                                   const std::vector<Incident>& incidents);

// How far back the pack's rules look at `now`. What was reported before `reported_from` and
// occurred before `occurred_from` counts for no rule; it matters only where it began a
// same-incident group that counts. InfiniteFuture where no rule counts that time.
struct RepeatReach {
  absl::Time reported_from;
  absl::Time occurred_from;
};
RepeatReach ReachOf(const pack::Pack& pack, absl::Time now);

}  // namespace waymark::rules
