// The register of obligations: starts, discharges, breaches, what the register does itself, cover.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/casemgr/domain/conference.h"
#include "services/casemgr/domain/profile_recorded.h"
#include "services/casemgr/testing/world.h"

namespace waymark::casemgr {
namespace {

using State = Obligation::State;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

const absl::Time kTuesday = At("2026-03-03T10:00:00Z");
const absl::Time kSaturday = At("2026-03-07T11:00:00Z");
constexpr char kCase[] = "case/s1/1";

void OpenHigh(World& world, const std::string& agency, absl::Time at) {
  world.Do([&](Work& work) {
    DecideIncident(work, Report("i1", agency, "s1", at, {{"housing", "stock"}, {"fire", "ward"}}),
                   {});
    DecideRisk(work, High("s1", agency, at, "i1"));
  });
}
void EnterProfile(World& world, const std::string& agency, absl::Time at, bool skeleton = false) {
  world.Do([&](Work& work) { ASSERT_TRUE(DecideProfile(work, agency, kCase, at, skeleton).ok()); });
}
void Call(World& world, const std::string& agency, absl::Time at) {
  world.Do([&](Work& work) {
    ASSERT_TRUE(
        DecideConferenceCalled(work, agency, kCase, {at, at + absl::Hours(20), {}, false}).ok());
  });
}

TEST(Clocks, HighStartsTwoAndTheProfileTheThird) {
  World world(kTuesday + absl::Minutes(10));
  OpenHigh(world, "police", kTuesday);
  ASSERT_EQ(world.OnlyCase().obligations.size(), 2u);
  EXPECT_EQ(world.Clock("profile_entry").due_at, kTuesday + absl::Hours(24));
  EXPECT_EQ(world.Clock("profile_entry").due_soon_at, kTuesday + absl::Hours(18));
  EXPECT_EQ(world.Clock("conference").due_at, kTuesday + absl::Hours(72));
  EXPECT_EQ(world.Clock("profile_entry").pack_digest, world.pack.digest);
  world.RunFor(absl::Hours(5));
  EnterProfile(world, "police", world.now);
  EXPECT_EQ(world.Clock("profile_entry").state, State::kDischarged);
  EXPECT_EQ(world.Clock("profile_entry").late_seconds, 0);
  EXPECT_EQ(world.Clock("conference_called").started_at, world.now);
}

TEST(Clocks, NobodyActsForThreeDays) {
  World world(kTuesday);
  OpenHigh(world, "police", kTuesday);
  world.RunUntil(kTuesday + absl::Hours(19));
  EXPECT_EQ(world.Clock("profile_entry").state, State::kDueSoon);
  world.RunUntil(kTuesday + absl::Hours(24));
  EXPECT_EQ(world.Clock("profile_entry").state, State::kDueSoon) << "due is still in time";
  world.RunFor(absl::Minutes(4));
  EXPECT_EQ(world.Clock("profile_entry").state, State::kBreached);
  EXPECT_EQ(world.OnlyCase().ProfileState(), "none");
  ASSERT_THAT(world.AgenciesTold<Reminder>(), ElementsAre("police"));
  EXPECT_EQ(world.Told<Reminder>().front().second.role, "sector_commander");

  world.RunFor(absl::Minutes(1));
  EXPECT_EQ(world.OnlyCase().ProfileState(), "skeleton");
  EXPECT_TRUE(world.OnlyCase().skeleton->by_register);
  EXPECT_EQ(world.Clock("profile_entry").state, State::kBreached) << "no skeleton discharges it";
  ASSERT_THAT(world.AgenciesTold<ActedForMember>(), ElementsAre("police"));
  EXPECT_EQ(world.Told<ActedForMember>().front().second.what, "skeleton_profile");
  const absl::Time skeleton = kTuesday + absl::Hours(24) + absl::Minutes(5);
  EXPECT_EQ(world.Clock("conference_called").started_at, skeleton);

  world.RunUntil(skeleton + absl::Hours(24) + absl::Minutes(5));
  EXPECT_EQ(world.Clock("conference_called").state, State::kDischarged);
  EXPECT_EQ(world.Clock("conference_called").late_seconds, 300);
  EXPECT_TRUE(world.Clock("conference_called").breached_at);
  ASSERT_TRUE(world.OnlyCase().conference);
  EXPECT_EQ(world.OnlyCase().conference->scheduled_for, At("2026-03-05T13:00:00Z"));
  EXPECT_THAT(world.OnlyCase().conference->invited, ElementsAre("fire", "housing", "police"));

  world.RunUntil(kTuesday + absl::Hours(73));
  EXPECT_EQ(world.Clock("conference").state, State::kBreached);
  EXPECT_THAT(world.HistoryWords(), Contains("breached").Times(3));
}

TEST(Clocks, ActingInTimeDischargesAndNothingFires) {
  World world(kTuesday);
  OpenHigh(world, "police", kTuesday);
  EnterProfile(world, "police", kTuesday + absl::Hours(20));  // clamped: told as of now
  EXPECT_EQ(world.OnlyCase().profile->created_at, kTuesday);
  Call(world, "police", kTuesday);
  world.RunFor(absl::Hours(20));
  world.Do([&](Work& work) {
    ASSERT_TRUE(
        DecideConferenceHeld(work, "police", kCase, {world.now, {"police", "fire"}, {}, "x"}).ok());
  });
  world.RunFor(absl::Hours(100));
  for (const Obligation& obligation : world.OnlyCase().obligations) {
    EXPECT_EQ(obligation.state, State::kDischarged) << obligation.clock;
    EXPECT_EQ(obligation.late_seconds, 0);
    EXPECT_FALSE(obligation.breached_at);
  }
  EXPECT_THAT(world.OnlyCase().held->absent, ElementsAre("housing"));
  ASSERT_THAT(world.AgenciesTold<Reminder>(), ElementsAre("housing"));
  EXPECT_EQ(world.Told<Reminder>().front().second.kind, "absence_reported");
}

TEST(Clocks, ALateActIsLateByHowMuch) {
  World world(kTuesday);
  OpenHigh(world, "police", kTuesday);
  world.RunFor(absl::Hours(30));
  EnterProfile(world, "housing", world.now);
  const Obligation& clock = world.Clock("profile_entry");
  EXPECT_EQ(clock.state, State::kDischarged);
  EXPECT_EQ(clock.late_seconds, 6 * 3600);
  EXPECT_EQ(clock.by, "housing");
  EXPECT_TRUE(clock.breached_at) << "cannot be edited away";
  EXPECT_EQ(world.OnlyCase().lead_agency, "housing") << "the profile's creator leads";
  EXPECT_EQ(world.Clock("conference").owner, "housing");
  EXPECT_EQ(world.Clock("conference").started_at, kTuesday);
}

TEST(Clocks, AnActInTimeThatIsToldLateWasInTime) {
  World world(kTuesday);
  OpenHigh(world, "police", kTuesday);
  world.RunFor(absl::Hours(30));
  EnterProfile(world, "police", kTuesday + absl::Hours(3));
  EXPECT_EQ(world.Clock("profile_entry").late_seconds, 0);
  EXPECT_THAT(world.HistoryWords(), Contains("breached"));
}

TEST(Clocks, AHighToldADayLateIsBreachedAtOnceAndTheRegisterActs) {
  const absl::Time high = kTuesday - absl::Hours(25);
  World world(kTuesday);
  OpenHigh(world, "police", high);
  world.RunFor(absl::ZeroDuration());
  EXPECT_EQ(world.Clock("profile_entry").started_at, high);
  EXPECT_EQ(world.Clock("profile_entry").state, State::kBreached);
  EXPECT_EQ(world.Clock("profile_entry").late_seconds, 3600);
  EXPECT_EQ(world.OnlyCase().ProfileState(), "skeleton");
  EXPECT_EQ(world.OnlyCase().skeleton->created_at, kTuesday);
}

TEST(Clocks, AnEarlierHighThatComesToLightMovesTheStartBack) {
  World world(kTuesday);
  OpenHigh(world, "housing", kTuesday);
  EXPECT_EQ(world.Clock("profile_entry").owner, "housing");
  RiskNews earlier = High("s1", "police", kTuesday - absl::Hours(4), "i1");
  earlier.risk.effective_by = {"housing", "police"};
  world.Do([&](Work& work) { DecideRisk(work, earlier); });
  EXPECT_EQ(world.Clock("profile_entry").due_at, kTuesday + absl::Hours(20));
  EXPECT_EQ(world.Clock("profile_entry").owner, "police");
  EXPECT_EQ(world.OnlyCase().obligations.size(), 2u);
  world.RunUntil(kTuesday + absl::Hours(20) + absl::Seconds(1));
  EXPECT_EQ(world.Clock("profile_entry").state, State::kBreached);
}

TEST(Clocks, WhoActsFirstIsTheSameInAnyOrder) {
  World world(kTuesday), other(kTuesday);
  OpenHigh(world, "police", kTuesday);
  OpenHigh(other, "police", kTuesday);
  world.RunFor(absl::Hours(2));
  other.RunFor(absl::Hours(2));
  EnterProfile(world, "police", kTuesday + absl::Hours(1));
  EnterProfile(world, "housing", kTuesday + absl::Minutes(30));
  EnterProfile(other, "housing", kTuesday + absl::Minutes(30));
  EnterProfile(other, "police", kTuesday + absl::Hours(1));
  EXPECT_EQ(world.OnlyCase().profile->agency, "housing");
  EXPECT_EQ(world.OnlyCase().profile, other.OnlyCase().profile);
  EXPECT_EQ(world.Clock("conference_called").started_at,
            other.Clock("conference_called").started_at);
  EXPECT_EQ(world.Clock("profile_entry").by, "housing");
}

TEST(Clocks, AClockThatNothingHereStopsIsNotRegistered) {
  World world(kTuesday);
  pack::ClockRule rule = *world.pack.FindClock("profile_entry");
  rule.name = "legal_advice";
  rule.stops = {"advocacy_given"};
  world.pack.clocks.push_back(rule);
  OpenHigh(world, "police", kTuesday);
  EXPECT_EQ(world.OnlyCase().obligations.size(), 2u);
}

TEST(Cover, AClosedAgencysDutyPassesOverAWeekend) {
  World world(kSaturday);
  OpenHigh(world, "housing", kSaturday);
  EXPECT_EQ(world.Clock("profile_entry").owner, "police") << "no open minute until Sunday 11:00";
  EXPECT_EQ(world.Clock("profile_entry").handed_from, "housing");
  EXPECT_EQ(world.Clock("conference").owner, "housing") << "Monday and Tuesday are open";
  EXPECT_THAT(world.HistoryWords(), Contains("handed_over"));
  EXPECT_THAT(world.AgenciesTold<CaseNotice>(), Contains("police")) << "a duty is a part";

  ASSERT_THAT(world.AgenciesTold<CoverAsked>(), ElementsAre("police"));
  const CoverAsked raise = world.Told<CoverAsked>().front().second;
  EXPECT_EQ(raise.kind, "raise");
  EXPECT_EQ(raise.opens_at, At("2026-03-09T09:00:00Z"));
  world.RunUntil(At("2026-03-09T08:59:00Z"));
  EXPECT_EQ(world.Told<CoverAsked>().size(), 1u);
  world.RunUntil(At("2026-03-09T09:00:00Z"));
  ASSERT_THAT(world.AgenciesTold<CoverAsked>(), ElementsAre("police", "housing"));
  EXPECT_EQ(world.Told<CoverAsked>().back().second.kind, "opening");
}

TEST(Cover, AnOpenAgencyNeedsNone) {
  World world(kTuesday);
  OpenHigh(world, "housing", kTuesday);
  EXPECT_THAT(world.AgenciesTold<CoverAsked>(), IsEmpty());
  EXPECT_EQ(world.Clock("profile_entry").handed_from, "");
}

TEST(Cover, AnEveningKeepsTheDutyWhereItIs) {
  const absl::Time evening = At("2026-03-03T20:00:00Z");
  World world(evening);
  OpenHigh(world, "council", evening);
  EXPECT_EQ(world.Clock("profile_entry").owner, "council");
  EXPECT_THAT(world.AgenciesTold<CoverAsked>(), ElementsAre("police"));
}

TEST(Clocks, AConferenceCalledBeforeTheProfileStopsItsClockWhenThatStarts) {
  World world(kTuesday);
  OpenHigh(world, "police", kTuesday);
  Call(world, "police", kTuesday);
  world.RunFor(absl::Hours(1));
  EnterProfile(world, "police", world.now);
  EXPECT_EQ(world.Clock("conference_called").state, State::kDischarged);
  EXPECT_EQ(world.Clock("conference_called").ended_at, world.now);
}

TEST(Clocks, AnAutomaticConferenceOfALeadThatIsClosedIsAtTheDueInstant) {
  const absl::Time friday = At("2026-03-06T16:00:00Z");
  World world(friday);
  OpenHigh(world, "housing", friday);
  // Breached on Sunday: the lead does not open before the conference is due on Monday 16:00.
  world.pack.enforcement.conference_notice.value = {.hours = 40};
  world.RunUntil(friday + absl::Hours(49));
  ASSERT_TRUE(world.OnlyCase().conference);
  EXPECT_EQ(world.OnlyCase().conference->scheduled_for, friday + absl::Hours(72));
}

}  // namespace
}  // namespace waymark::casemgr
