// When cases open, who is told, what merges and splits do, when a case may close.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "services/casemgr/domain/assessment_linked.h"
#include "services/casemgr/domain/close_case.h"
#include "services/casemgr/domain/conference.h"
#include "services/casemgr/domain/profile_recorded.h"
#include "services/casemgr/domain/subjects_rekeyed.h"
#include "services/casemgr/testing/world.h"

namespace waymark::casemgr {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

const absl::Time kTuesday = At("2026-03-03T10:00:00Z");

void Incident1(World& world) {
  world.Do([&](Work& work) {
    DecideIncident(work, Report("i1", "police", "s1", kTuesday, {{"housing", "stock"}}), {});
  });
}
void GradedHigh(World& world) {
  world.Do([&](Work& work) { DecideRisk(work, High("s1", "police", kTuesday, "i1")); });
}

std::vector<std::string> Codes(const std::vector<Problem>& problems) {
  std::vector<std::string> codes;
  for (const Problem& problem : problems) codes.push_back(problem.code);
  return codes;
}

TEST(Cases, HighOpensOneAndTellsThoseWithAnInterest) {
  World world(kTuesday);
  Incident1(world);
  EXPECT_TRUE(world.cases.empty());
  EXPECT_TRUE(world.sent.empty());
  GradedHigh(world);

  const Case& one = world.OnlyCase();
  EXPECT_TRUE(one.open);
  EXPECT_EQ(one.because, "high");
  EXPECT_EQ(one.lead_agency, "police");
  EXPECT_THAT(one.interested, ElementsAre("housing", "police"));
  EXPECT_THAT(world.AgenciesTold<CaseNotice>(), ElementsAre("housing", "police"));
  EXPECT_THAT(world.AgenciesTold<HighRiskAlert>(), ElementsAre("housing"));
  EXPECT_THAT(world.AgenciesTold<ShareAsked>(), ElementsAre("police"));

  const HighRiskAlert alert = world.Told<HighRiskAlert>().front().second;
  EXPECT_EQ(alert.interest, "stock");
  EXPECT_EQ(alert.area.outward_postcode, "PE13");
  EXPECT_THAT(alert.holders, ElementsAre("police"));
  EXPECT_EQ(alert.raised_at, kTuesday);
  const ShareAsked share = world.Told<ShareAsked>().front().second;
  EXPECT_THAT(share.person_ids, ElementsAre("police-s1"));
  EXPECT_THAT(share.recipients, ElementsAre("housing"));
}

TEST(Cases, EachMemberSeesItsOwnPersonsOnly) {
  World world(kTuesday);
  Incident1(world);
  GradedHigh(world);
  for (const auto& [agency, notice] : world.Told<CaseNotice>()) {
    if (agency == "police") {
      EXPECT_THAT(notice.own_person_ids, ElementsAre("police-s1"));
      EXPECT_THAT(notice.own_incident_ids, ElementsAre("i1"));
    } else {
      EXPECT_THAT(notice.own_person_ids, IsEmpty());
      EXPECT_THAT(notice.own_incident_ids, IsEmpty());
    }
  }
}

TEST(Cases, RiskBeforeItsIncidentComesToTheSame) {
  World world(kTuesday), other(kTuesday);
  Incident1(world);
  GradedHigh(world);
  GradedHigh(other);
  EXPECT_THAT(other.AgenciesTold<HighRiskAlert>(), IsEmpty());
  Incident1(other);
  EXPECT_EQ(world.cases, other.cases);
  EXPECT_EQ(world.subjects, other.subjects);
  EXPECT_EQ(world.history, other.history);
  EXPECT_THAT(other.AgenciesTold<HighRiskAlert>(), ElementsAre("housing"));
}

TEST(Cases, ALaterInterestIsAlertedOnceAndRecipientsGrow) {
  World world(kTuesday);
  Incident1(world);
  GradedHigh(world);
  world.sent.clear();
  const auto second = [&](Work& work) {
    DecideIncident(work, Report("i2", "council", "s1", kTuesday + absl::Hours(1)), {});
  };
  world.Do(second);
  EXPECT_THAT(world.AgenciesTold<HighRiskAlert>(), ElementsAre("council"));
  EXPECT_THAT(world.AgenciesTold<ShareAsked>(), UnorderedElementsAre("council", "police"));
  for (const auto& [agency, share] : world.Told<ShareAsked>()) {
    const bool police = agency == "police";
    EXPECT_THAT(share.recipients,
                ElementsAre(police ? "council" : "housing", police ? "housing" : "police"));
    EXPECT_THAT(share.person_ids, ElementsAre(agency + "-s1"));
  }
  world.sent.clear();
  world.Do(second);  // the same revision again
  EXPECT_TRUE(world.sent.empty());
}

TEST(Cases, AnAmendedIncidentAddsInterestAndAnOlderRevisionChangesNothing) {
  World world(kTuesday);
  Incident1(world);
  GradedHigh(world);
  Incident amended = Report("i1", "police", "s1", kTuesday, {{"fire", "ward"}});
  amended.revision = 3;
  world.Do([&](Work& work) { DecideIncident(work, amended, {}); });
  EXPECT_THAT(world.OnlyCase().interested, ElementsAre("fire", "police"));
  amended.revision = 2;
  amended.interests = {};
  world.Do([&](Work& work) { DecideIncident(work, amended, {}); });
  EXPECT_THAT(world.OnlyCase().interested, ElementsAre("fire", "police"));
}

TEST(Cases, MediumAndAProposedLinkOpenNothing) {
  World world(kTuesday);
  Incident proposed = Report("i1", "police", "s1", kTuesday, {{"housing", "stock"}});
  proposed.parties[0].confirmed = false;
  world.Do([&](Work& work) { DecideIncident(work, proposed, {}); });
  RiskNews medium;
  medium.subject_id = "s1";
  medium.risk.highest = Band::kMedium;
  medium.risk.at = kTuesday;
  medium.newly_fired = {"response_30d"};
  world.Do([&](Work& work) { DecideRisk(work, medium); });
  EXPECT_TRUE(world.cases.empty());
  GradedHigh(world);
  EXPECT_THAT(world.OnlyCase().interested, IsEmpty()) << "a proposal discloses nothing";
}

TEST(Cases, ThePackSaysWhatElseOpensOne) {
  World world(kTuesday);
  world.pack.case_opening.rules = {"response_30d"};
  world.pack.case_opening.triggers = {"victor_e"};
  RiskNews news;
  news.subject_id = "s1";
  news.incident_id = "i1";
  news.risk.highest = Band::kMedium;
  news.risk.at = kTuesday;
  news.newly_fired = {"response_30d"};
  world.Do([&](Work& work) { DecideRisk(work, news); });
  Incident1(world);
  EXPECT_EQ(world.OnlyCase().because, "rule:response_30d");
  EXPECT_EQ(world.OnlyCase().lead_agency, "police") << "who reported what opened it";
  EXPECT_THAT(world.OnlyCase().obligations, IsEmpty()) << "nothing was HIGH";
  EXPECT_THAT(world.AgenciesTold<HighRiskAlert>(), IsEmpty());

  world.Do([&](Work& work) {
    DecideIncident(work, Report("i9", "council", "s9", kTuesday), {"victor_e"});
  });
  ASSERT_EQ(world.cases.size(), 2u);
  EXPECT_EQ(world.cases.at("case/s9/1").because, "trigger:victor_e");
}

TEST(Cases, ALowerBandLeavesTheCaseAndItsClocks) {
  World world(kTuesday);
  Incident1(world);
  GradedHigh(world);
  RiskNews lower;
  lower.subject_id = "s1";
  lower.risk.highest = Band::kStandard;
  lower.risk.at = kTuesday + absl::Hours(1);
  world.Do([&](Work& work) { DecideRisk(work, lower); });
  EXPECT_TRUE(world.OnlyCase().open);
  EXPECT_EQ(world.OnlyCase().band, Band::kStandard);
  EXPECT_FALSE(world.Clock("profile_entry").ended());
  world.sent.clear();
  RiskNews again = High("s1", "police", kTuesday + absl::Hours(2), "i1");
  world.Do([&](Work& work) { DecideRisk(work, again); });
  EXPECT_THAT(world.AgenciesTold<HighRiskAlert>(), ElementsAre("housing")) << "once each change";
  EXPECT_EQ(world.Clock("profile_entry").started_at, kTuesday) << "never moved forward";
}

TEST(Cases, AMemberSpeaksForItselfOnly) {
  World world(kTuesday);
  Incident1(world);
  GradedHigh(world);
  world.Do([&](Work& work) {
    EXPECT_EQ(DecideProfile(work, "fire", "case/s1/1", kTuesday, false).code(),
              absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(DecideProfile(work, "police", "case/s2/1", kTuesday, false).code(),
              absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(DecideConferenceCalled(work, "police", "case/s1/1",
                                     {kTuesday, kTuesday, {"ambulance"}, false})
                  .code(),
              absl::StatusCode::kInvalidArgument);
    EXPECT_TRUE(work.events.empty());
  });
}

void DoEverything(World& world) {
  world.Do([&](Work& work) {
    ASSERT_TRUE(DecideProfile(work, "police", "case/s1/1", world.now, false).ok());
    ASSERT_TRUE(DecideConferenceCalled(
                    work, "police", "case/s1/1",
                    {world.now, world.now + absl::Hours(3), {"police", "housing"}, false})
                    .ok());
  });
  world.RunFor(absl::Hours(4));
  world.Do([&](Work& work) {
    ASSERT_TRUE(DecideConferenceHeld(work, "police", "case/s1/1",
                                     {world.now, {"police"}, {}, "duty_inspector"})
                    .ok());
  });
}

TEST(Closing, SaysEveryConditionThatIsNotMetThenCloses) {
  World world(kTuesday);
  Incident1(world);
  GradedHigh(world);
  world.Do([&](Work& work) {
    EXPECT_THAT(Codes(DecideClose(work, {"police", "case/s1/1", std::nullopt, "officer", ""})),
                UnorderedElementsAre("obligation_undischarged", "obligation_undischarged",
                                     "not_reassessed", "victim_not_told", "supervisor_not_signed"));
    EXPECT_THAT(Codes(DecideClose(work, {"housing", "case/s1/1", std::nullopt, "officer", ""})),
                ElementsAre("not_lead_agency"));
    EXPECT_TRUE(work.events.empty());
  });
  DoEverything(world);
  world.Do([&](Work& work) {
    DecideAssessment(work, "s1", {"a2", "police", Band::kStandard, world.now});
  });
  const CloseAsked asked{"police", "case/s1/1", world.now, "officer", "supervisor"};
  world.sent.clear();
  world.Do([&](Work& work) { EXPECT_THAT(DecideClose(work, asked), IsEmpty()); });
  EXPECT_FALSE(world.OnlyCase().open);
  ASSERT_THAT(world.AgenciesTold<CaseNotice>(), ElementsAre("housing", "police"));
  EXPECT_FALSE(world.Told<CaseNotice>().front().second.open);
  world.Do([&](Work& work) {
    EXPECT_THAT(Codes(DecideClose(work, asked)), ElementsAre("already_closed"));
  });
}

TEST(Closing, AnAssessmentFromBeforeTheCaseIsNoReassessment) {
  World world(kTuesday);
  world.Do([&](Work& work) {
    DecideAssessment(work, "s1", {"a1", "police", Band::kHigh, kTuesday});
  });
  Incident1(world);
  GradedHigh(world);
  EXPECT_FALSE(world.OnlyCase().reassessed_at);
}

TEST(Closing, ReopensAtANewHighWithItsHistory) {
  World world(kTuesday);
  Incident1(world);
  GradedHigh(world);
  DoEverything(world);
  world.Do([&](Work& work) {
    DecideAssessment(work, "s1", {"a2", "police", Band::kStandard, world.now});
    EXPECT_THAT(DecideClose(work, {"police", "case/s1/1", world.now, "officer", "supervisor"}),
                IsEmpty());
  });
  RiskNews same = High("s1", "police", kTuesday, "i2");
  same.risk.at = world.now;
  world.Do([&](Work& work) { DecideRisk(work, same); });
  EXPECT_FALSE(world.OnlyCase().open) << "that HIGH was known when it closed";

  world.RunFor(absl::Hours(24));
  world.sent.clear();
  world.Do([&](Work& work) { DecideRisk(work, High("s1", "housing", world.now, "i3")); });
  const Case& one = world.OnlyCase();
  EXPECT_TRUE(one.open);
  EXPECT_EQ(one.opening, 2u);
  EXPECT_EQ(one.ProfileState(), "none");
  EXPECT_EQ(world.Clock("profile_entry").started_at, world.now);
  EXPECT_EQ(one.obligations.size(), 5u) << "three of the first opening, two of the second";
  EXPECT_THAT(world.HistoryWords(), Contains("closed"));
  EXPECT_THAT(world.HistoryWords(), Contains("reopened"));
  EXPECT_THAT(world.AgenciesTold<HighRiskAlert>(), ElementsAre("police"));
}

TEST(Rekeying, OfTwoOpenCasesTheOlderGoesOnWithTheEarlierClock) {
  World world(kTuesday);
  Incident1(world);
  GradedHigh(world);
  world.RunFor(absl::Hours(2));
  world.Do([&](Work& work) {
    DecideIncident(work, Report("i2", "council", "s2", world.now), {});
    // Told later, but given earlier than the other.
    DecideRisk(work, High("s2", "council", kTuesday - absl::Hours(1), "i2"));
  });
  ASSERT_EQ(world.cases.size(), 2u);
  world.Do([&](Work& work) { DecideMerge(work, "s2", "s1"); });

  const Case& kept = world.cases.at("case/s1/1");
  const Case& ended = world.cases.at("case/s2/1");
  EXPECT_TRUE(kept.open);
  EXPECT_EQ(kept.subject_id, "s2");
  EXPECT_FALSE(ended.open);
  EXPECT_EQ(ended.closed_reason, "merged");
  EXPECT_EQ(ended.merged_into, "case/s1/1");
  EXPECT_EQ(kept.obligations.front().started_at, kTuesday - absl::Hours(1));
  for (const Obligation& obligation : ended.obligations) {
    EXPECT_EQ(obligation.state, Obligation::State::kCancelled);
    EXPECT_EQ(obligation.reason, "merged");
  }
  EXPECT_THAT(kept.interested, ElementsAre("council", "housing", "police"));
  world.Do([&](Work& work) {
    ASSERT_TRUE(DecideProfile(work, "council", "case/s2/1", world.now, false).ok());
  });
  EXPECT_TRUE(world.cases.at("case/s1/1").profile) << "told of the case that ended";
}

TEST(Rekeying, ASplitMovesTheCaseWithItsIncidentAndEndsWrongParts) {
  World world(kTuesday);
  world.Do([&](Work& work) {
    DecideIncident(work, Report("i0", "council", "s1", kTuesday - absl::Hours(50)), {});
  });
  Incident1(world);
  GradedHigh(world);
  EXPECT_THAT(world.OnlyCase().interested, ElementsAre("council", "housing", "police"));
  world.sent.clear();
  world.Do([&](Work& work) { DecideSplit(work, "s1", "s5", {{"police", "police-s1"}}); });
  const Case& one = world.OnlyCase();
  EXPECT_EQ(one.subject_id, "s5");
  EXPECT_THAT(one.interested, ElementsAre("housing", "police"));
  EXPECT_THAT(world.subjects.at("s1").case_ids, IsEmpty());
  bool council_told = false;
  for (const auto& [agency, notice] : world.Told<CaseNotice>()) {
    if (agency != "council") continue;
    council_told = true;
    EXPECT_FALSE(notice.open);
    EXPECT_THAT(notice.interested, IsEmpty());
  }
  EXPECT_TRUE(council_told);
}

TEST(Rekeying, AnErasedPersonLeavesTheCaseAndTheLastOneClosesIt) {
  World world(kTuesday);
  world.Do([&](Work& work) {
    DecideIncident(work, Report("i0", "council", "s1", kTuesday - absl::Hours(50)), {});
  });
  Incident1(world);
  GradedHigh(world);
  EXPECT_THAT(world.OnlyCase().interested, ElementsAre("council", "housing", "police"));
  world.Do([&](Work& work) {
    DecideForgotten(work, "s1", "nobody/1", {"council", "council-s1"}, false);
  });
  EXPECT_TRUE(world.OnlyCase().open);
  EXPECT_THAT(world.OnlyCase().interested, ElementsAre("housing", "police"));
  world.sent.clear();
  world.Do([&](Work& work) {
    DecideForgotten(work, "s1", "nobody/2", {"police", "police-s1"}, true);
  });
  const Case& one = world.OnlyCase();
  EXPECT_FALSE(one.open);
  EXPECT_EQ(one.closed_reason, "erased");
  for (const Obligation& obligation : one.obligations) {
    EXPECT_TRUE(obligation.ended());
    EXPECT_EQ(obligation.reason, "erased");
  }
  for (const auto& [agency, notice] : world.Told<CaseNotice>()) {
    EXPECT_FALSE(notice.open);
    EXPECT_THAT(notice.own_person_ids, IsEmpty());
  }
}

TEST(Rekeying, ALateHighOfAMergedSubjectStillOpensACase) {
  World world(kTuesday);
  Incident1(world);
  world.Do([&](Work& work) { DecideMerge(work, "s7", "s1"); });
  GradedHigh(world);
  EXPECT_EQ(world.OnlyCase().subject_id, "s7");
  EXPECT_THAT(world.OnlyCase().interested, ElementsAre("housing", "police"));
}

}  // namespace
}  // namespace waymark::casemgr
