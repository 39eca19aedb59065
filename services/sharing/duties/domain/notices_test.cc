// What the register tells, and how it meets what the gateway began by itself.
#include "services/sharing/duties/domain/notices.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/sharing/duties/domain/work_on_case.h"
#include "services/sharing/testing/duties_docket.h"

namespace waymark::sharing::duties {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using State = Obligation::State;

const absl::Time kWednesday = London("2026-03-04 10:00");

class NoticesTest : public ::testing::Test {
 protected:
  void Tell(const CaseNotice& notice) {
    room.Run([&](Docket& docket) { DecideCaseNotice(docket, notice); });
  }
  void Tell(const ObligationNotice& notice) {
    room.Run([&](Docket& docket) { DecideObligationNotice(docket, notice); });
  }
  ObligationNotice Entry(absl::Time start) {
    return ClockNotice("case-1", "ob-1", "profile_entry", "police", start, absl::Hours(24));
  }
  Done Profile() {
    return room.Run([&](Docket& docket) {
      return DecideCreateProfile(docket, docket.OfPerson("person-1")->id, {});
    });
  }

  Room room{"police", kWednesday};
};

TEST_F(NoticesTest, TheNoticeAdoptsTheProvisionalClockWithTheTrueInstants) {
  room.High("person-1", kWednesday);
  const std::string earlier_id = room.Only().id;
  Tell(NoticeOf("case-1"));
  EXPECT_EQ(room.Only().id, "case-1");
  EXPECT_EQ(room.view.aliases[earlier_id], "case-1");
  EXPECT_TRUE(room.Clock("profile_entry").provisional) << "until the clock itself is told";
  Tell(Entry(kWednesday - absl::Hours(1)));
  const Obligation& entry = room.Clock("profile_entry");
  EXPECT_EQ(entry.id, "ob-1");
  EXPECT_FALSE(entry.provisional);
  EXPECT_EQ(entry.started_at, kWednesday - absl::Hours(1));
  EXPECT_EQ(entry.due_at, kWednesday + absl::Hours(23));
  EXPECT_EQ(room.Only().obligations.size(), 2u) << "the conference's is still provisional";
}

TEST_F(NoticesTest, TheClockAloneBringsTheCaseToo) {
  room.High("person-1", kWednesday);
  Tell(Entry(kWednesday));
  EXPECT_EQ(room.Only().id, "case-1");
  EXPECT_EQ(room.Clock("profile_entry").id, "ob-1");
}

TEST_F(NoticesTest, ALateNoticeLeavesADischargeWhereItHappened) {
  room.High("person-1", kWednesday);
  room.now = kWednesday + absl::Hours(2);
  EXPECT_THAT(Profile().problems, IsEmpty());
  EXPECT_THAT(room.told, IsEmpty());
  room.now = kWednesday + absl::Hours(30);
  Tell(NoticeOf("case-1"));
  ASSERT_EQ(room.told.size(), 1u) << "what waited is told under the case's id";
  EXPECT_EQ(room.told[0].case_id, "case-1");
  EXPECT_EQ(std::get<duties::Profile>(room.told[0].record).created_at, kWednesday + absl::Hours(2));
  ObligationNotice entry = Entry(kWednesday);
  entry.obligation.state = State::kBreached;
  entry.obligation.breached_at = entry.obligation.due_at;
  entry.obligation.late_seconds = 6 * 3600;
  Tell(entry);
  EXPECT_EQ(room.Clock("profile_entry").state, State::kDischarged);
  EXPECT_EQ(room.Clock("profile_entry").ended_at, kWednesday + absl::Hours(2));
  EXPECT_EQ(room.Clock("profile_entry").late_seconds, 0);
  room.PassTo(kWednesday + absl::Hours(31));
  for (const Reminder& one : room.reminders) EXPECT_EQ(one.clock, "conference_called");
  EXPECT_EQ(room.Only().ProfileState(), "created");
}

TEST_F(NoticesTest, WhatWasEnforcedIsNotEnforcedAgain) {
  room.High("person-1", kWednesday);
  room.PassTo(kWednesday + absl::Hours(25));
  const size_t reminders = room.reminders.size();
  Tell(NoticeOf("case-1"));
  ASSERT_EQ(room.told.size(), 1u);
  EXPECT_TRUE(std::get<duties::Profile>(room.told[0].record).skeleton);
  Tell(Entry(kWednesday));
  EXPECT_EQ(room.Clock("profile_entry").state, State::kBreached);
  room.PassTo(kWednesday + absl::Hours(26));
  EXPECT_EQ(room.reminders.size(), reminders);
  EXPECT_EQ(room.told.size(), 1u);
}

TEST_F(NoticesTest, TwoOwnPersonsOfOneCaseBecomeOne) {
  room.High("person-1", kWednesday);
  room.High("person-2", kWednesday - absl::Hours(1));
  CaseNotice notice = NoticeOf("case-1");
  notice.person_ids = {"person-1", "person-2"};
  Tell(notice);
  EXPECT_EQ(room.Only().obligations.size(), 2u);
  EXPECT_EQ(room.Clock("profile_entry").started_at, kWednesday - absl::Hours(1));
  EXPECT_THAT(room.Only().persons, ElementsAre("person-1", "person-2"));
}

TEST_F(NoticesTest, AClockThatIsAnothersStopsBeingRunHere) {
  room.High("person-1", kWednesday);
  Tell(NoticeOf("case-1"));
  ObligationNotice entry = Entry(kWednesday - absl::Hours(5));
  entry.obligation.owner = "council";
  Tell(entry);
  room.PassTo(kWednesday + absl::Hours(48));
  EXPECT_EQ(room.Clock("profile_entry").owner, "council");
  EXPECT_FALSE(room.Only().skeleton.has_value());
}

TEST_F(NoticesTest, TheRegistersClockIsRunWhereThisAgencyOwnsIt) {
  Tell(NoticeOf("case-1"));
  Tell(Entry(kWednesday));
  room.PassTo(kWednesday + absl::Hours(25));
  EXPECT_THAT(room.Kinds(),
              ElementsAre("due_soon duty_inspector", "breach_told_supervisor sector_commander",
                          "breach_told_steering_group steering_group"));
  ASSERT_EQ(room.told.size(), 1u) << "at once: the case has its id";
  Tell([&] {
    ObligationNotice breached = Entry(kWednesday);
    breached.obligation.state = State::kBreached;
    return breached;
  }());
  room.PassTo(kWednesday + absl::Hours(26));
  EXPECT_EQ(room.reminders.size(), 3u) << "an echo changes nothing";
  ObligationNotice ended = Entry(kWednesday);
  ended.obligation.state = State::kDischarged;
  ended.obligation.ended_at = kWednesday + absl::Hours(26);
  ended.obligation.late_seconds = 7200;
  Tell(ended);
  EXPECT_EQ(room.Clock("profile_entry").late_seconds, 7200);
  EXPECT_EQ(room.Clock("profile_entry").breached_at, kWednesday + absl::Hours(24));
}

TEST_F(NoticesTest, WhatTheRegisterDidIsNotDoneTwice) {
  Tell(NoticeOf("case-1"));
  Tell(Entry(kWednesday));
  room.now = kWednesday + absl::Hours(24) + absl::Minutes(6);
  room.Run([&](Docket& docket) {
    DecideActed(docket, {"case-1", "ob-1", false, room.now - absl::Minutes(1), std::nullopt});
  });
  EXPECT_THAT(room.Kinds(), ElementsAre("register_acted sector_commander"));
  EXPECT_EQ(room.Only().ProfileState(), "skeleton");
  room.PassTo(room.now, /*late=*/true);
  EXPECT_EQ(room.reminders.size(), 3u) << "the breach is told all the same";
  EXPECT_THAT(room.told, IsEmpty());
}

TEST_F(NoticesTest, ARegistersConferenceStopsTheClockHere) {
  Tell(NoticeOf("case-1"));
  Tell(ClockNotice("case-1", "ob-2", "conference_called", "police", kWednesday, absl::Hours(24)));
  const absl::Time called = kWednesday + absl::Hours(24) + absl::Minutes(5);
  room.now = called + absl::Seconds(1);
  room.Run([&](Docket& docket) {
    DecideActed(docket, {"case-1", "ob-2", true, called, called + absl::Hours(3)});
  });
  EXPECT_EQ(room.Clock("conference_called").state, State::kDischarged);
  EXPECT_EQ(room.Clock("conference_called").late_seconds, 300);
  EXPECT_EQ(room.Only().conference_for, called + absl::Hours(3));
  room.PassTo(room.now + absl::Hours(1), /*late=*/true);
  EXPECT_THAT(room.told, IsEmpty());
}

TEST_F(NoticesTest, TheSupervisorIsToldOfOneBreachOnce) {
  Tell(NoticeOf("case-1"));
  Tell(Entry(kWednesday));
  room.now = kWednesday + absl::Hours(25);
  const RegisterReminder reminder{"case-1", "ob-1", std::string(kToldSupervisor),
                                  kWednesday + absl::Hours(24), "sector_commander"};
  for (int i = 0; i < 2; ++i) {
    room.Run([&](Docket& docket) { DecideRegisterReminder(docket, reminder); });
  }
  EXPECT_THAT(room.Kinds(), ElementsAre("breach_told_supervisor sector_commander"));
  EXPECT_EQ(room.reminders[0].late_seconds, 3600);
  room.PassTo(room.now, /*late=*/true);
  EXPECT_THAT(room.Kinds(), ElementsAre("breach_told_supervisor sector_commander",
                                        "breach_told_steering_group steering_group"));
}

TEST_F(NoticesTest, TheCoverIsToldAndWhomToRing) {
  Tell(NoticeOf("case-1"));
  room.Run([&](Docket& docket) {
    DecideCoverAsked(docket, {"case-1", "housing", London("2026-03-09 09:00"), false});
  });
  EXPECT_THAT(room.Kinds(), ElementsAre("cover_raise duty_inspector"));
  EXPECT_THAT(room.reminders[0].why, HasSubstr("ring its housing_on_call"));
}

TEST_F(NoticesTest, OpeningIsToldOnceWhoeverSaysItFirst) {
  Room housing("housing", London("2026-03-04 18:00"));
  housing.High("person-1", housing.now);
  housing.Run([&](Docket& docket) { DecideCaseNotice(docket, NoticeOf("case-1")); });
  housing.PassTo(London("2026-03-05 09:00"));
  ASSERT_EQ(housing.reminders.size(), 2u);
  const CoverAsked opening{"case-1", "housing", London("2026-03-05 09:00"), true};
  housing.Run([&](Docket& docket) { DecideCoverAsked(docket, opening); });
  EXPECT_EQ(housing.reminders.size(), 2u);

  Room other("housing", London("2026-03-05 09:00"));
  other.Run([&](Docket& docket) { DecideCoverAsked(docket, opening); });
  EXPECT_THAT(other.Kinds(), ElementsAre("opening neighbourhood_manager"));
}

TEST_F(NoticesTest, AMemberWithoutAPartForgetsClocksThatNobodyWillEnd) {
  Tell(NoticeOf("case-1"));
  Tell(Entry(kWednesday));
  CaseNotice farewell;
  farewell.case_id = "case-1";
  farewell.open = false;
  Tell(farewell);
  EXPECT_FALSE(room.Only().open);
  EXPECT_THAT(room.Only().persons, IsEmpty());
  EXPECT_EQ(room.Only().obligations[0].state, State::kCancelled);
  EXPECT_THAT(TimersOf(room.Only(), "police"), IsEmpty());
}

TEST_F(NoticesTest, ACallMadeHereStandsUntilTheRegisterKnowsIt) {
  Tell(NoticeOf("case-1"));
  room.Run([&](Docket& docket) {
    return DecideCallConference(docket, {"case-1", room.now + absl::Hours(5), {}});
  });
  Tell(NoticeOf("case-1"));  // written before it learnt of the call
  EXPECT_EQ(room.Only().conference_for, room.now + absl::Hours(5));
  EXPECT_THAT(room.Only().invited, ElementsAre("council", "housing", "police"));
}

}  // namespace
}  // namespace waymark::sharing::duties
