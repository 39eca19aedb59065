#include "libs/rules/rules.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libs/base/blank.h"
#include "libs/base/text.h"

namespace waymark::rules {

using pack::Band;
using pack::Matrix;
using pack::Pack;

Result<GradeResult> Grade(const Pack& pack, pack::Harm harm, pack::Pattern pattern) {
  if (!pack.grade) {
    return Problem{"not_in_pack", "op", "a pack with a harm x pattern table",
                   "ask a pack that has one"};
  }
  const Band band = pack.grade->At(harm, pattern);
  return GradeResult{band, pack.grade->DutiesOf(band)};
}

namespace {

using Answers = std::map<std::string, std::string>;

struct Range {
  int64_t score_min = 0;
  int64_t score_max = 0;
};

struct Bands {
  Band min = Band::kStandard;
  Band max = Band::kStandard;
  friend bool operator==(const Bands&, const Bands&) = default;
};

// What an answer adds; nothing for an item left out or not scored.
Range RangeOf(const pack::Item& item, const std::string* answer) {
  if (!item.scored || answer == nullptr) return {};
  if (*answer == pack::kUnknown) return {item.LowestScore(), item.HighestScore()};
  const int64_t score = item.FindOption(*answer)->score;
  return {score, score};
}

const std::string* AnswerTo(const Answers& answers, std::string_view item) {
  const auto found = answers.find(std::string(item));
  return found == answers.end() ? nullptr : &found->second;
}

// An answer put in the place of the one given.
struct Substitute {
  const pack::Item* item = nullptr;
  const pack::Option* option = nullptr;
};

class Assessor {
 public:
  Assessor(const Matrix& matrix, const AssessQuestion& question)
      : matrix_(matrix), question_(question) {}

  Range Total() const {
    Range total;
    for (const pack::Item& item : matrix_.items) {
      const Range range = RangeOf(item, AnswerTo(question_.answers, item.id));
      total.score_min += range.score_min;
      total.score_max += range.score_max;
    }
    return total;
  }

  // The bands of `total`, raised to the floors that fire. `fired` may be null.
  Bands BandsOf(Range total, const Substitute& substitute, std::vector<std::string>* fired) const {
    const Bands scored{matrix_.BandOf(total.score_min), matrix_.BandOf(total.score_max)};
    Bands bands = scored;
    for (const pack::Floor& floor : matrix_.floors) {
      const Fires fires = FiresOn(floor, substitute);
      if (fires == Fires::kNo) continue;
      bool raised = floor.band > scored.max;
      bands.max = std::max(bands.max, floor.band);
      if (fires == Fires::kYes) {
        raised = raised || floor.band > scored.min;
        bands.min = std::max(bands.min, floor.band);
      }
      if (raised && fired != nullptr) fired->push_back(floor.name);
    }
    return bands;
  }

  std::vector<WouldChange> WouldChanges(Range total, const Bands& bands) const {
    std::vector<WouldChange> changes;
    for (const pack::Item& item : matrix_.items) {
      const std::string* answer = AnswerTo(question_.answers, item.id);
      const Range given = RangeOf(item, answer);
      for (const pack::Option& option : item.options) {
        if (answer != nullptr && *answer == option.id) continue;
        const Range other{total.score_min - given.score_min + option.score,
                          total.score_max - given.score_max + option.score};
        const Bands changed = BandsOf(other, {&item, &option}, nullptr);
        if (changed != bands) changes.push_back({item.id, option.id, changed.min, changed.max});
      }
    }
    return changes;
  }

 private:
  enum class Fires { kNo, kPerhaps, kYes };

  Fires FiresOn(const pack::Floor& floor, const Substitute& substitute) const {
    if (!floor.rule.empty()) {
      const auto& fired = question_.repeat_fired;
      return std::find(fired.begin(), fired.end(), floor.rule) != fired.end() ? Fires::kYes
                                                                              : Fires::kNo;
    }
    std::string_view answer;
    if (substitute.item != nullptr && substitute.item->id == floor.item) {
      answer = substitute.option->id;
    } else if (const std::string* given = AnswerTo(question_.answers, floor.item)) {
      answer = *given;
    }
    if (answer == floor.option) return Fires::kYes;
    return answer == pack::kUnknown ? Fires::kPerhaps : Fires::kNo;
  }

