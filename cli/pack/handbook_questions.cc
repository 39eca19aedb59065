// First contact: question sets, what answers set off, and the call taker's grade.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/pack/handbook.h"
#include "cli/pack/handbook_parts.h"
#include "libs/base/text.h"

namespace waymark::cli {
namespace {

using pack::Pack;

std::string AnswerText(const pack::QuestionSet& set, const pack::AnswerIs& answer) {
  const pack::Question* question = set.FindQuestion(answer.question);
  return absl::StrCat(question == nullptr ? answer.question : question->number, " is ",
                      answer.answer);
}

std::string AnswerTexts(const pack::QuestionSet& set, const std::vector<pack::AnswerIs>& answers,
                        const char* between) {
  std::vector<std::string> texts;
  for (const pack::AnswerIs& answer : answers) texts.push_back(AnswerText(set, answer));
  return absl::StrJoin(texts, between);
}

std::string KindText(const pack::Question& question) {
  switch (question.type) {
    case pack::AnswerType::kYesNoUnknown:
      return "yes, no or unknown";
    case pack::AnswerType::kCount:
      return "a number";
    case pack::AnswerType::kText:
      return "in words";
    case pack::AnswerType::kChoice:
      break;
  }
  std::vector<std::string> choices;
  for (const pack::Label& choice : question.choices) choices.push_back(choice.text);
  return absl::StrCat("one of: ", absl::StrJoin(choices, "; "));
}

std::string MustText(const pack::QuestionSet& set, const pack::Question& question) {
  if (!question.compulsory) return "no";
  const pack::Question* text = set.FindQuestion(question.yes_needs);
  return text == nullptr ? "yes" : absl::StrCat("yes; a yes needs ", text->number);
}

std::string TriggerWhen(const pack::QuestionSet& set, const pack::Trigger& trigger) {
  std::string when = AnswerTexts(set, trigger.all, " and ");
  if (trigger.any.empty()) return when;
  if (!when.empty()) absl::StrAppend(&when, ", and ");
  return absl::StrCat(when, AnswerTexts(set, trigger.any, " or "));
}

Section QuestionSection(const Pack& pack, const pack::QuestionSet& set) {
  Section section;
  section.heading = absl::StrCat("Questions: ", set.text);
  const std::string use = set.use == "call"         ? "at the call"
                          : set.use == "attendance" ? "on attending"
                                                    : "about every victim of a case";
  section.paragraphs.push_back({absl::StrCat("Asked ", use, "."), set.local});
  std::vector<std::string> types;
  for (const std::string& id : set.not_for_types) {
    const pack::IncidentType* type = pack.FindType(id);
    types.push_back(type == nullptr ? id : type->text);
  }
  if (!types.empty()) {
    section.paragraphs.push_back(
        {absl::StrCat("Not asked for: ", absl::StrJoin(types, ", "), ".")});
  }
  HandbookTable table{absl::StrCat("Question set ", set.name),
                      {"No.", "Question", "Answer", "Asked when", "Compulsory"},
                      {}};
  for (const pack::Question& question : set.questions) {
    const std::string when = AnswerTexts(set, question.show_when, " and ");
    table.rows.push_back({{question.number},
                          {question.text, question.local},
                          {KindText(question)},
                          {when.empty() ? "always" : when},
                          {MustText(set, question)}});
  }
  section.tables.push_back(std::move(table));
  if (set.triggers.empty()) return section;
  HandbookTable triggers{"What answers set off", {"Set off", "When"}, {}};
  for (const pack::Trigger& trigger : set.triggers) {
    triggers.rows.push_back({{trigger.text, trigger.local}, {TriggerWhen(set, trigger)}});
  }
  section.tables.push_back(std::move(triggers));
  return section;
}

Section GradeSection(const pack::GradeTable& grade) {
  Section section{"The call taker's grade", {}, {}};
  HandbookTable bands{"Harm and pattern", {"Pattern", "Low harm", "Moderate", "Significant"}, {}};
  for (const auto pattern :
       {pack::Pattern::kIsolated, pack::Pattern::kRegular, pack::Pattern::kEscalating}) {
    std::vector<Cell> row = {{std::string(pack::PatternName(pattern))}};
    for (const auto harm : {pack::Harm::kLow, pack::Harm::kModerate, pack::Harm::kSignificant}) {
      row.push_back({std::string(pack::BandName(grade.At(harm, pattern)))});
    }
    bands.rows.push_back(std::move(row));
  }
  section.tables.push_back(std::move(bands));
  HandbookTable duties{"What a grade obliges", {"Grade", "To do"}, {}};
  for (const pack::Band band : pack::kBands) {
    for (const pack::Label& duty : grade.DutiesOf(band)) {
      duties.rows.push_back({{std::string(pack::BandName(band))}, {duty.text}});
    }
  }
  section.tables.push_back(std::move(duties));
  return section;
}

}  // namespace

std::vector<Section> FirstContactSections(const Pack& pack) {
  std::vector<Section> sections;
  for (const pack::QuestionSet& set : pack.question_sets) {
    sections.push_back(QuestionSection(pack, set));
  }
  if (pack.compulsory) {
    const pack::ClockRule* clock = pack.FindClock(pack.compulsory->unknown_clock);
    std::string text =
        absl::StrCat("About every victim of a case the compulsory questions of the set ",
                     pack.compulsory->set, " are answered.");
    if (clock != nullptr) {
      absl::StrAppend(
          &text, " An unknown answer is chased until it is known: ", DueInWords(clock->spec), ".");
    }
    sections.push_back({"Compulsory answers", {{text}}, {}});
  }
  if (pack.grade) sections.push_back(GradeSection(*pack.grade));
  return sections;
}

}  // namespace waymark::cli
