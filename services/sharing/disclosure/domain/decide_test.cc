#include "services/sharing/disclosure/domain/decide.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/agreement/agreement_fixture.h"
#include "libs/agreement/catalogue.h"
#include "services/sharing/disclosure/domain/receive.h"

namespace waymark::sharing::disclosure {
namespace {

using agreement::Effect;
using agreement::testing::kNow;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

agreement::Evaluator Agreements() {
  return std::get<agreement::Evaluator>(
      agreement::Compile({agreement::testing::Baseline(), agreement::testing::Isa()}));
}

Question ToHousing() {
  Question question;
  question.partnership = "fenland";
  question.origin = "police";
  question.recipient = "housing";
  question.recipient_role = "case_system";
  question.purpose = "support_victim";
  question.has_interest = true;
  return question;
}

SubjectFacts High() {
  SubjectFacts facts;
  facts.band = agreement::Band::kHigh;
  facts.child_at_risk = facts.adult_at_risk = facts.vital_interests = false;
  return facts;
}

TEST(HeldFieldsTest, AreAllInTheCatalogue) {
  for (const std::string_view field : HeldFields()) {
    EXPECT_TRUE(agreement::FieldId(field).has_value()) << field;
  }
}

TEST(DecideTest, WithoutConsentOnlyTheDepersonalisedPartIsReleased) {
  const Settled settled = DecideToTell(Agreements(), High(), ToHousing(), kNow);
  EXPECT_FALSE(settled.push);
  EXPECT_NE(Effect::kPermit, settled.decision.effect);
  EXPECT_EQ(Move::kWait, NextMove(std::nullopt, settled));
}

TEST(DecideTest, TheConsentThatReleasesMostCounts) {
  SubjectFacts facts = High();
  agreement::ConsentFacts wide = agreement::testing::Consent();
  agreement::ConsentFacts narrow = wide;
  narrow.receipt_id = "narrow";
  narrow.categories = {agreement::DataCategory::kIdentity};
  agreement::ConsentFacts withdrawn = wide;
  withdrawn.receipt_id = "withdrawn";
  withdrawn.withdrawn = true;
  facts.consents = {wide, narrow, withdrawn};
  const Settled settled = DecideToTell(Agreements(), facts, ToHousing(), kNow);
  EXPECT_EQ(Effect::kPermit, settled.decision.effect);
  EXPECT_EQ("consent-1", settled.decision.consent_receipt);
  EXPECT_THAT(settled.decision.released, Contains("person.name"));
  facts.consents = {narrow, withdrawn};
  EXPECT_EQ("narrow",
            DecideToTell(Agreements(), facts, ToHousing(), kNow).decision.consent_receipt);
  facts.consents = {withdrawn};
  const agreement::Decision refused = DecideToTell(Agreements(), facts, ToHousing(), kNow).decision;
  EXPECT_EQ("consent_withdrawn", ReasonToTakeBack(refused));
  EXPECT_EQ("consent_withdrawn", Explained(refused).code);
  EXPECT_THAT(Explained(refused).remedy, HasSubstr("consent"));
  EXPECT_THAT(ClauseOf(refused), HasSubstr("clause"));
}

TEST(DecideTest, ProtectionIsPushedEvenWhereThereIsConsent) {
  SubjectFacts facts = High();
  facts.child_at_risk = true;
  facts.consents = {agreement::testing::Consent()};
  const Settled settled = DecideToTell(Agreements(), facts, ToHousing(), kNow);
  EXPECT_TRUE(settled.push);
  EXPECT_EQ(agreement::Gateway::kSafeguardingChild, settled.decision.gateway);
}

TEST(NextMoveTest, FollowsTheStandingAndTheAnswer) {
  SubjectFacts facts = High();
  const Settled no = DecideToTell(Agreements(), facts, ToHousing(), kNow);
  facts.consents = {agreement::testing::Consent()};
  const Settled yes = DecideToTell(Agreements(), facts, ToHousing(), kNow);
  facts.child_at_risk = true;
  const Settled push = DecideToTell(Agreements(), facts, ToHousing(), kNow);
  const Standing waiting{State::kWaiting, {}, ""};
  const Standing told{State::kNotified, yes.decision.released, "consent",
                      yes.decision.consent_receipt, yes.decision.expires};
  Standing sooner = told;
  sooner.ends = kNow + absl::Seconds(1);
  Standing other = told;
  other.consent_id = "another";
  Standing less = told;
  less.released.pop_back();
  const Standing over{State::kWithdrawn, {}, ""};
  EXPECT_EQ(Move::kWait, NextMove(waiting, no));
  EXPECT_EQ(Move::kTell, NextMove(waiting, yes));
  EXPECT_EQ(Move::kKeep, NextMove(told, yes));
  EXPECT_EQ(Move::kReplace, NextMove(less, yes));
  EXPECT_EQ(Move::kRenew, NextMove(sooner, yes)) << "the recipient must know until when it holds";
  EXPECT_EQ(Move::kRenew, NextMove(other, yes));
  EXPECT_EQ(Move::kReplace, NextMove(told, push));
  EXPECT_EQ(Move::kTakeBack, NextMove(told, no));
  EXPECT_EQ(Move::kRest, NextMove(over, no));
  EXPECT_EQ(Move::kTell, NextMove(over, yes));
}

TEST(StateTest, NamesAndBack) {
  for (const State state : {State::kWaiting, State::kNotified, State::kPushed, State::kWithdrawn}) {
    EXPECT_EQ(state, ParseState(StateName(state)));
  }
  EXPECT_EQ(std::nullopt, ParseState("lost"));
}

Attested Stated() {
  Attested attested;
  attested.partnership = "fenland";
  attested.origin = "police";
  attested.recipient = "housing";
  attested.recipient_role = "case_system";
  attested.purpose = "support_victim";
  attested.lawful_gateway = "consent";
  attested.consent_id = "consent-1";
  attested.consent_form = "form-3";
  attested.consent_given = kNow - absl::Hours(1);
  attested.expires = kNow + absl::Hours(1);
  attested.band = agreement::Band::kHigh;
  attested.fields = {"person.name", "person.date_of_birth"};
  return attested;
}

TEST(ReceiveTest, TakesWhatItsOwnAgreementAllowsAndNoMore) {
  const agreement::Decision decision = DecideToTake(Agreements(), Stated(), kNow);
  EXPECT_EQ(Effect::kPermit, decision.effect);
  EXPECT_THAT(decision.released, Contains("person.name"));
  EXPECT_THAT(decision.released, Not(Contains("person.date_of_birth")));
}

TEST(ReceiveTest, WhatNeedsAnOverrideIsTakenOnlyWithItsDecisionMaker) {
  Attested attested = Stated();
  attested.lawful_gateway = "public_task";
  attested.consent_id = "";
  const auto effect = [&] { return DecideToTake(Agreements(), attested, kNow).effect; };
  EXPECT_EQ(Effect::kRefuse, effect());
  attested.override_id = "override-1";
  EXPECT_EQ(Effect::kRefuse, effect()) << "nobody is named";
  attested.override_by = "p-7";
  EXPECT_EQ(Effect::kPermit, effect());
  attested.override_id = "";
  EXPECT_EQ(Effect::kRefuse, effect()) << "a name alone is no override";
}

TEST(ReceiveTest, RefusesWhatIsNotAttestedOrOver) {
  const auto effect = [](const Attested& attested) {
    return DecideToTake(Agreements(), attested, kNow).effect;
  };
  Attested bad = Stated();
  bad.consent_id = "";
  EXPECT_EQ(Effect::kRefuse, effect(bad));
  bad = Stated();
  bad.expires = kNow;
  EXPECT_EQ(Effect::kRefuse, effect(bad));
  bad = Stated();
  bad.lawful_gateway = "curiosity";
  EXPECT_NE(Effect::kPermit, effect(bad));
  bad = Stated();
  bad.ask = agreement::Ask::kPush;
  EXPECT_EQ(Effect::kRefuse, effect(bad)) << "consent is nothing to push on";
  bad.lawful_gateway = "safeguarding_child";
  EXPECT_EQ(Effect::kPermit, effect(bad));
  bad.origin = "stranger";
  EXPECT_EQ(Effect::kRefuse, effect(bad));
}

}  // namespace
}  // namespace waymark::sharing::disclosure
