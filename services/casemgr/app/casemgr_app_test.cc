// Casemgr over the runtime, on virtual time: records in, inboxes out, answers, and back from its
// own journal.
#include "services/casemgr/app/casemgr_app.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "libs/rpc/errors.h"
#include "libs/store/memory_store.h"
#include "services/casemgr/adapters/words.h"
#include "services/casemgr/testing/partnership.h"
#include "waymark/casemgr/v1/casemgr.pb.h"
#include "waymark/casemgr/v1/inbox.pb.h"
#include "waymark/gateway/v1/outbound.pb.h"
#include "waymark/intake/v1/events.pb.h"
#include "waymark/risk/v1/events.pb.h"

namespace waymark::casemgr {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

intake::v1::IncidentLinked Linked(const std::string& id, const std::string& agency,
                                  const std::map<std::string, std::string>& interests,
                                  absl::Time at = kTuesday) {
  intake::v1::IncidentLinked linked;
  linked.set_incident_id(id);
  linked.set_agency(agency);
  linked.set_revision(1);
  SetTime(at - absl::Minutes(20), linked.mutable_occurred_at());
  SetTime(at, linked.mutable_reported_at());
  linked.set_category(common::v1::CATEGORY_PERSONAL);
  linked.set_type("rowdy_neighbours");
  linked.mutable_area()->set_outward_postcode("PE13");
  linked.set_action_taken("attended");
  intake::v1::LinkedParty& party = *linked.add_parties();
  party.set_person_id(agency + "-person");
  party.set_subject_id("s1");
  party.add_roles(common::v1::ROLE_VICTIM);
  party.mutable_evidence()->set_confirmed(true);
  for (const auto& [who, reason] : interests) {
    intake::v1::Interest& interest = *linked.add_interests();
    interest.set_agency(who);
    interest.set_reason(reason);
  }
  return linked;
}

risk::v1::SubjectRiskChanged RatedHigh(const std::string& agency, absl::Time at = kTuesday,
                                       const std::string& incident = "i1") {
  risk::v1::SubjectRiskChanged changed;
  changed.set_subject_id("s1");
  changed.set_incident_id(incident);
  SetTime(at, changed.mutable_at());
  changed.set_effective(common::v1::BAND_HIGH);
  changed.add_effective_by(agency);
  SetTime(at, changed.mutable_high_since());
  changed.set_high_first_by(agency);
  changed.set_highest(common::v1::BAND_HIGH);
  return changed;
}

const std::map<std::string, std::string> kPoliceAndHousing = {{"police", "reporter"},
                                                              {"housing", "stock"}};

std::string OpenCase(Partnership& world) {
  world.Intake(Linked("i1", "police", kPoliceAndHousing));
  world.Risk(RatedHigh("police"));
  return world.Inbox<v1::CaseNotice>("police").front().case_id();
}

gateway::v1::ProfileRecorded Profile(const std::string& case_id, absl::Time at) {
  gateway::v1::ProfileRecorded recorded;
  recorded.set_case_id(case_id);
  SetTime(at, recorded.mutable_created_at());
  return recorded;
}

TEST(CasemgrApp, HighOpensACaseAndTellsExactlyTheRightMembers) {
  Partnership world;
  OpenCase(world);
  EXPECT_THAT(world.Inbox<v1::HighRiskAlert>("housing"), SizeIs(1));
  EXPECT_THAT(world.Inbox<v1::HighRiskAlert>("police"), IsEmpty());
  EXPECT_THAT(world.Inbox<v1::ShareAsked>("police"), SizeIs(1));
  EXPECT_THAT(world.Inbox<v1::ShareAsked>("housing"), IsEmpty());
  for (const std::string agency : {"police", "housing"}) {
    EXPECT_THAT(world.Inbox<v1::CaseNotice>(agency), SizeIs(1)) << agency;
    EXPECT_THAT(world.Inbox<v1::ObligationNotice>(agency), SizeIs(2)) << agency;
  }
  EXPECT_EQ(world.InboxSize("council"), 0u);
  EXPECT_EQ(world.InboxSize("fire"), 0u);
  const v1::HighRiskAlert alert = world.Inbox<v1::HighRiskAlert>("housing").front();
  EXPECT_EQ(alert.area().outward_postcode(), "PE13");
  EXPECT_EQ(alert.interest(), "stock");
  EXPECT_EQ(alert.alert_id().size(), 32u);
  EXPECT_EQ(world.Inbox<v1::ObligationNotice>("police").front().own_person_id(), "police-person");
  EXPECT_EQ(world.Inbox<v1::ObligationNotice>("housing").front().own_person_id(), "");
}

TEST(CasemgrApp, NothingNewTellsNobodyAnything) {
  Partnership world;
  OpenCase(world);
  const size_t before = world.InboxSize("police");
  world.Intake(Linked("i1", "police", kPoliceAndHousing));
  world.Risk(RatedHigh("police"));
  EXPECT_EQ(world.InboxSize("police"), before);
}

TEST(CasemgrApp, NobodyActsForThreeDays) {
  Partnership world;
  OpenCase(world);
  ASSERT_TRUE(world.harness.RunUntil(kTuesday + absl::Hours(24) + absl::Minutes(4)).ok());
  ASSERT_THAT(world.Inbox<v1::Reminder>("police"), SizeIs(1));
  EXPECT_EQ(world.Inbox<v1::Reminder>("police").front().kind(), "breach_told_supervisor");
  EXPECT_EQ(world.Inbox<v1::ObligationNotice>("housing").back().state(), "breached");
  EXPECT_THAT(world.Inbox<v1::ActedForMember>("police"), IsEmpty());
  ASSERT_TRUE(world.harness.RunFor(absl::Minutes(1)).ok());
  ASSERT_THAT(world.Inbox<v1::ActedForMember>("police"), SizeIs(1));
  EXPECT_EQ(world.Inbox<v1::ActedForMember>("police").front().what(), "skeleton_profile");
  EXPECT_EQ(world.Inbox<v1::CaseNotice>("housing").back().profile(), "skeleton");

  ASSERT_TRUE(world.harness.RunUntil(kTuesday + absl::Hours(73)).ok());
  ASSERT_THAT(world.Inbox<v1::ActedForMember>("police"), SizeIs(2));
  EXPECT_EQ(world.Inbox<v1::ActedForMember>("police").back().what(), "conference_called");
  const v1::CaseNotice notice = world.Inbox<v1::CaseNotice>("housing").back();
  EXPECT_EQ(FromProto(notice.conference_for()), At("2026-03-05T13:00:00Z"));
  EXPECT_THAT(notice.invited(), ElementsAre("housing", "police"));
  EXPECT_THAT(world.Inbox<v1::Reminder>("police"), SizeIs(3));
  EXPECT_THAT(world.Inbox<v1::Reminder>("housing"), IsEmpty());
}

TEST(CasemgrApp, AHighToldADayLateIsBreachedWithItsTrueLatenessAndActedOnAtOnce) {
  Partnership world;
  const absl::Time high = kTuesday - absl::Hours(25);
  world.Intake(Linked("i1", "police", kPoliceAndHousing, high));
  world.Risk(RatedHigh("police", high));
  EXPECT_EQ(world.clock.Now(), kTuesday);
  bool breached = false;
  for (const v1::ObligationNotice& notice : world.Inbox<v1::ObligationNotice>("housing")) {
    if (notice.clock() != "profile_entry" || notice.state() != "breached") continue;
    breached = true;
    EXPECT_EQ(notice.late_seconds(), 3600);
  }
  EXPECT_TRUE(breached);
  EXPECT_THAT(world.Inbox<v1::ActedForMember>("police"), SizeIs(1));
}

TEST(CasemgrApp, ActingInTimeDischarges) {
  Partnership world;
  const std::string case_id = OpenCase(world);
  ASSERT_TRUE(world.harness.RunFor(absl::Hours(3)).ok());
  world.Gateway("police", Profile(case_id, world.clock.Now()));
  gateway::v1::ConferenceCalled called;
  called.set_case_id(case_id);
  SetTime(world.clock.Now(), called.mutable_called_at());
  SetTime(world.clock.Now() + absl::Hours(5), called.mutable_scheduled_for());
  world.Gateway("police", called);
  ASSERT_TRUE(world.harness.RunFor(absl::Hours(5)).ok());
  gateway::v1::ConferenceHeld held;
  held.set_case_id(case_id);
  SetTime(world.clock.Now(), held.mutable_held_at());
  held.add_attended("police");
  held.add_attended("housing");
  world.Gateway("police", held);
  ASSERT_TRUE(world.harness.RunFor(absl::Hours(200)).ok());

  v1::ListObligationsRequest all;
  all.set_ended(true);
  const auto clocks = world.Ask<v1::ListObligationsResponse>("housing", "ListObligations", all);
  ASSERT_TRUE(clocks.ok()) << clocks.status();
  ASSERT_THAT(clocks->clocks(), SizeIs(3));
  for (const gateway::v1::Clock& clock : clocks->clocks()) {
    EXPECT_EQ(clock.state(), gateway::v1::Clock::STATE_DISCHARGED) << clock.clock();
    EXPECT_EQ(clock.late_seconds(), 0) << clock.clock();
  }
  EXPECT_THAT(world.Inbox<v1::Reminder>("police"), IsEmpty());
}

TEST(CasemgrApp, ARecordThatIsNotItsSourcesToPublishIsParked) {
  Partnership world;
  const std::string case_id = OpenCase(world);
  const std::string before = world.Digest();
  world.Gateway("fire", Profile(case_id, kTuesday));  // no part in the case
  world.Gateway("police", Profile("no such case", kTuesday));
  world.Gateway("police", RatedHigh("police"));  // risk's to say
  EXPECT_EQ(world.Digest(), before);
  EXPECT_TRUE(world.alarms.IsRaised("dead_letter")) << "each is parked with an alarm";
  world.Gateway("housing", Profile(case_id, kTuesday));  // the lanes go on
  EXPECT_EQ(world.Inbox<v1::CaseNotice>("police").back().profile(), "created");
}

TEST(CasemgrApp, RecordsForOthersArePassedOver) {
  Partnership world;
  const std::string before = world.Digest();
  world.Gateway("police", gateway::v1::IncidentReported());
  world.Risk(risk::v1::HistoryNoted());
  world.Intake(intake::v1::StockRecorded());
  EXPECT_EQ(world.Digest(), before);
  EXPECT_FALSE(world.alarms.IsRaised("dead_letter"));
  EXPECT_EQ(world.InboxSize("police"), 0u);
}

TEST(CasemgrApp, OnlyPartiesSeeACase) {
  Partnership world;
  const std::string case_id = OpenCase(world);
  v1::GetCaseRequest get;
  get.set_case_id(case_id);
  const auto seen = world.Ask<v1::GetCaseResponse>("housing", "GetCase", get);
  ASSERT_TRUE(seen.ok()) << seen.status();
  EXPECT_EQ(seen->case_().lead_agency(), "police");
  EXPECT_EQ(seen->case_().incidents(), 1u);
  EXPECT_THAT(seen->case_().clocks(), SizeIs(2));
  EXPECT_GE(seen->case_().history_size(), 4);
  EXPECT_EQ(seen->case_().history(0).what(), "band");
  EXPECT_EQ(world.Ask<v1::GetCaseResponse>("council", "GetCase", get).status().code(),
            absl::StatusCode::kNotFound);
  for (const auto& [agency, cases] : {std::pair("police", 1), std::pair("council", 0)}) {
    const auto list = world.Ask<v1::ListCasesResponse>(agency, "ListCases", v1::ListCasesRequest());
    ASSERT_TRUE(list.ok()) << list.status();
    EXPECT_EQ(list->cases_size(), cases) << agency;
  }
  EXPECT_EQ(world.Ask<v1::ListCasesResponse>("ambulance", "ListCases", v1::ListCasesRequest())
                .status()
                .code(),
            absl::StatusCode::kPermissionDenied);
}

TEST(CasemgrApp, ClosingIsRefusedWithEveryReasonAndThenAllowed) {
  Partnership world;
  const std::string case_id = OpenCase(world);
  v1::CloseCaseRequest close;
  close.set_case_id(case_id);
  const auto refused = world.Ask<v1::CloseCaseResponse>("police", "CloseCase", close);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kFailedPrecondition);
  std::vector<std::string> codes;
  for (const Problem& problem : rpc::ProblemsFrom(refused.status())) codes.push_back(problem.code);
  EXPECT_THAT(codes,
              UnorderedElementsAre("obligation_undischarged", "obligation_undischarged",
                                   "not_reassessed", "victim_not_told", "supervisor_not_signed"));
  ASSERT_TRUE(world.harness.RunFor(absl::Hours(1)).ok());
  world.Gateway("police", Profile(case_id, world.clock.Now()));
  gateway::v1::ConferenceCalled called;
  called.set_case_id(case_id);
  SetTime(world.clock.Now(), called.mutable_called_at());
  world.Gateway("police", called);
  gateway::v1::ConferenceHeld held;
  held.set_case_id(case_id);
  SetTime(world.clock.Now(), held.mutable_held_at());
  world.Gateway("police", held);
  intake::v1::AssessmentLinked assessed;
  assessed.set_subject_id("s1");
  assessed.set_agency("police");
  assessed.mutable_assessment()->set_assessment_id("a2");
  SetTime(world.clock.Now(), assessed.mutable_assessment()->mutable_made_at());
  world.Intake(assessed);
  SetTime(world.clock.Now(), close.mutable_victim_told_at());
  close.set_asked_by_role("officer");
  close.set_supervisor_role("supervisor");
  const auto closed = world.Ask<v1::CloseCaseResponse>("police", "CloseCase", close);
  ASSERT_TRUE(closed.ok()) << closed.status();
  EXPECT_EQ(world.Inbox<v1::CaseNotice>("housing").back().state(), "closed");
}