  const Matrix& matrix_;
  const AssessQuestion& question_;
};

std::string OptionIds(const pack::Item& item) {
  std::vector<std::string> ids;
  for (const pack::Option& option : item.options) ids.push_back(option.id);
  return absl::StrCat("one of ", absl::StrJoin(ids, ", "), " or ", ToAbsl(pack::kUnknown));
}

std::optional<Problem> CheckAnswers(const Matrix& matrix, const AssessQuestion& question) {
  for (const auto& [id, answer] : question.answers) {
    if (matrix.FindItem(id) == nullptr) {
      return Problem{"unknown_field", "answers." + id, "an item of the pack's matrix",
                     "leave it out"};
    }
  }
  for (const pack::Item& item : matrix.items) {
    const std::string* answer = AnswerTo(question.answers, item.id);
    if (answer == nullptr) {
      if (!item.scored) continue;
      return Problem{"missing_field", "answers." + item.id, OptionIds(item),
                     "answer it, with \"unknown\" if need be"};
    }
    if (*answer != pack::kUnknown && item.FindOption(*answer) == nullptr) {
      return Problem{"out_of_range", "answers." + item.id, OptionIds(item), "answer with one"};
    }
  }
  return std::nullopt;
}

}  // namespace

// Professional judgement is never blocked by a score, but it has to say why.
Result<std::optional<Band>> Overall(Band band_min, Band band_max,
                                    const std::optional<Judgement>& officer,
                                    const std::optional<Judgement>& supervisor) {
  const bool is_open = band_min != band_max;
  if (officer && (is_open || officer->band != band_min) && IsBlank(officer->reason)) {
    return Problem{"missing_field", "officer.reason",
                   "the officer's reason for a band other than the scored one", "give a reason"};
  }
  const Band usual = officer ? std::max(band_min, officer->band) : band_min;
  if (supervisor && supervisor->band < usual && IsBlank(supervisor->reason)) {
    return Problem{"missing_field", "supervisor.reason",
                   "the supervisor's reason for the lower band", "give a reason"};
  }
  if (supervisor) return std::optional<Band>(supervisor->band);
  if (officer || !is_open) return std::optional<Band>(usual);
  return std::optional<Band>();
}

Result<AssessResult> Assess(const Pack& pack, const AssessQuestion& question) {
  const Matrix* matrix = pack.FindMatrix(question.subject);
  if (matrix == nullptr) {
    return Problem{"not_in_pack", "subject", "a subject that the pack has a matrix for",
                   "ask a pack that has one"};
  }
  if (auto problem = CheckAnswers(*matrix, question)) return *std::move(problem);
  for (size_t i = 0; i < question.repeat_fired.size(); ++i) {
    if (pack.FindRepeatRule(question.repeat_fired[i]) == nullptr) {
      return Problem{"not_in_pack", absl::StrCat("repeat_fired[", i, "]"),
                     "one of the pack's repeat rules", "name a rule of this pack"};
    }
  }

  const Assessor assessor(*matrix, question);
  const Range total = assessor.Total();
  AssessResult result;
  result.score_min = total.score_min;
  result.score_max = total.score_max;
  if (total.score_min == total.score_max) result.score = total.score_min;
  const Bands bands = assessor.BandsOf(total, {}, &result.fired);
  result.band_min = bands.min;
  result.band_max = bands.max;
  if (bands.min == bands.max) result.band = bands.min;
  WM_ASSIGN_OR_REFUSE(result.overall,
                      Overall(bands.min, bands.max, question.officer, question.supervisor));
  if (!result.overall) result.needs.push_back("officer.band");
  for (const pack::Item& item : matrix->items) {
    if (!item.scored) continue;
    const std::string& answer = question.answers.at(item.id);
    const Range range = RangeOf(item, &answer);
    result.contributions.push_back({item.id, answer, range.score_min, range.score_max});
  }
  result.would_change = assessor.WouldChanges(total, bands);
  if (const auto& talk = pack.medium_towards_high;
      talk && matrix->subject == pack::Subject::kVictim) {
    result.medium_towards_high = total.score_min <= talk->to && total.score_max >= talk->from;
  }
  return result;
}

EffectiveResult Effective(const Pack& pack, absl::Time now,
                          const std::vector<StandingAssessment>& assessments) {
  EffectiveResult result;
  std::map<Band, std::set<std::string>> holders;
  for (const StandingAssessment& assessment : assessments) {
    const bool live = assessment.at <= now &&
                      (!assessment.superseded_at || *assessment.superseded_at > now) &&
                      (!assessment.expires_at || *assessment.expires_at > now);
    if (!live || !assessment.overall) continue;
    if (!pack.binding_bands.contains(*assessment.overall)) continue;
    holders[*assessment.overall].insert(assessment.agency);
  }
  if (holders.empty()) return result;
  const auto& [band, agencies] = *holders.rbegin();
  result.band = band;
  result.by.assign(agencies.begin(), agencies.end());
  return result;
}

namespace {

std::optional<Problem> CheckAnswer(const pack::Question& question, const std::string& answer) {
  bool good = true;
  std::string wanted;
  switch (question.type) {
    case pack::AnswerType::kText:
      break;
    case pack::AnswerType::kYesNoUnknown:
      good = answer == "yes" || answer == "no" || answer == pack::kUnknown;
      wanted = "yes, no or unknown";
      break;
    case pack::AnswerType::kCount:
      good = !answer.empty() && answer.find_first_not_of("0123456789") == std::string::npos;
      wanted = "a whole number";
      break;
    case pack::AnswerType::kChoice:
      good = std::any_of(question.choices.begin(), question.choices.end(),
                         [&](const pack::Label& choice) { return choice.id == answer; });
      wanted = "one of the question's choices";
      break;
  }
  if (good) return std::nullopt;
  return Problem{"out_of_range", "answers." + question.id, wanted, "answer with one"};
}

bool IsFullyAnswered(const pack::Question& question, const Answers& answers) {
  const std::string* answer = AnswerTo(answers, question.id);
  if (answer == nullptr || answer->empty()) return false;
  if (*answer != "yes" || question.yes_needs.empty()) return true;
  const std::string* text = AnswerTo(answers, question.yes_needs);
  return text != nullptr && !text->empty();
}

}  // namespace

Result<AskResult> Ask(const Pack& pack, std::string_view set_name, const Answers& answers) {
  const pack::QuestionSet* set = pack.FindQuestionSet(set_name);
  if (set == nullptr) {
    return Problem{"not_in_pack", "set", "one of the pack's question sets",
                   "name a set of this pack"};
  }
  for (const auto& [id, answer] : answers) {
    const pack::Question* question = set->FindQuestion(id);
    if (question == nullptr) {
      return Problem{"unknown_field", "answers." + id, "a question of the set", "leave it out"};
    }
    if (auto problem = CheckAnswer(*question, answer)) return *std::move(problem);
  }

  AskResult result;
  std::set<std::string_view> shown;
  // Only a question that is shown is looked at, whatever was answered before.
  const auto holds = [&](const pack::AnswerIs& wanted) {
    const std::string* answer = AnswerTo(answers, wanted.question);
    return shown.contains(wanted.question) && answer != nullptr && *answer == wanted.answer;
  };
  for (const pack::Question& question : set->questions) {
    if (!std::all_of(question.show_when.begin(), question.show_when.end(), holds)) continue;
    shown.insert(question.id);
    result.show.push_back(question.id);
    if (question.compulsory && !IsFullyAnswered(question, answers)) {
      result.missing.push_back(question.id);
    }
  }
  std::set<std::string> triggers;
  for (const pack::Trigger& trigger : set->triggers) {
    if (std::all_of(trigger.all.begin(), trigger.all.end(), holds) &&
        (trigger.any.empty() || std::any_of(trigger.any.begin(), trigger.any.end(), holds))) {
      triggers.insert(trigger.id);
    }
  }
  result.triggers.assign(triggers.begin(), triggers.end());
  return result;
}

}  // namespace waymark::rules
