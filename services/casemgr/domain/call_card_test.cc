// What a call handler of each agency is shown under Fenland's own agreement.
#include "services/casemgr/domain/call_card.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/config/agreement_loader.h"
#include "libs/config/file.h"
#include "services/casemgr/domain/subjects_rekeyed.h"
#include "services/casemgr/testing/world.h"

namespace waymark::casemgr {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const absl::Time kTuesday = At("2026-03-03T10:00:00Z");

const agreement::Evaluator& FenlandAgreements() {
  static const agreement::Evaluator evaluator = [] {
    std::vector<agreement::Agreement> agreements;
    for (const char* file : {"agreements/fenland-isa.yaml", "agreements/fenland-baseline.yaml"}) {
      absl::StatusOr<std::string> text = config::ReadFile(file);
      WM_CHECK(text.ok(), text.status().ToString());
      absl::StatusOr<agreement::Agreement> parsed = config::ParseAgreement(*text, file);
      WM_CHECK(parsed.ok(), parsed.status().ToString());
      agreements.push_back(*std::move(parsed));
    }
    auto compiled = config::CompileOrStatus(std::move(agreements), {.require_signatures = false});
    WM_CHECK(compiled.ok(), compiled.status().ToString());
    return *std::move(compiled);
  }();
  return evaluator;
}

World Reported() {
  World world(kTuesday);
  world.Do([&](Work& work) {
    DecideIncident(work, Report("i1", "police", "s1", kTuesday - absl::Hours(48)), {});
    DecideIncident(work, Report("i2", "council", "s1", kTuesday - absl::Hours(24)), {});
    DecideIncident(work, Report("i3", "housing", "s1", kTuesday - absl::Hours(12)), {});
    DecideIncident(work, Report("i4", "police", "s1", kTuesday), {});
    RiskNews high = High("s1", "police", kTuesday, "i4");
    high.risk.repeats = {{"response_30d", 4, kTuesday - absl::Hours(48)}};
    DecideRisk(work, high);
  });
  return world;
}

CallCard Ask(World& world, const std::string& asker, const std::string& purpose = "prevent_asb",
             std::vector<std::string> subjects = {"s1"}) {
  CallCard card;
  world.Do([&](Work& work) {
    card = MakeCallCard({"fenland", asker, "call_handler", purpose, std::move(subjects)}, work,
                        FenlandAgreements());
    EXPECT_TRUE(work.events.empty());
  });
  return card;
}

TEST(CallCard, TheCouncilSeesWhatThePoliceHoldAndCountsTheRest) {
  World world = Reported();
  const CallCard card = Ask(world, "council");
  EXPECT_FALSE(card.withheld);
  EXPECT_EQ(card.reports, 3u);
  ASSERT_THAT(card.incidents, SizeIs(2)) << "housing's report is counted only";
  EXPECT_EQ(card.incidents[0].occurred_at, kTuesday - absl::Minutes(30)) << "newest first";
  EXPECT_EQ(card.incidents[0].agency, "police");
  EXPECT_EQ(card.incidents[0].type, "rowdy_neighbours");
  EXPECT_EQ(card.incidents[0].category, Category::kPersonal);
  EXPECT_EQ(card.incidents[0].action_taken, "attended");
  EXPECT_THAT(card.clause, HasSubstr("fenland-isa 1 clause 5.1"));
  EXPECT_THAT(card.rules,
              ElementsAre(RepeatFinding{"response_30d", 4, kTuesday - absl::Hours(48)}));
}

TEST(CallCard, ThePoliceDoNotCountTheirOwn) {
  World world = Reported();
  const CallCard card = Ask(world, "police");
  EXPECT_EQ(card.reports, 2u);
  ASSERT_THAT(card.incidents, SizeIs(1));
  EXPECT_EQ(card.incidents[0].agency, "council");
}

TEST(CallCard, HousingAndFireGetACountOnly) {
  World world = Reported();
  for (const auto& [asker, reports] : {std::pair("housing", 3u), std::pair("fire", 4u)}) {
    const CallCard card = Ask(world, asker);
    EXPECT_FALSE(card.withheld) << asker;
    EXPECT_EQ(card.reports, reports) << asker;
    EXPECT_THAT(card.incidents, IsEmpty()) << asker;
    EXPECT_THAT(card.rules, IsEmpty()) << asker;
    EXPECT_THAT(card.clause, HasSubstr("5.2")) << asker;
    EXPECT_FALSE(card.withheld_because.empty()) << asker;
  }
}

TEST(CallCard, AnotherPurposeSeesNothingWhetherOrNotThereIsAnything) {
  World world = Reported();
  for (const std::string subject : {"s1", "nobody"}) {
    const CallCard card = Ask(world, "council", "case_review", {subject});
    EXPECT_TRUE(card.withheld);
    EXPECT_EQ(card.reports, 0u);
    EXPECT_THAT(card.incidents, IsEmpty());
    EXPECT_FALSE(card.withheld_because.empty());
  }
  EXPECT_FALSE(Ask(world, "council", "prevent_asb", {"nobody"}).withheld);
}

TEST(CallCard, TheBandBindsEveryoneAndMarksTheVictim) {
  World world = Reported();
  const CallCard fire = Ask(world, "fire");
  EXPECT_EQ(fire.band, Band::kHigh);
  EXPECT_THAT(fire.band_by, ElementsAre("police"));
  ASSERT_THAT(fire.markers, SizeIs(1));
  EXPECT_EQ(fire.markers[0].kind, "high_risk_victim");
  EXPECT_EQ(fire.markers[0].source, "");
  EXPECT_GT(*fire.markers[0].expires_at, kTuesday);
  EXPECT_EQ(fire.case_id, "") << "fire has no part in the case";
  const CallCard council = Ask(world, "council");
  EXPECT_EQ(council.lead_agency, "police");
  EXPECT_EQ(council.case_id, "case/s1/1");
  EXPECT_EQ(council.markers[0].source, "police");
}

TEST(CallCard, FollowsAMergeAndCountsEachReportOnce) {
  World world = Reported();
  world.Do([&](Work& work) { DecideMerge(work, "s2", "s1"); });
  EXPECT_EQ(Ask(world, "council", "prevent_asb", {"s1", "s2"}).reports, 3u);
}

}  // namespace
}  // namespace waymark::casemgr
