// What the shipped packs do not use: floors, widened bands, choices, periods. Packs are built here
// by hand; the shipped ones are tested through `waymark rules`.
#include "libs/rules/rules.h"

#include <gmock/gmock.h>

namespace waymark::rules {
namespace {

using pack::Band;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

pack::Item ItemOf(const std::string& id, bool scored,
                  const std::vector<std::pair<std::string, int>>& options) {
  pack::Item item;
  item.id = id;
  item.scored = scored;
  for (const auto& [name, score] : options) item.options.push_back({name, name, score});
  return item;
}

pack::Floor FloorOn(const std::string& item, const std::string& option, Band band) {
  pack::Floor floor;
  floor.name = "floor." + item;
  floor.item = item;
  floor.option = option;
  floor.band = band;
  return floor;
}

// hate 0-3, effect 0-9, children recorded only; MEDIUM from 4, HIGH from 8.
pack::Pack TestPack() {
  pack::Pack pack;
  pack::Matrix matrix;
  matrix.items = {ItemOf("hate", true, {{"no", 0}, {"yes", 3}}),
                  ItemOf("effect", true, {{"none", 0}, {"some", 4}, {"great", 9}}),
                  ItemOf("children", false, {{"no", 0}, {"yes", 0}})};
  matrix.medium_from = 4;
  matrix.high_from = 8;
  pack.matrices = {matrix};
  pack.binding_bands = {Band::kHigh};
  pack::RepeatRule rule;
  rule.id = "often";
  pack.repeat_rules = {rule};
  return pack;
}

AssessResult AssessOf(const pack::Pack& pack, const std::map<std::string, std::string>& answers,
                      const std::vector<std::string>& fired = {}) {
  AssessQuestion question;
  question.answers = answers;
  question.repeat_fired = fired;
  return Assess(pack, question).value();
}

std::vector<std::string> Changes(const AssessResult& result) {
  std::vector<std::string> changes;
  for (const WouldChange& change : result.would_change) {
    changes.push_back(change.item + "=" + change.answer);
  }
  return changes;
}

TEST(Floors, AYesRaisesBothBands) {
  pack::Pack pack = TestPack();
  pack.matrices[0].floors = {FloorOn("hate", "yes", Band::kMedium)};
  const AssessResult yes = AssessOf(pack, {{"hate", "yes"}, {"effect", "none"}});
  EXPECT_EQ(yes.score, 3);
  EXPECT_EQ(yes.band, Band::kMedium);
  EXPECT_THAT(yes.fired, ElementsAre("floor.hate"));
  EXPECT_THAT(Changes(yes), ElementsAre("hate=no", "effect=great"));
  // Nothing is raised where the score is as high already.
  EXPECT_THAT(AssessOf(pack, {{"hate", "yes"}, {"effect", "some"}}).fired, IsEmpty());
  EXPECT_THAT(AssessOf(pack, {{"hate", "no"}, {"effect", "none"}}).fired, IsEmpty());
}

TEST(Floors, AnUnknownRaisesOnlyTheWorstCase) {
  pack::Pack pack = TestPack();
  pack.matrices[0].floors = {FloorOn("hate", "yes", Band::kHigh)};
  const AssessResult unknown = AssessOf(pack, {{"hate", "unknown"}, {"effect", "none"}});
  EXPECT_EQ(unknown.band_min, Band::kStandard);
  EXPECT_EQ(unknown.band_max, Band::kHigh);
  EXPECT_EQ(unknown.band, std::nullopt);
  EXPECT_THAT(unknown.fired, ElementsAre("floor.hate"));
  EXPECT_THAT(unknown.needs, ElementsAre("officer.band"));
  EXPECT_THAT(Changes(unknown), ElementsAre("hate=no", "hate=yes", "effect=some", "effect=great"));
}

TEST(Floors, ARepeatRuleThatFiredRaisesBoth) {
  pack::Pack pack = TestPack();
  pack::Floor floor;
  floor.name = "floor.often";
  floor.rule = "often";
  floor.band = Band::kHigh;
  pack.matrices[0].floors = {floor};
  const std::map<std::string, std::string> answers = {{"hate", "unknown"}, {"effect", "none"}};
  EXPECT_THAT(AssessOf(pack, answers).fired, IsEmpty());
  const AssessResult fired = AssessOf(pack, answers, {"often"});
  EXPECT_EQ(fired.score, std::nullopt);
  EXPECT_EQ(fired.band, Band::kHigh);
  EXPECT_EQ(fired.overall, Band::kHigh);
  EXPECT_THAT(fired.fired, ElementsAre("floor.often"));
  EXPECT_THAT(fired.would_change, IsEmpty());
}

TEST(Floors, WorkOnItemsThatAreNotScored) {
  pack::Pack pack = TestPack();
  pack.matrices[0].floors = {FloorOn("children", "yes", Band::kMedium)};
  const AssessResult left_out = AssessOf(pack, {{"hate", "no"}, {"effect", "none"}});
  EXPECT_EQ(left_out.band, Band::kStandard);
  EXPECT_THAT(Changes(left_out), ElementsAre("effect=some", "effect=great", "children=yes"));
  EXPECT_EQ(left_out.contributions.size(), 2u);
  const AssessResult unknown =
      AssessOf(pack, {{"hate", "no"}, {"effect", "none"}, {"children", "unknown"}});
  EXPECT_EQ(unknown.score, 0);
  EXPECT_EQ(unknown.band, std::nullopt);
}

TEST(MediumTowardsHigh, IsSaidWhenTheRangeTouchesIt) {
  pack::Pack pack = TestPack();
  pack.medium_towards_high = pack::MediumTowardsHigh{6, 7, true};
  EXPECT_FALSE(AssessOf(pack, {{"hate", "no"}, {"effect", "some"}}).medium_towards_high);
  EXPECT_TRUE(AssessOf(pack, {{"hate", "yes"}, {"effect", "some"}}).medium_towards_high);
  EXPECT_TRUE(AssessOf(pack, {{"hate", "unknown"}, {"effect", "some"}}).medium_towards_high);
  EXPECT_FALSE(AssessOf(pack, {{"hate", "no"}, {"effect", "great"}}).medium_towards_high);
}

TEST(Effective, APackMayWidenTheRule) {
  pack::Pack pack = TestPack();
  const absl::Time now = absl::FromUnixSeconds(1000);
  std::vector<StandingAssessment> assessments(2);
  assessments[0].agency = "b";
  assessments[0].overall = Band::kMedium;
  assessments[0].at = now;
  assessments[1] = assessments[0];
  assessments[1].agency = "a";
  EXPECT_EQ(Effective(pack, now, assessments).band, std::nullopt);
  pack.binding_bands.insert(Band::kMedium);
  EXPECT_EQ(Effective(pack, now, assessments).band, Band::kMedium);
  EXPECT_THAT(Effective(pack, now, assessments).by, ElementsAre("a", "b"));
  assessments[0].overall = Band::kHigh;
  EXPECT_EQ(Effective(pack, now, assessments).band, Band::kHigh);
  EXPECT_THAT(Effective(pack, now, assessments).by, ElementsAre("b"));
}

TEST(Ask, ChoicesAndCountsAreChecked) {
  pack::Pack pack = TestPack();
  pack::QuestionSet set;
  set.name = "set";
  pack::Question colour;
  colour.id = "colour";
  colour.type = pack::AnswerType::kChoice;
  colour.choices = {{"red", "Red"}, {"green", "Green"}};
  pack::Question many;
  many.id = "many";
  many.type = pack::AnswerType::kCount;
  many.show_when = {{"colour", "red"}};
  many.compulsory = true;
  set.questions = {colour, many};
  pack.question_sets = {set};
  EXPECT_EQ(Ask(pack, "set", {{"colour", "blue"}}).problem().field, "answers.colour");
  EXPECT_EQ(Ask(pack, "set", {{"many", "3x"}}).problem().field, "answers.many");
  EXPECT_THAT(Ask(pack, "set", {{"colour", "red"}}).value().missing, ElementsAre("many"));
  EXPECT_THAT(Ask(pack, "set", {{"colour", "red"}, {"many", "3"}}).value().missing, IsEmpty());
  EXPECT_THAT(Ask(pack, "set", {{"colour", "green"}, {"many", "3"}}).value().show,
              ElementsAre("colour"));
}

}  // namespace
}  // namespace waymark::rules
