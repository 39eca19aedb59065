#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/agreement/agreement_fixture.h"
#include "libs/calendar/civil.h"
#include "services/sharing/override/domain/check.h"
#include "services/sharing/override/domain/review.h"

namespace waymark::sharing::overrides {
namespace {

using agreement::testing::kNow;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

agreement::Evaluator Agreements() {
  agreement::Agreement isa = agreement::testing::Isa();
  agreement::Agreement baseline = agreement::testing::Baseline();
  for (agreement::Agreement* one : {&isa, &baseline}) {
    for (agreement::Party& party : one->parties) {
      party.roles.push_back({"manager", false});
      party.roles.push_back({"gateway", true});
    }
    for (agreement::Decider& decider : one->deciders) {
      if (decider.gateway != agreement::Gateway::kConsent) decider.override_roles = {"manager"};
    }
  }
  return std::get<agreement::Evaluator>(agreement::Compile({std::move(baseline), std::move(isa)}));
}

Asked Good() {
  return {{"housing"},
          {"person.name", "risk.band"},
          {"prevent_asb"},
          "public_task",
          "He threatened to come back tonight",
          kNow + absl::Hours(48),
          "p-7",
          "manager"};
}

Known Members() {
  return {"police", {"police", "housing", "council"}, {"prevent_asb", "support_victim"}};
}

CaseFacts HighCase() {
  CaseFacts one;
  one.facts.band = agreement::Band::kHigh;
  one.facts.child_at_risk = one.facts.adult_at_risk = one.facts.vital_interests = false;
  one.interested = {"housing"};
  return one;
}

std::vector<std::string> Places(const std::vector<Problem>& problems) {
  std::vector<std::string> places;
  for (const Problem& problem : problems) places.push_back(problem.code + "@" + problem.field);
  return places;
}

std::vector<std::string> Wrong(const Asked& asked) {
  return Places(CheckAsked(asked, Members(), kNow));
}

Judged JudgeOf(const Asked& asked, const std::vector<CaseFacts>& cases) {
  return Judge(Agreements(), "fenland", "police", asked, "override-1", cases, kNow);
}

TEST(CheckOverrideTest, TakesANarrowOne) { EXPECT_THAT(Wrong(Good()), IsEmpty()); }

TEST(CheckOverrideTest, NothingNamedMeansNothingNeverEverything) {
  Asked asked = Good();
  asked.recipients = asked.fields = asked.purposes = {};
  EXPECT_THAT(Wrong(asked), ElementsAre("missing_field@recipients", "missing_field@fields",
                                        "missing_field@purposes"));
}

TEST(CheckOverrideTest, NamesTheWordThatIsNotKnown) {
  Asked asked = Good();
  asked.recipients = {"housing", "police", "press"};
  asked.fields = {"person.shoe_size"};
  asked.purposes = {"prevent_asb", "gossip"};
  EXPECT_THAT(Wrong(asked),
              ElementsAre("unknown_agency@recipients[1]", "unknown_agency@recipients[2]",
                          "unknown_field@fields[0]", "unknown_purpose@purposes[1]"));
}

TEST(CheckOverrideTest, AListIsBounded) {
  Asked asked = Good();
  asked.recipients.assign(kEntriesMax, "housing");
  EXPECT_THAT(Wrong(asked), IsEmpty());
  asked.recipients.push_back("press");
  EXPECT_THAT(Wrong(asked), ElementsAre("too_many@recipients"));
}

TEST(CheckOverrideTest, ConsentIsNoGroundToOverrideConsentOn) {
  Asked asked = Good();
  asked.lawful_gateway = "consent";
  EXPECT_THAT(Wrong(asked), ElementsAre("consent_is_no_override@lawful_gateway"));
  for (const char* word : {"", "not_personal", "because"}) {
    asked.lawful_gateway = word;
    EXPECT_THAT(Wrong(asked), ElementsAre("unknown_lawful_gateway@lawful_gateway")) << word;
  }
}

TEST(CheckOverrideTest, APurposeThatNobodyIsToldForIsRefused) {
  Asked asked = Good();
  asked.purposes = {"support_victim"};
  EXPECT_THAT(Wrong(asked), ElementsAre("purpose_not_notified@purposes"));
}

TEST(CheckOverrideTest, NeedsAReasonAndAnEnd) {
  Asked asked = Good();
  asked.reason = "";
  asked.expires.reset();
  EXPECT_THAT(Wrong(asked), ElementsAre("missing_field@reason", "missing_field@expires_at"));
  asked.reason = "because";
  asked.expires = kNow;
  EXPECT_THAT(Wrong(asked), ElementsAre("reason_too_short@reason", "expired@expires_at"));
  asked.reason = std::string(kReasonCharactersMax + 1, 'a');
  asked.expires = kNow + kHoldsAtMost + absl::Seconds(1);
  EXPECT_THAT(Wrong(asked), ElementsAre("out_of_range@reason", "out_of_range@expires_at"));
  asked.reason.pop_back();
  asked.expires = kNow + kHoldsAtMost;
  EXPECT_THAT(Wrong(asked), IsEmpty());
}

TEST(JudgeOverrideTest, PermitsJustWhatItNamesOnTheClauseThatNeedsIt) {
  const Judged judged = JudgeOf(Good(), {HighCase()});
  ASSERT_THAT(Places(judged.problems), IsEmpty());
  ASSERT_EQ(1u, judged.told.size());
  const agreement::Decision& decision = judged.told[0].settled.decision;
  EXPECT_FALSE(judged.told[0].settled.push);
  EXPECT_THAT(decision.released, ElementsAre("person.name", "risk.band"));
  EXPECT_EQ(agreement::Gateway::kPublicTask, decision.gateway);
  EXPECT_EQ("override-1", decision.override_receipt);
  EXPECT_TRUE(decision.rests_on_override);
  EXPECT_EQ(kNow + absl::Hours(48), decision.expires);
  EXPECT_THAT(judged.clauses, ElementsAre("fenland-isa 1 clause 4"));
}

TEST(JudgeOverrideTest, VitalInterestsOpenTheBaselineAndArePushed) {
  Asked asked = Good();
  asked.lawful_gateway = "vital_interests";
  CaseFacts elsewhere = HighCase();
  elsewhere.interested = {};
  const Judged judged = JudgeOf(asked, {elsewhere});
  ASSERT_THAT(Places(judged.problems), IsEmpty());
  EXPECT_TRUE(judged.told[0].settled.push);
  const agreement::Decision& decision = judged.told[0].settled.decision;
  EXPECT_THAT(decision.released, ElementsAre("person.name", "risk.band"));
  EXPECT_THAT(decision.obligations,
              Contains(agreement::ObligationDue{agreement::Obligation::kSecondPersonReview, 0}));
}

TEST(JudgeOverrideTest, AFieldThatNoClauseReleasesIsRefusedByName) {
  Asked asked = Good();
  asked.fields = {"person.name", "person.address"};
  EXPECT_THAT(Places(JudgeOf(asked, {HighCase()}).problems),
              ElementsAre("field_not_permitted@fields[1]"));
}

TEST(JudgeOverrideTest, WithoutAnInterestOrACaseNobodyIsTold) {
  CaseFacts elsewhere = HighCase();
  elsewhere.interested = {"council"};
  EXPECT_THAT(Places(JudgeOf(Good(), {elsewhere}).problems), ElementsAre("interest@recipients[0]"));
  EXPECT_THAT(Places(JudgeOf(Good(), {}).problems), ElementsAre("no_case@source_reference"));
}

TEST(JudgeOverrideTest, OnlyARoleThatTheAgreementNamesDecides) {
  Asked asked = Good();
  asked.role = "case_officer";
  const std::vector<Problem> problems = JudgeOf(asked, {HighCase()}).problems;
  ASSERT_THAT(Places(problems), ElementsAre("role_may_not_decide@"));
  EXPECT_THAT(problems[0].wanted, HasSubstr("manager"));
}

TEST(JudgeOverrideTest, AGatewayThatNoClauseCarriesIsRefusedWithWhatWouldServe) {
  Asked asked = Good();
  asked.lawful_gateway = "law_enforcement";
  const std::vector<Problem> problems = JudgeOf(asked, {HighCase()}).problems;
  ASSERT_EQ(1u, problems.size());
  EXPECT_EQ("recipients[0]", problems[0].field);
  EXPECT_THAT(problems[0].remedy, HasSubstr("would serve"));
}

TEST(JudgeOverrideTest, WhatIsPermittedAlreadyNeedsNone) {
  CaseFacts consented = HighCase();
  agreement::ConsentFacts consent = agreement::testing::Consent();
  consent.purposes = {"prevent_asb"};
  consented.facts.consents = {consent};
  EXPECT_THAT(Places(JudgeOf(Good(), {consented}).problems),
              ElementsAre("not_needed@recipients[0]"));
  consented.facts.consents[0].withdrawn = true;
  EXPECT_THAT(JudgeOf(Good(), {consented}).problems, IsEmpty()) << "against a withdrawn consent";
}

TEST(JudgeOverrideTest, DecidingTheSameTwiceIsNotNeededButItMayBeProlonged) {
  const Asked asked = Good();
  CaseFacts decided = HighCase();
  decided.facts.overrides = {{"override-0", "p-7", asked.recipients, asked.fields, asked.purposes,
                              agreement::Gateway::kPublicTask, *asked.expires, false}};
  EXPECT_THAT(Places(JudgeOf(asked, {decided}).problems), ElementsAre("not_needed@recipients[0]"));
  Asked longer = asked;
  longer.expires = *asked.expires + absl::Hours(1);
  EXPECT_THAT(JudgeOf(longer, {decided}).problems, IsEmpty());
}

TEST(JudgeOverrideTest, OneThatWouldNotTakeEffectIsRefused) {
  CaseFacts consented = HighCase();
  agreement::ConsentFacts consent = agreement::testing::Consent();
  consent.purposes = {"prevent_asb"};
  consent.categories = {agreement::DataCategory::kContact};
  consented.facts.consents = {consent};
  Asked asked = Good();
  asked.fields = {"person.name"};
  EXPECT_THAT(Places(JudgeOf(asked, {consented}).problems),
              ElementsAre("less_than_shared@recipients[0]"));
}

TEST(JudgeOverrideTest, AnEndedOneOpensNothing) {
  disclosure::Overriding ended{"override-0",
                               "p-7",
                               {"housing"},
                               {"person.name"},
                               {"prevent_asb"},
                               agreement::Gateway::kPublicTask,
                               kNow,
                               false};
  disclosure::Question question;
  question.partnership = "fenland";
  question.origin = "police";
  question.recipient = "housing";
  question.recipient_role = "gateway";
  question.purpose = "prevent_asb";
  question.has_interest = true;
  const auto effect = [&] {
    disclosure::SubjectFacts facts = HighCase().facts;
    facts.overrides = {ended};
    return disclosure::DecideToTell(Agreements(), facts, question, kNow).decision.effect;
  };
  EXPECT_NE(agreement::Effect::kPermit, effect()) << "expired";
  ended.expires = kNow + absl::Seconds(1);
  EXPECT_EQ(agreement::Effect::kPermit, effect());
  ended.reversed = true;
  EXPECT_NE(agreement::Effect::kPermit, effect()) << "reversed";
  ended.reversed = false;
  question.recipient = "council";
  EXPECT_NE(agreement::Effect::kPermit, effect()) << "another recipient";
  question.recipient = "housing";
  question.purpose = "support_victim";
  EXPECT_NE(agreement::Effect::kPermit, effect()) << "another purpose";
}

// ---- The review --------------------------------------------------------------------------------

pack::Pack PackWithClock() {
  pack::Pack pack;
  pack::ClockRule rule;
  rule.name = "override_review";
  const Result<calendar::ClockSpec> spec =
      calendar::ParseClockSpec({.calendar = "working", .length = "P1D"});
  rule.spec = *spec;
  rule.starts = {"consent_overridden"};
  rule.stops = {"override_reviewed"};
  rule.owner_role = "data_protection_lead";
  rule.escalation_role = "deputy_data_protection_lead";
  pack.clocks = {rule};
  pack::Agency police;
  police.id = "police";
  police.hours = calendar::AlwaysOpen();
  police.breach_role = "sector_commander";
  pack.agencies = {police};
  return pack;
}

TEST(ReviewTest, IsDueOnTheNextWorkingDayAndNeverStartsWithoutAClock) {
  const absl::Time friday = calendar::FromLondon(absl::CivilSecond(2026, 6, 5, 18, 0, 0));
  const auto clock = StartReview(PackWithClock(), "police", friday);
  ASSERT_TRUE(clock.has_value());
  EXPECT_EQ(absl::CivilDay(2026, 6, 8), calendar::LondonDate(clock->due - absl::Seconds(1)));
  EXPECT_LT(clock->due_soon, clock->due);
  EXPECT_GT(OverdueFrom(clock->due), clock->due);
  EXPECT_FALSE(StartReview(pack::Pack(), "police", friday).has_value());
}

TEST(ReviewTest, IsAnotherPersonsWithTheRightRoleAndAReason) {
  const std::vector<std::string> roles = ReviewRoles(PackWithClock());
  EXPECT_THAT(roles, ElementsAre("data_protection_lead", "deputy_data_protection_lead"));
  const Reviewed open{State::kOpen, "p-7"};
  const ReviewAsked good{Verdict::kConfirmed, "the danger was real", "p-9", roles[0]};
  EXPECT_THAT(CheckReview(good, open, roles), IsEmpty());
  EXPECT_THAT(Places(CheckReview({std::nullopt, "", "p-7", "manager"}, open, roles)),
              ElementsAre("missing_field@verdict", "missing_field@reason", "same_person@",
                          "role_may_not_review@"));
  EXPECT_THAT(Places(CheckReview({Verdict::kConfirmed, "fine", "p-9", roles[1]}, open, roles)),
              ElementsAre("reason_too_short@reason"));
}

TEST(ReviewTest, AConfirmedOneMayBeReversedAndAReversedOneIsOver) {
  const std::vector<std::string> roles = ReviewRoles(PackWithClock());
  const ReviewAsked confirm{Verdict::kConfirmed, "the danger was real", "p-9", roles[0]};
  ReviewAsked reverse = confirm;
  reverse.verdict = Verdict::kReversed;
  EXPECT_THAT(Places(CheckReview(confirm, {State::kConfirmed, "p-7"}, roles)),
              ElementsAre("already_confirmed@verdict"));
  EXPECT_THAT(CheckReview(reverse, {State::kConfirmed, "p-7"}, roles), IsEmpty());
  EXPECT_THAT(Places(CheckReview(reverse, {State::kReversed, "p-7"}, roles)),
              ElementsAre("already_reversed@override_id"));
}

std::vector<std::string> Roles(Occasion occasion) {
  std::vector<std::string> roles;
  for (const ToTell& told : WhoIsTold(PackWithClock(), "police", occasion)) {
    roles.push_back(told.role + ":" + told.kind);
  }
  return roles;
}

TEST(ReviewTest, TheLeadHearsAtOnceAndTheSupervisorWhenItIsLateOrReversed) {
  EXPECT_THAT(Roles(Occasion::kRecorded), ElementsAre("data_protection_lead:override_recorded"));
  EXPECT_THAT(Roles(Occasion::kDueSoon), ElementsAre("data_protection_lead:due_soon"));
  EXPECT_THAT(Roles(Occasion::kOverdue),
              ElementsAre("data_protection_lead:breach_told_supervisor",
                          "deputy_data_protection_lead:breach_told_supervisor",
                          "sector_commander:breach_told_supervisor",
                          "steering_group:breach_told_steering_group"));
  EXPECT_THAT(Roles(Occasion::kReversed),
              UnorderedElementsAre("data_protection_lead:override_reversed",
                                   "deputy_data_protection_lead:override_reversed",
                                   "sector_commander:override_reversed",
                                   "steering_group:override_reversed"));
}

}  // namespace
}  // namespace waymark::sharing::overrides
