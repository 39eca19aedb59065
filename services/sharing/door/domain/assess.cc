#include "services/sharing/door/domain/assess.h"

#include <algorithm>
#include <utility>

#include "libs/base/check.h"

namespace waymark::sharing::door {
namespace {

std::optional<rules::Judgement> JudgementOf(const std::optional<GivenJudgement>& given) {
  if (!given) return std::nullopt;
  return rules::Judgement{BandOf(given->band), given->reason};
}

Answers WithUnknowns(const pack::Matrix& matrix, Answers answers) {
  for (const pack::Item& item : matrix.items) {
    if (item.scored) answers.try_emplace(item.id, pack::kUnknown);
  }
  return answers;
}

Result<rules::AssessResult> Score(const pack::Pack& pack, const pack::Matrix& matrix,
                                  const AssessInput& input) {
  return rules::Assess(pack, {.subject = pack::Subject::kVictim,
                              .answers = WithUnknowns(matrix, input.answers),
                              .officer = JudgementOf(input.officer),
                              .supervisor = JudgementOf(input.supervisor),
                              .repeat_fired = input.repeat_fired});
}

std::optional<pack::Band> BandOf(const std::optional<GivenJudgement>& given) {
  if (!given) return std::nullopt;
  return door::BandOf(given->band);
}

Result<LocalAssessment> ByInstrument(const pack::Pack& pack, const AssessInput& input) {
  const std::optional<pack::Band> band = BandOfInstrument(pack, input.agency, *input.instrument);
  WM_CHECK(band.has_value(), "an instrument that was checked is not the pack's");
  LocalAssessment assessment;
  assessment.instrument = input.instrument->id;
  assessment.scored = assessment.band_min = assessment.band_max = *band;
  WM_ASSIGN_OR_REFUSE(assessment.overall, rules::Overall(*band, *band, JudgementOf(input.officer),
                                                         JudgementOf(input.supervisor)));
  return assessment;
}

Result<LocalAssessment> ByMatrix(const pack::Pack& pack, const pack::Matrix& matrix,
                                 const AssessInput& input, std::optional<pack::Band> graded) {
  WM_ASSIGN_OR_REFUSE(rules::AssessResult result, Score(pack, matrix, input));
  LocalAssessment assessment;
  assessment.instrument = "matrix";
  assessment.overall = result.overall ? result.overall : graded;
  assessment.scored = result.band;
  assessment.score_min = result.score_min;
  assessment.score_max = result.score_max;
  assessment.band_min = result.band_min;
  assessment.band_max = result.band_max;
  assessment.fired = std::move(result.fired);
  assessment.contributions = std::move(result.contributions);
  assessment.would_change = std::move(result.would_change);
  assessment.needs = std::move(result.needs);
  assessment.agencies_should_talk = result.medium_towards_high;
  return assessment;
}

}  // namespace

pack::Band BandOf(int number) {
  WM_CHECK(number >= 1 && number <= 3, "a band that was checked has no number");
  return pack::kBands[static_cast<size_t>(number - 1)];
}

int NumberOf(pack::Band band) { return static_cast<int>(band) + 1; }

std::vector<std::string> DutiesOf(const pack::Pack& pack, int band_number) {
  std::vector<std::string> duties;
  if (!pack.grade || band_number == 0) return duties;
  for (const pack::Label& duty : pack.grade->DutiesOf(BandOf(band_number))) {
    duties.push_back(duty.text);
  }
  return duties;
}

Result<std::optional<LocalAssessment>> AssessLocally(const pack::Pack& pack,
                                                     const AssessInput& input) {
  LocalAssessment assessment;
  std::optional<pack::Band> graded;
  if (input.grading && pack.grade) {
    graded = pack.grade->At(*pack::ParseHarm(input.grading->harm),
                            *pack::ParsePattern(input.grading->pattern));
  }
  const pack::Matrix* matrix = pack.FindMatrix(pack::Subject::kVictim);
  const bool judged = input.officer || input.supervisor;
  if (input.instrument) {
    WM_ASSIGN_OR_REFUSE(assessment, ByInstrument(pack, input));
  } else if (matrix != nullptr && (!input.answers.empty() || judged)) {
    WM_ASSIGN_OR_REFUSE(assessment, ByMatrix(pack, *matrix, input, graded));
  } else if (graded) {
    assessment.instrument = "grade";
    assessment.overall = assessment.scored = graded;
    assessment.band_min = assessment.band_max = *graded;
  } else {
    return std::optional<LocalAssessment>();
  }
  assessment.grade_high = graded == pack::Band::kHigh;
  assessment.officer = BandOf(input.officer);
  assessment.supervisor = BandOf(input.supervisor);
  return std::optional<LocalAssessment>(std::move(assessment));
}

std::optional<pack::Band> BandOfInstrument(const pack::Pack& pack, std::string_view agency,
                                           const GivenInstrument& given) {
  for (const pack::Instrument& instrument : pack.instruments) {
    if (instrument.id != given.id || instrument.agency != agency) continue;
    for (const auto& [word, band] : instrument.results) {
      if (word == given.result) return band;
    }
  }
  return std::nullopt;
}

Answers CompleteAnswers(const pack::Pack& pack, Answers answers) {
  const pack::Matrix* matrix = pack.FindMatrix(pack::Subject::kVictim);
  if (matrix == nullptr || answers.empty()) return answers;
  return WithUnknowns(*matrix, std::move(answers));
}

std::vector<rules::Firing> RepeatsOf(const pack::Pack& pack, absl::Time now,
                                     std::vector<rules::Incident> history) {
  // A type that the pack has dropped since is no longer counted.
  std::erase_if(history, [&](const rules::Incident& incident) {
    return pack.FindType(incident.type) == nullptr;
  });
  Result<std::vector<rules::Firing>> firings = rules::Repeat(pack, now, history);
  WM_CHECK(firings.ok(), "a history without unknown types or doubled ids was refused");
  return *std::move(firings);
}

}  // namespace waymark::sharing::door