TEST(CasemgrApp, ACallCardIsMaskedForItsAsker) {
  Partnership world;
  OpenCase(world);
  v1::CallCardRequest ask;
  ask.add_subject_ids("s1");
  ask.set_purpose("prevent_asb");
  const auto council = world.Ask<v1::CallCardResponse>("council", "CallCard", ask);
  ASSERT_TRUE(council.ok()) << council.status();
  EXPECT_EQ(council->partners().reports(), 1u);
  ASSERT_THAT(council->partners().incidents(), SizeIs(1));
  EXPECT_EQ(council->partners().incidents(0).type(), "rowdy_neighbours");
  EXPECT_EQ(council->band(), common::v1::BAND_HIGH);
  ASSERT_THAT(council->markers(), SizeIs(1));
  EXPECT_EQ(council->markers(0).kind(), "high_risk_victim");
  const auto fire = world.Ask<v1::CallCardResponse>("fire", "CallCard", ask);
  ASSERT_TRUE(fire.ok()) << fire.status();
  EXPECT_EQ(fire->partners().reports(), 1u);
  EXPECT_THAT(fire->partners().incidents(), IsEmpty());
  EXPECT_EQ(fire->case_id(), "");
}

// A story that touches every kind of row.
void WholeStory(Partnership& world) {
  const std::string case_id = OpenCase(world);
  ASSERT_TRUE(world.harness.RunFor(absl::Hours(30)).ok());
  world.Intake(Linked("i2", "council", {{"council", "reporter"}, {"fire", "ward"}}));
  world.Gateway("police", Profile(case_id, world.clock.Now()));
  ASSERT_TRUE(world.harness.RunFor(absl::Hours(30)).ok());
  gateway::v1::ConferenceHeld held;
  held.set_case_id(case_id);
  SetTime(world.clock.Now(), held.mutable_held_at());
  world.Gateway("police", held);
  intake::v1::SubjectsMerged merged;
  merged.set_kept_subject_id("s0");
  merged.set_merged_subject_id("s1");
  world.Intake(merged);
}

