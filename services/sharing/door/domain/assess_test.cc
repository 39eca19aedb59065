#include "services/sharing/door/domain/assess.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/config/load_pack.h"
#include "services/sharing/door/domain/standing.h"
#include "services/sharing/door/domain/supervise.h"

namespace waymark::sharing::door {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;

const pack::Pack& Fenland() {
  static const std::shared_ptr<const pack::Pack> pack = *config::LoadPack("fenland", "packs");
  return *pack;
}

// 24 points: HIGH.
Answers HighAnswers() {
  return {{"frequency", "frequently"}, {"escalation", "yes"}, {"offender_known", "no"},
          {"targeted", "family"},      {"hate", "no"},        {"intimidation", "current"},
          {"effect", "health"},        {"support", "few"},    {"personal_risk", "yes"}};
}

LocalAssessment Assessed(const AssessInput& input) { return **AssessLocally(Fenland(), input); }

TEST(AssessLocally, MakesNoneOfNothing) { EXPECT_EQ(std::nullopt, *AssessLocally(Fenland(), {})); }

TEST(AssessLocally, TakesTheGradeWhenThereIsNoMatrix) {
  const LocalAssessment assessment = Assessed({.grading = GivenGrading{"significant", "regular"}});
  EXPECT_EQ("grade", assessment.instrument);
  EXPECT_EQ(pack::Band::kHigh, assessment.overall);
  EXPECT_TRUE(assessment.High());
}

TEST(AssessLocally, LetsTheMatrixReplaceTheBandButNotTheClockOfTheGrade) {
  Answers low = HighAnswers();
  for (auto& [item, option] : low) {
    option = Fenland().FindMatrix(pack::Subject::kVictim)->FindItem(item)->options.front().id;
  }
  const LocalAssessment assessment =
      Assessed({.grading = GivenGrading{"significant", "regular"}, .answers = low});
  EXPECT_EQ("matrix", assessment.instrument);
  EXPECT_EQ(pack::Band::kStandard, assessment.overall);
  EXPECT_TRUE(assessment.High());
}

TEST(AssessLocally, ScoresTheMatrix) {
  const LocalAssessment assessment = Assessed({.answers = HighAnswers()});
  EXPECT_EQ(24, assessment.score_min);
  EXPECT_EQ(24, assessment.score_max);
  EXPECT_EQ(pack::Band::kHigh, assessment.overall);
}

TEST(AssessLocally, NeverRestsABandOnAnUnknown) {
  Answers answers = HighAnswers();
  answers.erase("effect");
  const LocalAssessment open = Assessed({.answers = answers});
  EXPECT_EQ(std::nullopt, open.overall);
  EXPECT_EQ(18, open.score_min);
  EXPECT_EQ(24, open.score_max);
  EXPECT_FALSE(open.High());
  EXPECT_THAT(open.would_change, Not(IsEmpty()));
  EXPECT_EQ(pack::Band::kHigh,
            Assessed({.answers = answers, .officer = GivenJudgement{3, "seen her"}}).overall);
  EXPECT_EQ(pack::Band::kMedium,
            Assessed({.grading = GivenGrading{"low", "escalating"}, .answers = answers}).overall);
}

TEST(AssessLocally, NeverBlocksAnOfficersJudgement) {
  EXPECT_EQ(pack::Band::kHigh, Assessed({.officer = GivenJudgement{3, "seen her"}}).overall);
}

// 22 points: MEDIUM, near HIGH.
Answers NearlyHighAnswers() {
  Answers answers = HighAnswers();
  answers["escalation"] = "no";
  return answers;
}

TEST(AssessLocally, KeepsTheScoredBandTheOfficersAndTheOverallOne) {
  const LocalAssessment raised =
      Assessed({.answers = NearlyHighAnswers(), .officer = GivenJudgement{3, "seen her"}});
  EXPECT_EQ(pack::Band::kMedium, raised.scored);
  EXPECT_EQ(pack::Band::kHigh, raised.officer);
  EXPECT_EQ(pack::Band::kHigh, raised.overall);
  const LocalAssessment lowered =
      Assessed({.answers = HighAnswers(), .supervisor = GivenJudgement{2, "support moved in"}});
  EXPECT_EQ(pack::Band::kHigh, lowered.scored);
  EXPECT_EQ(std::nullopt, lowered.officer);
  EXPECT_EQ(pack::Band::kMedium, lowered.supervisor);
  EXPECT_EQ(pack::Band::kMedium, lowered.overall);
  Answers open = HighAnswers();
  open.erase("effect");
  const LocalAssessment between = Assessed({.answers = open});
  EXPECT_EQ(pack::Band::kMedium, between.band_min);
  EXPECT_EQ(pack::Band::kHigh, between.band_max);
  EXPECT_THAT(between.needs, testing::ElementsAre("officer.band"));
}

TEST(AssessLocally, SaysWhereAgenciesShouldTalkByThePacksFigures) {
  const auto advised = [](int64_t from, int64_t to) {
    pack::Pack pack = Fenland();
    pack.medium_towards_high->from = from;
    pack.medium_towards_high->to = to;
    return (*AssessLocally(pack, {.answers = NearlyHighAnswers()}))->agencies_should_talk;
  };
  EXPECT_TRUE(Assessed({.answers = NearlyHighAnswers()}).agencies_should_talk);
  EXPECT_FALSE(Assessed({.answers = HighAnswers()}).agencies_should_talk);
  EXPECT_TRUE(advised(22, 23));
  EXPECT_FALSE(advised(23, 23));
  EXPECT_TRUE(advised(20, 22));
  EXPECT_FALSE(advised(20, 21));
}

TEST(AssessLocally, ReadsAnInstrumentOfTheAgencysOwnAsThePackSays) {
  const AssessInput amber{.instrument = GivenInstrument{"council_triage", "amber"},
                          .agency = "council"};
  const LocalAssessment medium = Assessed(amber);
  EXPECT_EQ("council_triage", medium.instrument);
  EXPECT_EQ(pack::Band::kMedium, medium.scored);
  EXPECT_EQ(pack::Band::kMedium, medium.overall);
  AssessInput judged = amber;
  judged.officer = GivenJudgement{3, "seen her"};
  EXPECT_EQ(pack::Band::kHigh, Assessed(judged).overall);
  judged.supervisor = GivenJudgement{1, ""};
  EXPECT_EQ("missing_field", AssessLocally(Fenland(), judged).problem().code);
  pack::Pack other = Fenland();
  for (pack::Instrument& instrument : other.instruments) {
    for (auto& [word, band] : instrument.results) band = pack::Band::kHigh;
  }
  EXPECT_EQ(pack::Band::kHigh, (*AssessLocally(other, amber))->overall);
  EXPECT_EQ(std::nullopt, BandOfInstrument(Fenland(), "housing", {"council_triage", "amber"}));
  EXPECT_EQ(std::nullopt, BandOfInstrument(Fenland(), "council", {"council_triage", "blue"}));
}

TEST(StandingOf, IsPermanent) {
  const HeldReference held{2, "digest"};
  EXPECT_EQ(Standing::kNew, *StandingOf(std::nullopt, 2, "digest"));
  EXPECT_EQ(Standing::kHeld, *StandingOf(held, 2, "digest"));
  EXPECT_EQ(Standing::kAmends, *StandingOf(held, 3, "digest"));
  EXPECT_EQ("reference_reused", StandingOf(held, 2, "other").problem().code);
  EXPECT_EQ("revision_superseded", StandingOf(held, 1, "digest").problem().code);
}

TEST(CheckSupervision, LetsOnlyAnotherPersonSignALowerBandWhereThePackSaysSo) {
  pack::Pack strict = Fenland();
  strict.supervision.assessor_may_sign = false;
  Supervision lowered{pack::Band::kMedium, pack::Band::kHigh, "sam", true, "ann"};
  const auto code = [&strict](const Supervision& supervision) {
    const std::optional<Problem> problem = CheckSupervision(strict, supervision);
    return problem ? problem->code : std::string();
  };
  EXPECT_EQ("", code(lowered));
  lowered.assessor = "sam";
  EXPECT_EQ("supervisor_is_assessor", code(lowered));
  EXPECT_EQ(std::nullopt, CheckSupervision(Fenland(), lowered));
  lowered.assessor = "";
  EXPECT_EQ("supervisor_is_assessor", code(lowered));
  lowered.supervisor = pack::Band::kHigh;
  EXPECT_EQ("", code(lowered)) << "nothing is lowered";
  lowered.is_supervisor = false;
  EXPECT_EQ("supervisor_needed", code(lowered));
}

}  // namespace
}  // namespace waymark::sharing::door
