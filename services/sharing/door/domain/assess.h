// This agency's own assessment of a victim, by the partnership's rules. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libs/base/result.h"
#include "libs/pack/pack.h"
#include "libs/rules/rules.h"
#include "services/sharing/door/domain/incident.h"

namespace waymark::sharing::door {

struct LocalAssessment {
  std::string instrument;             // "matrix", "grade" or an instrument of the agency's own
  std::optional<pack::Band> overall;  // nullopt: unknown answers leave it open and nobody judged
  std::optional<pack::Band> scored;
  pack::Band band_min = pack::Band::kStandard;  // of the score's best and worst case
  pack::Band band_max = pack::Band::kStandard;
  std::optional<pack::Band> officer, supervisor;  // what they judged, kept beside the others
  std::vector<std::string> needs;                 // "officer.band" when nothing gives a band
  // The score lies where the agencies should talk before the case is HIGH: for this agency alone.
  bool agencies_should_talk = false;
  int64_t score_min = 0;
  int64_t score_max = 0;
  std::vector<std::string> fired;
  // The call-taker's grade is HIGH: the clock starts even when the matrix beside it says less.
  bool grade_high = false;
  std::vector<rules::Contribution> contributions;
  std::vector<rules::WouldChange> would_change;

  bool High() const { return grade_high || overall == pack::Band::kHigh; }
};

// Bands by the numbers of waymark.common.v1.Band: 1 STANDARD, 2 MEDIUM, 3 HIGH.
pack::Band BandOf(int number);
int NumberOf(pack::Band band);

// What a band obliges the agency to do, in words; nothing for a band that is open (0) or a pack
// without a grade table.
std::vector<std::string> DutiesOf(const pack::Pack& pack, int band_number);

// The band that the pack reads it as; nullopt when `agency` has no such instrument or result.
std::optional<pack::Band> BandOfInstrument(const pack::Pack& pack, std::string_view agency,
                                           const GivenInstrument& given);

struct AssessInput {
  std::optional<GivenGrading> grading = {};
  Answers answers = {};  // empty: no matrix; scored items left out count as "unknown"
  std::optional<GivenJudgement> officer = {};
  std::optional<GivenJudgement> supervisor = {};
  std::vector<std::string> repeat_fired = {};
  std::optional<GivenInstrument> instrument = {};  // instead of answers
  std::string agency = {};                         // whose instrument it is
};

// The answers with "unknown" for every scored item of the victim's matrix that was left out; empty
// answers stay empty.
Answers CompleteAnswers(const pack::Pack& pack, Answers answers);

// nullopt when there is neither a grade, nor an answer, nor a judgement, nor an instrument. The
// matrix, with the officer's judgement, replaces the grade's band; where it leaves the band open
// the grade stands. The input must have passed the door's checks; a problem the rules find all the
// same is returned.
Result<std::optional<LocalAssessment>> AssessLocally(const pack::Pack& pack,
                                                     const AssessInput& input);

// Repeat rules that fire for one person at `now` over their whole history in this agency.
std::vector<rules::Firing> RepeatsOf(const pack::Pack& pack, absl::Time now,
                                     std::vector<rules::Incident> history);

}  // namespace waymark::sharing::door
