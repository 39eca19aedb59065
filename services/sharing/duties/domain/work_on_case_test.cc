// What people do on a case, and every reason for which it is refused.
#include "services/sharing/duties/domain/work_on_case.h"

#include <fstream>
#include <sstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/config/agreement_loader.h"
#include "services/sharing/duties/domain/identity.h"
#include "services/sharing/testing/duties_docket.h"

namespace waymark::sharing::duties {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using State = Obligation::State;

const absl::Time kWednesday = London("2026-03-04 10:00");

std::vector<std::string> Codes(const Done& done) {
  std::vector<std::string> codes;
  for (const Problem& problem : done.problems) codes.push_back(problem.code + " " + problem.field);
  return codes;
}

class WorkTest : public ::testing::Test {
 protected:
  WorkTest() {
    room.Run([&](Docket& docket) { DecideCaseNotice(docket, NoticeOf("case-1")); });
    for (const char* clock : {"profile_entry", "conference"}) {
      room.Run([&](Docket& docket) {
        DecideObligationNotice(
            docket, ClockNotice("case-1", clock, clock, "police", kWednesday, absl::Hours(24)));
      });
    }
  }
  Done Create(const Profile& profile = {}, const std::string& case_id = "case-1") {
    return room.Run([&](Docket& docket) { return DecideCreateProfile(docket, case_id, profile); });
  }
  Done Call(const CallAsked& asked) {
    return room.Run([&](Docket& docket) { return DecideCallConference(docket, asked); });
  }
  Done Hold(const HeldAsked& asked) {
    return room.Run([&](Docket& docket) { return DecideHoldConference(docket, asked); });
  }

