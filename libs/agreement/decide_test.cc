#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/agreement/agreement_fixture.h"

namespace waymark::agreement {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using namespace testing;  // NOLINT: the fixture of this library

Evaluator Compiled(std::vector<Agreement> agreements) {
  auto result = Compile(std::move(agreements));
  if (const auto* problems = std::get_if<std::vector<Problem>>(&result)) {
    for (const Problem& problem : *problems) ADD_FAILURE() << Describe(problem);
    return std::get<Evaluator>(Compile({}));
  }
  return std::get<Evaluator>(result);
}

Evaluator Both() { return Compiled({Isa(), Baseline()}); }

Missing ReasonFor(const Decision& decision, const std::string& field) {
  for (const WithheldField& withheld : decision.withheld) {
    if (withheld.field == field) return withheld.reason;
  }
  return Missing::kNone;
}

Request WithConsent() {
  Request request = AlertToHousing();
  request.consent = Consent();
  return request;
}

TEST(Decide, ConsentInScopeReleasesWhatTheClauseLists) {
  const Decision decision = Both().Decide(WithConsent(), kNow);
  EXPECT_EQ(decision.effect, Effect::kPermit);
  EXPECT_THAT(decision.released, ElementsAre("person.name", "person.address", "person.safe_contact",
                                             "incident.summary", "risk.band", "risk.reasons"));
  EXPECT_EQ(decision.gateway, Gateway::kConsent);
  EXPECT_EQ(decision.regime, Regime::kUkGdpr);
  EXPECT_EQ(decision.agreement_id, "fenland-isa");
  EXPECT_EQ(decision.agreement_version, "1");
  EXPECT_EQ(decision.clause, "2");
  EXPECT_EQ(decision.consent_receipt, "consent-1");
  EXPECT_EQ(decision.expires, Consent().expires);
  EXPECT_THAT(decision.obligations, ElementsAre(ObligationDue{Obligation::kRetainAtMost, 180},
                                                ObligationDue{Obligation::kNoOnwardSharing, 0}));
  EXPECT_FALSE(decision.push_allowed);
  EXPECT_THAT(decision.withheld, ElementsAre(WithheldField{"incident.area", Missing::kOtherClause,
                                                           "fenland-isa 1 clause 3"}));
}

TEST(Decide, WithoutConsentOnlyDepersonalisedFieldsGoOut) {
  const Decision decision = Both().Decide(AlertToHousing(), kNow);
  EXPECT_EQ(decision.effect, Effect::kDepersonalised);
  EXPECT_THAT(decision.released, ElementsAre("incident.area", "risk.band"));
  EXPECT_EQ(decision.gateway, Gateway::kNotPersonal);
  EXPECT_THAT(decision.remedy.missing, ElementsAre(Missing::kConsent));
  EXPECT_EQ(decision.remedy.clause, "fenland-isa 1 clause 2");
  EXPECT_THAT(decision.remedy.would_serve,
              ElementsAre(Gateway::kVitalInterests, Gateway::kSafeguardingChild, Gateway::kConsent,
                          Gateway::kPublicTask));
  EXPECT_THAT(decision.remedy.deciders, Contains("inspector or service manager of the origin"));
  EXPECT_EQ(ReasonFor(decision, "person.name"), Missing::kConsent);
  EXPECT_THAT(Explain(decision), HasSubstr("there is no consent on record"));
}

struct ConsentCase {
  const char* name;
  void (*change)(ConsentFacts&);
  Missing missing;
};

class ConsentRefused : public ::testing::TestWithParam<ConsentCase> {};

TEST_P(ConsentRefused, NamesWhatIsWrongWithIt) {
  Request request = WithConsent();
  GetParam().change(*request.consent);
  const Decision decision = Both().Decide(request, kNow);
  EXPECT_EQ(decision.effect, Effect::kDepersonalised);
  EXPECT_THAT(decision.released, Not(Contains("person.name")));
  EXPECT_THAT(decision.remedy.missing, ElementsAre(GetParam().missing));
}

INSTANTIATE_TEST_SUITE_P(
    Rules, ConsentRefused,
    ::testing::Values(
        ConsentCase{"agency", [](ConsentFacts& c) { c.agencies = {"council"}; },
                    Missing::kConsentAgency},
        ConsentCase{"purpose", [](ConsentFacts& c) { c.purposes = {"prevent_asb"}; },
                    Missing::kConsentPurpose},
        ConsentCase{"category", [](ConsentFacts& c) { c.categories = {DataCategory::kHistory}; },
                    Missing::kConsentCategory},
        ConsentCase{"expired", [](ConsentFacts& c) { c.expires = kNow; }, Missing::kConsentExpired},
        ConsentCase{"withdrawn", [](ConsentFacts& c) { c.withdrawn = true; },
                    Missing::kConsentWithdrawn},
        ConsentCase{"not_yet", [](ConsentFacts& c) { c.given = kNow + absl::Seconds(1); },
                    Missing::kConsentNotYet},
        ConsentCase{"form", [](ConsentFacts& c) { c.form_version = "form-1"; },
                    Missing::kConsentForm},
        ConsentCase{"receipt", [](ConsentFacts& c) { c.receipt_id = ""; }, Missing::kConsent}),
    [](const auto& param) { return param.param.name; });

TEST(Decide, ConsentHoldsUpToNotIncludingItsEnd) {
  Request request = WithConsent();
  request.consent->given = kNow;
  request.consent->expires = kNow + absl::Nanoseconds(1);
  EXPECT_EQ(Both().Decide(request, kNow).effect, Effect::kPermit);
  EXPECT_EQ(Both().Decide(request, kNow + absl::Nanoseconds(1)).gateway, Gateway::kNotPersonal);
}

TEST(Decide, ConsentForOneKindOfDataWithholdsTheRest) {
  Request request = WithConsent();
  request.consent->categories = {DataCategory::kIdentity, DataCategory::kRisk};
  const Decision decision = Both().Decide(request, kNow);
  EXPECT_THAT(decision.released, ElementsAre("person.name", "risk.band", "risk.reasons"));
  EXPECT_EQ(ReasonFor(decision, "person.address"), Missing::kConsentCategory);
}

TEST(Decide, AChildAtRiskIsSharedWithoutConsentAndMayBePushed) {
  Request request = AlertToHousing();
  request.child_at_risk = true;
  const Decision decision = Both().Decide(request, kNow);
  EXPECT_EQ(decision.effect, Effect::kPermit);
  EXPECT_EQ(decision.gateway, Gateway::kSafeguardingChild);
  EXPECT_TRUE(decision.push_allowed);
  request.ask = Ask::kPush;
  EXPECT_EQ(Both().Decide(request, kNow).effect, Effect::kPermit);
}

TEST(Decide, AChildAtRiskIsSharedThoughTheAgreementLapsed) {
  Request request = AlertToHousing();
  request.child_at_risk = true;
  request.recipient_has_interest = false;
  const Decision decision = Both().Decide(request, kEnd);
  EXPECT_EQ(decision.effect, Effect::kPermit);
  EXPECT_EQ(decision.agreement_id, "fenland-baseline");
  EXPECT_FALSE(decision.expires.has_value());
}

TEST(Decide, WhatOnlyTheBaselineListsIsOfferedNotBlamed) {
  Request request = WithConsent();
  request.fields = {"person.name", "safeguarding.concern"};
  const Decision decision = Both().Decide(request, kNow);
  EXPECT_EQ(ReasonFor(decision, "safeguarding.concern"), Missing::kFieldNotListed);
  EXPECT_THAT(decision.remedy.missing, ElementsAre(Missing::kFieldNotListed));
  EXPECT_THAT(decision.remedy.would_serve,
              ElementsAre(Gateway::kVitalInterests, Gateway::kSafeguardingChild));
}

TEST(Decide, WhoMeansTheBaselineLearnsWhatItNeeds) {
  Agreement baseline = Baseline();
  baseline.purposes.push_back({"safeguard_child", "Protect a child", Regime::kUkGdpr});
  baseline.clauses[0].purposes.push_back("safeguard_child");
  Request request = AlertToHousing();
  request.purpose = "safeguard_child";
  request.only_gateway = Gateway::kSafeguardingChild;
  const Decision decision = Compiled({Isa(), baseline}).Decide(request, kNow);
  EXPECT_THAT(decision.remedy.missing, ElementsAre(Missing::kChildAtRisk));
  EXPECT_EQ(decision.remedy.clause, "fenland-baseline 1 clause B1");
}

TEST(Decide, AFetchAfterWithdrawalSaysThatConsentWasWithdrawn) {
  Request request = WithConsent();
  request.ask = Ask::kFetch;
  request.only_gateway = Gateway::kConsent;
  EXPECT_EQ(Both().Decide(request, kNow).effect, Effect::kPermit);
  request.consent->withdrawn = true;
  const Decision decision = Both().Decide(request, kNow);
  EXPECT_EQ(decision.effect, Effect::kRefuse);
  EXPECT_THAT(decision.remedy.missing, ElementsAre(Missing::kConsentWithdrawn));
}

TEST(Decide, ConsentCannotBePushed) {
  Request request = WithConsent();
  request.ask = Ask::kPush;
  const Decision decision = Both().Decide(request, kNow);
  EXPECT_EQ(decision.effect, Effect::kRefuse);
  EXPECT_THAT(decision.remedy.missing, ElementsAre(Missing::kAskNotCovered));
}

TEST(Decide, ARecipientWithoutInterestGetsNothing) {
  for (const std::optional<bool> interest : {std::optional<bool>(false), std::optional<bool>()}) {
    Request request = WithConsent();
    request.recipient_has_interest = interest;
    const Decision decision = Both().Decide(request, kNow);
    EXPECT_EQ(decision.effect, Effect::kRefuse);
    EXPECT_THAT(decision.released, IsEmpty());
    EXPECT_THAT(decision.remedy.missing, ElementsAre(Missing::kInterest));
  }
}

TEST(Decide, AForbidOverridesAPermit) {
  Agreement isa = Isa();
  Clause forbid = Permit("9", {}, {"person.address"});
  forbid.effect = ClauseEffect::kForbid;
  forbid.to = {"housing"};
  isa.clauses.push_back(forbid);
  const Decision decision = Compiled({isa, Baseline()}).Decide(WithConsent(), kNow);
  EXPECT_EQ(decision.effect, Effect::kPermit);
  EXPECT_THAT(decision.released, Not(Contains("person.address")));
  EXPECT_THAT(decision.withheld, Contains(WithheldField{"person.address", Missing::kForbidden,
                                                        "fenland-isa 1 clause 9"}));
}

TEST(Decide, AForbidOfEverythingRefusesAndNamesItself) {
  Agreement isa = Isa();
  Clause forbid = Permit("9", {}, {});
  forbid.effect = ClauseEffect::kForbid;
  isa.clauses.push_back(forbid);
  const Decision decision = Compiled({isa}).Decide(WithConsent(), kNow);
  EXPECT_EQ(decision.effect, Effect::kRefuse);
  EXPECT_EQ(decision.remedy.clause, "fenland-isa 1 clause 9");
  EXPECT_THAT(decision.remedy.missing, Contains(Missing::kForbidden));
  EXPECT_THAT(decision.remedy.deciders, ElementsAre("the partnership's steering group"));
}

TEST(Decide, AForbidAppliesWhereTheBandIsUnknown) {
  Agreement isa = Isa();
  Clause forbid = Permit("9", {}, {"person.name"});
  forbid.effect = ClauseEffect::kForbid;
  forbid.band_at_least = Band::kHigh;
  isa.clauses.push_back(forbid);
  Request request = WithConsent();
  const Evaluator evaluator = Compiled({isa});
  request.band = Band::kMedium;
  EXPECT_THAT(evaluator.Decide(request, kNow).released, Contains("person.name"));
  request.band = std::nullopt;
  EXPECT_THAT(evaluator.Decide(request, kNow).released, Not(Contains("person.name")));
}

TEST(Decide, AnAgreementCannotForbidWhatTheBaselinePermits) {
  Agreement isa = Isa();
  Clause forbid = Permit("9", {}, {});
  forbid.effect = ClauseEffect::kForbid;
  isa.clauses.push_back(forbid);
  Request request = AlertToHousing();
  request.child_at_risk = true;
  EXPECT_EQ(Compiled({isa, Baseline()}).Decide(request, kNow).effect, Effect::kPermit);
}

TEST(Decide, AFieldThatNoClauseListsIsWithheld) {
  Request request = WithConsent();
  request.fields = {"person.name", "offending.history", "person.shoe_size", "person.shoe_size"};
  const Decision decision = Both().Decide(request, kNow);
  EXPECT_THAT(decision.released, ElementsAre("person.name"));
  EXPECT_THAT(decision.withheld,
              ElementsAre(WithheldField{"offending.history", Missing::kFieldNotListed, ""},
                          WithheldField{"person.shoe_size", Missing::kFieldUnknown, ""}));
}

struct LapseCase {
  const char* name;
  void (*change)(Agreement&);
  Missing missing;
};

class Lapsed : public ::testing::TestWithParam<LapseCase> {};

TEST_P(Lapsed, SaysSo) {
  Agreement isa = Isa();
  GetParam().change(isa);
  const Decision decision = Compiled({isa, Baseline()}).Decide(WithConsent(), kNow);
  EXPECT_EQ(decision.effect, Effect::kRefuse);
  EXPECT_THAT(decision.remedy.missing, ElementsAre(GetParam().missing));
  EXPECT_THAT(decision.remedy.deciders, Contains("the partnership's steering group"));
  EXPECT_THAT(decision.remedy.would_serve,
              ElementsAre(Gateway::kVitalInterests, Gateway::kSafeguardingChild));
  EXPECT_EQ(decision.agreement_id, "fenland-isa");
  EXPECT_THAT(Explain(decision), HasSubstr(std::string(InWords(GetParam().missing))));
}

INSTANTIATE_TEST_SUITE_P(
    Rules, Lapsed,
    ::testing::Values(
        LapseCase{"expired", [](Agreement& a) { a.expires = kNow; }, Missing::kAgreementExpired},
        LapseCase{"suspended", [](Agreement& a) { a.suspended = true; },
                  Missing::kAgreementSuspended},
        LapseCase{"superseded", [](Agreement& a) { a.superseded_by = "fenland-isa 2"; },
                  Missing::kAgreementSuperseded},
        LapseCase{"not_yet",
                  [](Agreement& a) {
                    a.valid_from = kNow + absl::Seconds(1);
                    a.review_at = kEnd;
                  },
                  Missing::kAgreementNotYetValid}),
    [](const auto& param) { return param.param.name; });

struct OverrideCase {
  const char* name;
  OverrideFacts facts;
  Effect effect;
  Missing missing;
};

class Override : public ::testing::TestWithParam<OverrideCase> {};

TEST_P(Override, NeedsADecisionMakerAndAReason) {
  Request request = AlertToHousing();
  request.fields = {"person.name"};
  request.override_facts = GetParam().facts;
  request.only_gateway = Gateway::kPublicTask;
  const Decision decision = Both().Decide(request, kNow);
  EXPECT_EQ(decision.effect, GetParam().effect);
  EXPECT_EQ(decision.rests_on_override, GetParam().effect == Effect::kPermit);
  if (GetParam().effect == Effect::kPermit) {
    EXPECT_THAT(decision.obligations, Contains(ObligationDue{Obligation::kSecondPersonReview, 0}));
  } else {
    EXPECT_EQ(ReasonFor(decision, "person.name"), GetParam().missing);
    EXPECT_THAT(decision.remedy.missing, ElementsAre(GetParam().missing));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Rules, Override,
    ::testing::Values(
        OverrideCase{"whole", {"police:i1", "threats"}, Effect::kPermit, Missing::kNone},
        OverrideCase{"no_reason", {"police:i1", ""}, Effect::kRefuse, Missing::kOverrideReason},
        OverrideCase{"nobody", {"", "threats"}, Effect::kRefuse, Missing::kOverrideDecisionMaker}),
    [](const auto& param) { return param.param.name; });

struct OutsideCase {
  const char* name;
  void (*change)(Request&);
  Missing missing;
};

class Outside : public ::testing::TestWithParam<OutsideCase> {};

TEST_P(Outside, IsRefusedWithTheReason) {
  Request request = WithConsent();
  GetParam().change(request);
  const Decision decision = Both().Decide(request, kNow);
  EXPECT_EQ(decision.effect, Effect::kRefuse);
  EXPECT_THAT(decision.released, IsEmpty());
  EXPECT_THAT(decision.remedy.missing, ElementsAre(GetParam().missing));
}

INSTANTIATE_TEST_SUITE_P(
    Rules, Outside,
    ::testing::Values(
        OutsideCase{"partnership", [](Request& r) { r.partnership = "x"; }, Missing::kNoAgreement},
        OutsideCase{"origin", [](Request& r) { r.origin = "x"; }, Missing::kNoAgreement},
        OutsideCase{"recipient", [](Request& r) { r.recipient = "x"; }, Missing::kNoAgreement},
        OutsideCase{"own", [](Request& r) { r.recipient = r.origin; }, Missing::kOwnData},
        OutsideCase{"role", [](Request& r) { r.recipient_role = "x"; }, Missing::kRoleNotCovered},
        OutsideCase{"purpose", [](Request& r) { r.purpose = "x"; }, Missing::kPurposeNotCovered},
        OutsideCase{"subject", [](Request& r) { r.subject = SubjectCategory::kLocation; },
                    Missing::kSubjectNotCovered},
        OutsideCase{"no_subject", [](Request& r) { r.subject = std::nullopt; },
                    Missing::kSubjectNotCovered},
        OutsideCase{"ask", [](Request& r) { r.ask = Ask::kHandOver; }, Missing::kAskNotCovered},
        OutsideCase{"no_ask", [](Request& r) { r.ask = std::nullopt; }, Missing::kAskNotCovered},
        OutsideCase{"nothing", [](Request& r) { r.fields = {}; }, Missing::kNothingAsked},
        OutsideCase{"unknown", [](Request& r) { r.fields = {"x"}; }, Missing::kFieldUnknown},
        OutsideCase{"unlisted", [](Request& r) { r.fields = {"offending.history"}; },
                    Missing::kFieldNotListed}),
    [](const auto& param) { return param.param.name; });

TEST(Decide, ALookUpRevealsTheNumberOfReportsAndNothingElse) {
  Request request = AlertToHousing();
  request.fields.clear();
  request.recipient_has_interest = std::nullopt;
  const Decision mask = Both().LookUpMask(request, kNow);
  EXPECT_THAT(mask.released, ElementsAre("history.count"));
}

TEST(Decide, WithNoAgreementsEverythingIsRefused) {
  const Decision decision = Compiled({}).Decide(WithConsent(), kNow);
  EXPECT_EQ(decision.effect, Effect::kRefuse);
  EXPECT_THAT(decision.remedy.missing, ElementsAre(Missing::kNoAgreement));
}

TEST(Compare, TellsWhatANewVersionWouldAllowAndRefuse) {
  Agreement next = Isa();
  next.version = "2";
  next.clauses[0].fields.push_back("incident.area");
  next.clauses[0].fields.erase(next.clauses[0].fields.begin());
  Request fire = AlertToHousing();
  fire.recipient_has_interest = false;
  const Comparison comparison =
      Compare(Compiled({Isa()}), Compiled({next}), {{WithConsent(), kNow}, {fire, kNow}});
  EXPECT_EQ(comparison.requests, 2u);
  EXPECT_EQ(comparison.newly_allow, 0u);
  ASSERT_EQ(comparison.changes.size(), 1u);
  EXPECT_EQ(comparison.changes[0].request, 0u);
  EXPECT_THAT(comparison.changes[0].newly_allowed, ElementsAre("incident.area"));
  EXPECT_THAT(comparison.changes[0].newly_refused, ElementsAre("person.name"));

  const Comparison lapse = Compare(Compiled({Isa()}), Compiled({}), {{WithConsent(), kNow}});
  EXPECT_EQ(lapse.newly_refuse, 1u);
}

}  // namespace
}  // namespace waymark::agreement