TEST(CasemgrApp, RebuildsToTheSameDigestAndGoesOn) {
  Partnership world;
  WholeStory(world);
  const std::string before = world.Digest();
  const size_t told = world.InboxSize("housing");
  store::MemoryStore fresh(Partnership::Families());
  world.Open(fresh, /*rebuild=*/true);
  EXPECT_EQ(world.Digest(), before);
  ASSERT_TRUE(world.harness.RunUntilIdle().ok());
  EXPECT_EQ(world.InboxSize("housing"), told) << "nothing is said twice";
  world.Intake(Linked("i3", "fire", {{"fire", "reporter"}}, world.clock.Now()));
  EXPECT_NE(world.Digest(), before);
}

TEST(CasemgrApp, TheOrderOfRecordsLeavesNoTrace) {
  std::vector<int> order = {0, 1, 2, 3};
  std::string first;
  do {
    Partnership world;
    for (const int step : order) {
      if (step == 0) world.Intake(Linked("i1", "police", kPoliceAndHousing));
      if (step == 1) world.Intake(Linked("i2", "council", {{"fire", "ward"}}));
      if (step == 2) world.Risk(RatedHigh("police"));
      if (step == 3) {
        intake::v1::AssessmentLinked assessed;
        assessed.set_subject_id("s1");
        assessed.set_agency("police");
        assessed.mutable_assessment()->set_assessment_id("a2");
        SetTime(kTuesday + absl::Minutes(1), assessed.mutable_assessment()->mutable_made_at());
        world.Intake(assessed);
      }
    }
    const std::string digest = world.Digest();
    if (first.empty()) first = digest;
    EXPECT_EQ(digest, first) << order[0] << order[1] << order[2] << order[3];
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(CasemgrApp, EveryMethodIsForGatewaysOnly) {
  Partnership world;
  rpc::MethodTable table;
  world.app->AddMethods(*world.runtime, table);
  EXPECT_THAT(table.List(), SizeIs(5));
  const rpc::Principal system = rpc::Principal::System("fenland.waymark", "police", "cad");
  for (const rpc::MethodInfo& method : table.List()) {
    EXPECT_FALSE(method.rule.Check(system, std::nullopt, "").ok()) << method.path;
    EXPECT_FALSE(
        method.rule.Check(rpc::Principal::Core("fenland.waymark", "risk"), std::nullopt, "").ok())
        << method.path;
  }
}

}  // namespace
}  // namespace waymark::casemgr