  Room room{"police", kWednesday};
};

TEST_F(WorkTest, AProfileInTimeStopsTheClockAndStartsTheNext) {
  room.now = kWednesday + absl::Hours(3);
  Profile profile;
  profile.risks = {"weapons", "alone-at-night"};
  profile.update_interval_days = 7;
  const Done done = Create(profile);
  EXPECT_THAT(done.problems, IsEmpty());
  ASSERT_TRUE(done.discharged.has_value());
  EXPECT_EQ(done.discharged->late_seconds, 0);
  ASSERT_EQ(room.told.size(), 1u);
  EXPECT_EQ(std::get<Profile>(room.told[0].record).risks, profile.risks);
  EXPECT_TRUE(room.Clock("conference_called").provisional);
  room.PassTo(kWednesday + absl::Hours(26));
  EXPECT_FALSE(room.Only().skeleton.has_value());
}

TEST_F(WorkTest, AProfileAfterTheSkeletonDischargesLate) {
  room.PassTo(kWednesday + absl::Hours(25));
  EXPECT_EQ(room.Only().ProfileState(), "skeleton");
  const Done done = Create();
  ASSERT_TRUE(done.discharged.has_value());
  EXPECT_EQ(done.discharged->late_seconds, 3600);
  EXPECT_TRUE(done.discharged->breached_at.has_value());
  EXPECT_EQ(room.Only().ProfileState(), "created");
}

TEST_F(WorkTest, AProfileIsRefusedWithEveryProblem) {
  Profile profile;
  profile.risks = {"weapons", "Mrs Example is afraid"};
  profile.support = std::vector<std::string>(33, "friend");
  profile.contact_preferences = {"text", "pigeon"};
  profile.update_interval_days = 400;
  EXPECT_THAT(Codes(Create(profile, "case-9")),
              ElementsAre("unknown_case case_id", "not_coded risks[1]", "too_many support",
                          "out_of_range update_interval_days",
                          "unknown_preference contact_preferences[1]"));
  EXPECT_THAT(Create().problems, IsEmpty());
  EXPECT_THAT(Codes(Create()), ElementsAre("profile_exists case_id"));
  EXPECT_EQ(room.told.size(), 1u);
}

TEST_F(WorkTest, NothingIsDoneOnAClosedCase) {
  CaseNotice closed = NoticeOf("case-1");
  closed.open = false;
  room.Run([&](Docket& docket) { DecideCaseNotice(docket, closed); });
  EXPECT_THAT(Codes(Create()), ElementsAre("case_closed case_id"));
  EXPECT_THAT(Codes(Call({"case-1", room.now + absl::Hours(1), {}})),
              ElementsAre("case_closed case_id"));
  EXPECT_THAT(Codes(Hold({"case-1", room.now, {"police"}, "duty_inspector"})),
              ElementsAre("case_closed case_id"));
}

TEST_F(WorkTest, AConferenceIsCalledForThoseAskedOrAllWithAnInterest) {
  Create();
  const Done all = Call({"case-1", room.now + absl::Hours(20), {}});
  EXPECT_THAT(all.agencies, ElementsAre("council", "housing", "police"));
  ASSERT_TRUE(all.discharged.has_value());
  EXPECT_EQ(all.discharged->clock, "conference_called");
  const Done fewer = Call({"case-1", room.now + absl::Hours(22), {"police", "fire"}});
  EXPECT_THAT(fewer.agencies, ElementsAre("fire", "police"));
  EXPECT_FALSE(fewer.discharged.has_value()) << "it has stopped";
}

TEST_F(WorkTest, ACallIsRefusedWithEveryProblem) {
  EXPECT_THAT(
      Codes(Call({"case-9", room.now, {"police", "army"}})),
      ElementsAre("unknown_case case_id", "not_ahead scheduled_for", "unknown_agency invited[1]"));
  EXPECT_THAT(Codes(Call({"case-1", std::nullopt, {}})), ElementsAre("not_ahead scheduled_for"));
  CaseNotice led = NoticeOf("case-1");
  led.lead_agency = "council";
  room.Run([&](Docket& docket) { DecideCaseNotice(docket, led); });
  EXPECT_THAT(Codes(Call({"case-1", room.now + absl::Hours(1), {}})),
              ElementsAre("not_lead_agency case_id"));
}

TEST_F(WorkTest, AHeldConferenceStopsTheClockAndReportsWhoStayedAway) {
  Call({"case-1", room.now + absl::Hours(20), {}});
  room.now += absl::Hours(21);
  const Done done =
      Hold({"case-1", room.now - absl::Hours(1), {"police", "council"}, "duty_inspector"});
  EXPECT_THAT(done.problems, IsEmpty());
  EXPECT_THAT(done.agencies, ElementsAre("housing"));
  ASSERT_TRUE(done.discharged.has_value());
  EXPECT_EQ(done.discharged->ended_at, room.now - absl::Hours(1));
  EXPECT_THAT(std::get<Held>(room.told.back().record).absent, ElementsAre("housing"));
}

TEST_F(WorkTest, AHeldConferenceIsRefusedWithEveryProblem) {
  EXPECT_THAT(Codes(Hold({"case-1", room.now + absl::Hours(1), {}, "receptionist"})),
              ElementsAre("not_called case_id", "future_dated held_at", "nobody_came attended",
                          "not_a_chair chair_role"));
  Call({"case-1", room.now + absl::Hours(20), {}});
  EXPECT_THAT(Codes(Hold({"case-1", std::nullopt, {"army", "police"}, "duty_sergeant"})),
              ElementsAre("missing_field held_at", "unknown_agency attended[0]"));
  // The fall-back beyond the lead's own list: a partner who came.
  EXPECT_THAT(Codes(Hold({"case-1", room.now, {"police"}, "neighbourhood_manager"})),
              ElementsAre("not_a_chair chair_role"));
  EXPECT_THAT(Hold({"case-1", room.now, {"housing"}, "neighbourhood_manager"}).problems, IsEmpty());
  EXPECT_THAT(Codes(Hold({"case-1", room.now, {"police"}, "duty_sergeant"})),
              ElementsAre("already_held case_id"));
}

TEST_F(WorkTest, AClosureIsSignedByAnotherPerson) {
  const auto close = [&](const CloseAsked& asked) {
    return room.Run([&](Docket& docket) { return CheckClose(docket, asked); });
  };
  EXPECT_THAT(Codes(close({"case-9", "p-1", "p-1", false})),
              ElementsAre("unknown_case case_id", "missing_field reason",
                          "supervisor_is_asker supervisor"));
  EXPECT_THAT(Codes(close({"case-1", "p-1", "", true})), ElementsAre("missing_field supervisor"));
  EXPECT_THAT(close({"case-1", "p-1", "p-2", true}).problems, IsEmpty());
}

agreement::Evaluator Fenland() {
  std::vector<agreement::Agreement> all;
  for (const std::string file :
       {"agreements/fenland-baseline.yaml", "agreements/fenland-isa.yaml"}) {
    std::ifstream stream(file);
    std::stringstream text;
    text << stream.rdbuf();
    all.push_back(config::ParseAgreement(text.str(), file).value());
  }
  return config::CompileOrStatus(std::move(all), {.require_signatures = false}).value();
}

class IdentityTest : public ::testing::Test {
 protected:
  const agreement::Evaluator agreements = Fenland();
  IdentityQuestion question{"fenland",         "police", {"council", "police"},
                            pack::Band::kHigh, {},       kWednesday};
};

TEST_F(IdentityTest, WithoutConsentItSaysWhatIsMissingAndWhatWouldServe) {
  const IdentityAnswer answer = MayEnterIdentity(agreements, question);
  EXPECT_FALSE(answer.entered);
  EXPECT_THAT(answer.withheld_because, HasSubstr("consent"));
  EXPECT_THAT(answer.withheld_because, HasSubstr("public_task"));
  EXPECT_THAT(answer.withheld_because, HasSubstr("who can decide"));
}

TEST_F(IdentityTest, AConsentOpensItWithinItsScopeOnly) {
  agreement::ConsentFacts consent;
  consent.receipt_id = "consent-1";
  consent.agencies = {"council"};
  consent.categories = {agreement::DataCategory::kIdentity};
  consent.purposes = {"case_management"};
  consent.form_version = "fenland-consent-2";
  consent.given = kWednesday - absl::Hours(1);
  consent.expires = kWednesday + absl::Hours(1000);
  question.facts.consents = {consent};
  EXPECT_TRUE(MayEnterIdentity(agreements, question).entered);
  question.recipients = {"housing"};
  EXPECT_FALSE(MayEnterIdentity(agreements, question).entered);
  question.recipients = {"council"};
  question.facts.consents[0].withdrawn = true;
  EXPECT_FALSE(MayEnterIdentity(agreements, question).entered);
  consent.receipt_id = "consent-2";
  question.facts.consents.push_back(consent);
  EXPECT_TRUE(MayEnterIdentity(agreements, question).entered) << "one that stands is enough";
}

TEST_F(IdentityTest, AChildAtRiskOpensItWithoutConsent) {
  question.facts.child_at_risk = true;
  EXPECT_TRUE(MayEnterIdentity(agreements, question).entered);
}

TEST_F(IdentityTest, AnUnknownCircleIsEveryOtherParty) {
  question.recipients.clear();
  EXPECT_FALSE(MayEnterIdentity(agreements, question).entered);
  question.facts.vital_interests = true;
  EXPECT_TRUE(MayEnterIdentity(agreements, question).entered);
}

}  // namespace
}  // namespace waymark::sharing::duties
