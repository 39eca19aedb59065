// The matrices and question sets of a pack file.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/config/pack_reader.h"

namespace waymark::config {

using pack::Matrix;
using pack::Pack;
using pack::QuestionSet;

void PackReader::ReadMatrices(const YamlNode& root) {
  const auto map = root.Find("matrices");
  if (!map) return;
  for (const auto& [name, node] : map->Entries()) {
    const auto subject = pack::ParseSubject(name);
    if (!subject) {
      node.Refuse("a matrix for victim, perpetrator or location");
    } else if (pack_.FindMatrix(*subject) != nullptr) {
      node.Refuse("one matrix for each subject");
    } else {
      pack_.matrices.push_back(MatrixOf(*subject, node));
    }
  }
}

Matrix PackReader::MatrixOf(pack::Subject subject, const YamlNode& node) {
  Matrix matrix;
  matrix.subject = subject;
  matrix.name = node.At("name").Text();
  matrix.local = LocalOf(node);
  const YamlNode items = node.At("items");
  for (const YamlNode& item_node : items.Items()) {
    pack::Item item = ItemOf(item_node);
    if (matrix.FindItem(item.id) != nullptr) item_node.At("id").Refuse("each item once", true);
    matrix.items.push_back(std::move(item));
  }
  if (matrix.items.empty()) items.Refuse("at least one item");
  ReadBands(node.At("bands"), &matrix);
  if (const auto floors = node.Find("floors")) ReadFloors(*floors, &matrix);
  return matrix;
}

pack::Item PackReader::ItemOf(const YamlNode& node) {
  constexpr int64_t kOptionScoreMax = 1000;
  pack::Item item;
  const YamlNode id = node.At("id");
  item.id = CheckedId(id.Text(), id);
  item.group = node.At("group").Text();
  item.text = node.At("text").Text();
  item.scored = OptionalBoolean(node, "scored", true);
  const YamlNode options = node.At("options");
  for (const auto& [name, option_node] : options.Entries()) {
    pack::Option option;
    option.id = CheckedId(name, option_node);
    if (name == pack::kUnknown) option_node.Refuse("another id: 'unknown' is always an answer");
    option.text = option_node.At("text").Text();
    if (item.scored) option.score = option_node.At("score").Integer(0, kOptionScoreMax);
    item.options.push_back(std::move(option));
  }
  if (item.options.size() < 2) {
    options.Refuse("at least two options");
    item.options.resize(2);
  }
  return item;
}

void PackReader::ReadBands(const YamlNode& node, Matrix* matrix) {
  const auto range = [&](pack::Band band, int64_t from) {
    const YamlNode bounds = node.At(pack::BandName(band));
    const YamlNode low = bounds.At("from");
    const int64_t found = low.Integer(0, kScoreMax);
    if (found > from) {
      low.Refuse(
          absl::StrCat(from, ": a gap between bands, ", from, " to ", found - 1, " belong to none"),
          true);
    } else if (found < from && low.line() != 0) {
      low.Refuse(
          absl::StrCat(from, ": overlapping bands, ", found, " to ", from - 1, " belong to two"),
          true);
    }
    const int64_t to = bounds.At("to").Integer(0, kScoreMax);
    if (to < from) bounds.At("to").Refuse(absl::StrCat("a whole number from ", from), true);
    return std::max(to, from) + 1;
  };
  matrix->medium_from = range(pack::Band::kStandard, 0);
  matrix->high_from = range(pack::Band::kMedium, matrix->medium_from);
  const int64_t end = range(pack::Band::kHigh, matrix->high_from);
  if (end - 1 != matrix->HighestScore()) {
    node.At("HIGH").At("to").Refuse(
        absl::StrCat(matrix->HighestScore(), ", the highest total of the items"), true);
  }
}

void PackReader::ReadFloors(const YamlNode& node, Matrix* matrix) {
  for (const YamlNode& floor_node : node.Items()) {
    pack::Floor floor;
    floor.band = BandOf(floor_node.At("band"));
    floor.local = LocalOf(floor_node);
    if (const auto rule = floor_node.Find("rule")) {
      floor.rule = rule->Text();
      MustExist(*rule, "one of the pack's repeat rules",
                [id = floor.rule](const Pack& pack) { return pack.FindRepeatRule(id) != nullptr; });
      floor.name = "floor." + floor.rule;
    } else {
      const YamlNode item = floor_node.At("item");
      const YamlNode answer = floor_node.At("answer");
      floor.item = item.Text();
      floor.option = answer.Text();
      floor.name = "floor." + floor.item;
      const pack::Item* known = matrix->FindItem(floor.item);
      if (known == nullptr) item.Refuse("one of the matrix's items", true);
      if (known != nullptr && known->FindOption(floor.option) == nullptr) {
        answer.Refuse("one of the item's options", true);
      }
    }
    matrix->floors.push_back(std::move(floor));
  }
}

void PackReader::ReadQuestionSets(const YamlNode& root) {
  const auto map = root.Find("question_sets");
  if (!map) return;
  for (const auto& [name, node] : map->Entries()) {
    if (pack_.FindQuestionSet(name) != nullptr) node.Refuse("a set that no include has");
    pack_.question_sets.push_back(QuestionSetOf(CheckedId(name, node), node));
  }
}

QuestionSet PackReader::QuestionSetOf(const std::string& name, const YamlNode& node) {
  QuestionSet set;
  set.name = name;
  set.text = node.At("text").Text();
  set.use = node.At("use").Choice<std::string>(
      {{"call", "call"}, {"attendance", "attendance"}, {"case", "case"}});
  set.local = LocalOf(node);
  if (const auto types = node.Find("not_for_types")) {
    set.not_for_types = types->Texts();
    for (const YamlNode& item : types->Items()) {
      MustExist(item, "one of the pack's types",
                [type = item.Text()](const Pack& pack) { return pack.FindType(type) != nullptr; });
    }
  }
  const std::vector<YamlNode> questions = node.At("questions").Items();
  for (const YamlNode& question : questions) set.questions.push_back(QuestionOf(question, set));
  CheckYesNeeds(questions, set);
  const auto triggers = node.Find("triggers");
  if (!triggers) return set;
  for (const YamlNode& trigger_node : triggers->Items()) {
    pack::Trigger trigger;
    trigger.id = CheckedId(trigger_node.At("id").Text(), trigger_node);
    trigger.text = trigger_node.At("text").Text();
    const std::string wanted = absl::StrCat("a question of the set ", name, ": trigger ",
                                            trigger.id, " names an unknown question");
    if (const auto all = trigger_node.Find("all")) trigger.all = AnswersOf(*all, set, wanted);
    if (const auto any = trigger_node.Find("any")) trigger.any = AnswersOf(*any, set, wanted);
    if (trigger.all.empty() && trigger.any.empty()) trigger_node.Refuse("answers under all or any");
    trigger.local = LocalOf(trigger_node);
    set.triggers.push_back(std::move(trigger));
  }
  return set;
}

pack::Question PackReader::QuestionOf(const YamlNode& node, const QuestionSet& so_far) {
  pack::Question question;
  const YamlNode id = node.At("id");
  question.id = CheckedId(id.Text(), id);
  if (so_far.FindQuestion(question.id) != nullptr) id.Refuse("each question once", true);
  question.number = node.At("number").Text();
  question.text = node.At("text").Text();
  question.type = node.At("answer").Choice<pack::AnswerType>(
      {{"text", pack::AnswerType::kText},
       {"yes_no_unknown", pack::AnswerType::kYesNoUnknown},
       {"choice", pack::AnswerType::kChoice},
       {"count", pack::AnswerType::kCount}});
  if (question.type == pack::AnswerType::kChoice) question.choices = LabelsOf(node.At("choices"));
  // Only questions before it: so the order of the set is also the order of working.
  if (const auto when = node.Find("show_when")) {
    question.show_when =
        AnswersOf(*when, so_far, "a question of this set that comes before this one");
  }
  question.compulsory = OptionalBoolean(node, "compulsory", false);
  question.yes_needs = OptionalText(node, "yes_needs");
  question.local = LocalOf(node);
  return question;
}

std::vector<pack::AnswerIs> PackReader::AnswersOf(const YamlNode& node, const QuestionSet& set,
                                                  std::string_view wanted) {
  std::vector<pack::AnswerIs> answers;
  for (const auto& [id, answer_node] : node.Entries()) {
    const std::string answer = answer_node.Text();
    const pack::Question* question = set.FindQuestion(id);
    if (question == nullptr) {
      answer_node.Refuse(wanted);
    } else if (question->type == pack::AnswerType::kYesNoUnknown) {
      if (answer != "yes" && answer != "no" && answer != pack::kUnknown) {
        answer_node.Refuse("yes, no or unknown", true);
      }
    } else if (std::none_of(question->choices.begin(), question->choices.end(),
                            [&](const pack::Label& choice) { return choice.id == answer; })) {
      answer_node.Refuse("an answer of a yes/no question or one of a choice", true);
    }
    answers.push_back({id, answer});
  }
  return answers;
}

void PackReader::CheckYesNeeds(const std::vector<YamlNode>& nodes, const QuestionSet& set) {
  for (size_t i = 0; i < nodes.size(); ++i) {
    const pack::Question& question = set.questions[i];
    if (question.yes_needs.empty()) continue;
    const pack::Question* text = set.FindQuestion(question.yes_needs);
    if (text == nullptr || text->type != pack::AnswerType::kText ||
        question.type != pack::AnswerType::kYesNoUnknown) {
      nodes[i].At("yes_needs").Refuse("a text question of this set, for a yes/no question", true);
    }
  }
}

}  // namespace waymark::config
