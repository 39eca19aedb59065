// Clocks the gateway starts by itself, and what it does when they run out.
#include "services/sharing/duties/domain/clocks.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/sharing/duties/domain/work_on_case.h"
#include "services/sharing/testing/duties_docket.h"

namespace waymark::sharing::duties {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using State = Obligation::State;

const absl::Time kWednesday = London("2026-03-04 10:00");

TEST(HighAssessed, StartsTheClocksAtTheAssessmentNotWhenItIsLearnt) {
  Room room("police", kWednesday);
  room.High("person-1", kWednesday - absl::Minutes(3));
  EXPECT_TRUE(room.Only().provisional);
  EXPECT_EQ(room.Only().lead_agency, "police");
  const Obligation& entry = room.Clock("profile_entry");
  EXPECT_TRUE(entry.provisional);
  EXPECT_EQ(entry.owner, "police");
  EXPECT_EQ(entry.started_at, kWednesday - absl::Minutes(3));
  EXPECT_EQ(entry.due_at, entry.started_at + absl::Hours(24));
  EXPECT_EQ(entry.due_soon_at, entry.started_at + absl::Hours(18));
  EXPECT_EQ(room.Clock("conference").due_at, entry.started_at + absl::Hours(72));
  EXPECT_EQ(room.Only().obligations.size(), 2u);
  EXPECT_THAT(room.reminders, IsEmpty());
}

TEST(HighAssessed, ASecondHighStartsNothingAndAnEarlierOneMovesTheStartBack) {
  Room room("police", kWednesday);
  room.High("person-1", kWednesday);
  room.now += absl::Hours(1);
  room.High("person-1", room.now);
  EXPECT_EQ(room.Only().obligations.size(), 2u);
  EXPECT_EQ(room.Clock("profile_entry").started_at, kWednesday);
  room.High("person-1", kWednesday - absl::Hours(2));
  EXPECT_EQ(room.Clock("profile_entry").started_at, kWednesday - absl::Hours(2));
  EXPECT_EQ(room.Clock("profile_entry").due_at, kWednesday + absl::Hours(22));
}

TEST(HighAssessed, TwoPersonsAreTwoCases) {
  Room room("police", kWednesday);
  room.High("person-1", kWednesday);
  room.High("person-2", kWednesday);
  EXPECT_EQ(room.view.cases.size(), 2u);
}

TEST(HighAssessed, AClosedAgencysDutyPassesToItsCoverWhenItHasNoOpenMinute) {
  const absl::Time friday_evening = London("2026-03-06 17:00");
  Room room("housing", friday_evening);
  room.High("person-1", friday_evening);
  const Obligation& entry = room.Clock("profile_entry");
  EXPECT_EQ(entry.owner, "police");
  EXPECT_EQ(entry.handed_from, "housing");
  // 72 hours reach into Monday morning, so that duty stays.
  EXPECT_EQ(room.Clock("conference").owner, "housing");
  EXPECT_THAT(room.Kinds(), ElementsAre("closed_at_high housing_on_call"));
}

TEST(HighAssessed, AClosedAgencyIsToldAgainAtOpening) {
  const absl::Time evening = London("2026-03-04 18:00");
  Room room("housing", evening);
  room.High("person-1", evening);
  EXPECT_EQ(room.Clock("profile_entry").owner, "housing") << "open before it is due";
  room.PassTo(London("2026-03-05 08:59"));
  EXPECT_THAT(room.Kinds(), ElementsAre("closed_at_high housing_on_call"));
  room.PassTo(London("2026-03-05 09:00"));
  EXPECT_THAT(room.Kinds(),
              ElementsAre("closed_at_high housing_on_call", "opening neighbourhood_manager"));
  EXPECT_EQ(room.reminders[1].late_seconds, 0);
}

TEST(HighAssessed, OpensAClosedCaseAgain) {
  Room room("police", kWednesday);
  CaseNotice notice = NoticeOf("case-1");
  notice.profile = "created";
  room.Run([&](Docket& docket) { DecideCaseNotice(docket, notice); });
  for (const char* clock : {"profile_entry", "conference"}) {
    ObligationNotice ended = ClockNotice("case-1", clock, clock, "police",
                                         kWednesday - absl::Hours(30), absl::Hours(24));
    ended.obligation.state = State::kDischarged;
    ended.obligation.ended_at = kWednesday - absl::Hours(20);
    room.Run([&](Docket& docket) { DecideObligationNotice(docket, ended); });
  }
  room.High("person-1", kWednesday);
  EXPECT_EQ(room.Only().obligations.size(), 2u) << "the case is still open";
  notice.open = false;
  room.Run([&](Docket& docket) { DecideCaseNotice(docket, notice); });
  EXPECT_FALSE(room.Only().open);
  room.now += absl::Hours(2);
  room.High("person-1", room.now);
  EXPECT_TRUE(room.Only().open);
  EXPECT_EQ(room.Only().ProfileState(), "none");
  EXPECT_EQ(room.Clock("profile_entry").started_at, room.now);
  EXPECT_TRUE(room.Clock("profile_entry").provisional);
}

TEST(Timers, DueSoonIsToldOnceToTheOwnersRole) {
  Room room("police", kWednesday);
  room.High("person-1", kWednesday);
  room.PassTo(kWednesday + absl::Hours(18) - absl::Seconds(1));
  EXPECT_THAT(room.reminders, IsEmpty());
  room.PassTo(kWednesday + absl::Hours(24));
  EXPECT_THAT(room.Kinds(), ElementsAre("due_soon duty_inspector"));
  EXPECT_EQ(room.Clock("profile_entry").state, State::kDueSoon);
  EXPECT_EQ(room.Only().ProfileState(), "none") << "due is not late";
}

TEST(Timers, ABreachIsToldAndTheSkeletonMadeButTheClockRunsOn) {
  Room room("police", kWednesday);
  room.High("person-1", kWednesday);
  room.PassTo(kWednesday + absl::Hours(24) + absl::Seconds(1));
  EXPECT_THAT(room.Kinds(),
              ElementsAre("due_soon duty_inspector", "breach_told_supervisor sector_commander",
                          "breach_told_steering_group steering_group"));
  Obligation& entry = room.Clock("profile_entry");
  EXPECT_EQ(entry.state, State::kBreached);
  EXPECT_FALSE(entry.ended()) << "a skeleton does not discharge it";
  EXPECT_EQ(entry.breached_at, entry.due_at);
  ASSERT_TRUE(room.Only().skeleton.has_value());
  EXPECT_EQ(room.Only().skeleton->created_at, entry.due_at + absl::Microseconds(1));
  EXPECT_THAT(room.told, IsEmpty()) << "waits until the case has its id";
  EXPECT_EQ(room.Only().waiting.size(), 1u);
  const Obligation& call = room.Clock("conference_called");
  EXPECT_EQ(call.started_at, room.Only().skeleton->created_at);
  EXPECT_EQ(call.due_at, call.started_at + absl::Hours(24));
}

TEST(Timers, OverdueFiresAtOnceWithItsLatenessAndSkipsDueSoon) {
  Room room("police", kWednesday);
  room.High("person-1", kWednesday);
  room.PassTo(kWednesday + absl::Hours(26), /*late=*/true);
  EXPECT_THAT(room.Kinds(), ElementsAre("breach_told_supervisor sector_commander",
                                        "breach_told_steering_group steering_group"));
  EXPECT_EQ(room.reminders[0].late_seconds, 7200);
  EXPECT_EQ(room.Only().skeleton->created_at, room.now) << "made when it was made";
}

TEST(Timers, AProvisionalClockHandedToCoverIsStillEnforcedHere) {
  const absl::Time friday_evening = London("2026-03-06 17:00");
  Room room("housing", friday_evening);
  room.High("person-1", friday_evening);
  room.PassTo(friday_evening + absl::Hours(25));
  EXPECT_TRUE(room.Only().skeleton.has_value()) << "the cover cannot know of it";
}

TEST(Timers, AnotherAgencysClockIsNotEnforced) {
  Room room("police", kWednesday);
  room.Run([&](Docket& docket) { DecideCaseNotice(docket, NoticeOf("case-1")); });
  room.Run([&](Docket& docket) {
    DecideObligationNotice(docket, ClockNotice("case-1", "ob-1", "profile_entry", "housing",
                                               kWednesday, absl::Hours(24)));
  });
  EXPECT_THAT(TimersOf(room.Only(), "police"), IsEmpty());
  room.now = kWednesday + absl::Hours(30);
  room.Run([&](Docket& docket) { DecideBreach(docket, "case-1", "ob-1"); });
  room.Run([&](Docket& docket) { DecideDueSoon(docket, "case-1", "ob-1"); });
  EXPECT_THAT(room.reminders, IsEmpty());
  EXPECT_FALSE(room.Only().skeleton.has_value());
}

TEST(Timers, NothingHappensBeforeItsTimeOrTwiceOrForWhatIsGone) {
  Room room("police", kWednesday);
  room.High("person-1", kWednesday);
  const std::string id = room.Only().id;
  const std::string entry = room.Clock("profile_entry").id;
  room.now = kWednesday + absl::Hours(24);
  room.Run([&](Docket& docket) { DecideBreach(docket, id, entry); });
  room.Run([&](Docket& docket) { DecideOpening(docket, id); });
  room.Run([&](Docket& docket) { DecideBreach(docket, "no-such-case", entry); });
  room.Run([&](Docket& docket) { DecideBreach(docket, id, "no-such-clock"); });
  EXPECT_THAT(room.reminders, IsEmpty());
  room.now += absl::Seconds(1);
  for (int i = 0; i < 2; ++i) {
    room.Run([&](Docket& docket) { DecideBreach(docket, id, entry); });
  }
  EXPECT_EQ(room.reminders.size(), 2u);
  EXPECT_EQ(room.Only().waiting.size(), 1u);
}

// When a conference that nobody called is held, by when the clock to call it ran out.
struct Auto {
  const char* agency;
  const char* high;
  const char* scheduled;
};
class AutomaticConference : public ::testing::TestWithParam<Auto> {};

TEST_P(AutomaticConference, IsCalledForTheFirstFullHourTheLeadIsOpen) {
  const absl::Time high = London(GetParam().high);
  Room room(GetParam().agency, high);
  room.High("person-1", high);
  room.PassTo(high + absl::Hours(48) + absl::Seconds(1));
  ASSERT_TRUE(room.Only().conference.has_value());
  EXPECT_TRUE(room.Only().conference->automatic);
  EXPECT_EQ(room.Only().conference->scheduled_for, London(GetParam().scheduled));
  EXPECT_EQ(room.Clock("conference_called").state, State::kDischarged);
  EXPECT_TRUE(room.Clock("conference_called").breached_at.has_value());
}

INSTANTIATE_TEST_SUITE_P(
    Hours, AutomaticConference,
    ::testing::Values(
        // Called Friday 10:00 and a little: two hours on is past 12:00, so 13:00.
        Auto{"police", "2026-03-04 10:00", "2026-03-06 13:00"},
        // Called Saturday 12:30: closed until Monday 09:00, and due Sunday 12:30.
        Auto{"housing", "2026-03-05 12:30", "2026-03-08 12:30"},
        // Called Sunday 10:00: Monday 09:00 is open and before the due instant.
        Auto{"housing", "2026-03-06 10:00", "2026-03-09 09:00"},
        // Called Friday 16:10: nothing open left that day, and due Saturday 16:10.
        Auto{"housing", "2026-03-04 16:10", "2026-03-07 16:10"},
        // Called Christmas Eve 11:00, two hours ahead, still open.
        Auto{"council", "2026-12-22 10:30", "2026-12-24 13:00"},
        // Called Christmas Eve 15:30: closed until the 29th, and due on Christmas Day.
        Auto{"council", "2026-12-22 15:30", "2026-12-25 15:30"},
        // Called 28 December, a bank holiday in place of Boxing Day: the next morning.
        Auto{"council", "2026-12-26 10:30", "2026-12-29 09:00"}));

TEST(Timers, NoConferenceIsCalledWhereOneIs) {
  Room room("police", kWednesday);
  room.High("person-1", kWednesday);
  room.PassTo(kWednesday + absl::Hours(25));
  const Done done = room.Run([&](Docket& docket) {
    return DecideCallConference(docket, {room.Only().id, room.now + absl::Hours(20), {"housing"}});
  });
  EXPECT_THAT(done.problems, IsEmpty());
  room.PassTo(kWednesday + absl::Hours(60));
  EXPECT_FALSE(room.Only().conference->automatic);
  EXPECT_EQ(room.Only().waiting.size(), 2u) << "the skeleton and one call";
}

TEST(Fold, KeepsTheEarlierStartAndWhatHappened) {
  Obligation into;
  into.provisional = true;
  into.started_at = kWednesday;
  into.due_at = kWednesday + absl::Hours(24);
  Obligation from = into;
  from.started_at -= absl::Hours(1);
  from.due_at -= absl::Hours(1);
  from.state = State::kDischarged;
  from.ended_at = from.due_at + absl::Seconds(90);
  from.breached_at = from.due_at;
  from.enforced = true;
  Fold(from, into);
  EXPECT_EQ(into.started_at, from.started_at);
  EXPECT_EQ(into.state, State::kDischarged);
  EXPECT_EQ(into.late_seconds, 90);
  EXPECT_EQ(into.breached_at, from.due_at);
  EXPECT_TRUE(into.enforced);
}

}  // namespace
}  // namespace waymark::sharing::duties
