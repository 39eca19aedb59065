#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "libs/agreement/agreement_fixture.h"
#include "libs/agreement/catalogue.h"

namespace waymark::agreement {
namespace {

using namespace testing;  // NOLINT: the fixture of this library

std::vector<Problem> ProblemsOf(std::vector<Agreement> agreements) {
  auto result = Compile(std::move(agreements));
  const auto* problems = std::get_if<std::vector<Problem>>(&result);
  return problems ? *problems : std::vector<Problem>{};
}

struct Fault {
  const char* name;
  void (*change)(Agreement&);
  const char* code;
  const char* path;
};

class Refused : public ::testing::TestWithParam<Fault> {};

TEST_P(Refused, WithCodeAndPath) {
  Agreement isa = Isa();
  GetParam().change(isa);
  const auto problems = ProblemsOf({isa, Baseline()});
  ASSERT_FALSE(problems.empty());
  EXPECT_EQ(problems[0].code, GetParam().code) << Describe(problems[0]);
  EXPECT_EQ(problems[0].field, std::string("fenland-isa 1: ") + GetParam().path);
}

INSTANTIATE_TEST_SUITE_P(
    Rules, Refused,
    ::testing::Values(
        Fault{"party", [](Agreement& a) { a.clauses[0].to[1] = "ambulance"; }, "unknown_party",
              "clauses[0].to[1]"},
        Fault{"role", [](Agreement& a) { a.clauses[0].to_roles = {"mayor"}; }, "unknown_role",
              "clauses[0].to_roles[0]"},
        Fault{"purpose", [](Agreement& a) { a.clauses[1].purposes[1] = "marketing"; },
              "unknown_purpose", "clauses[1].purposes[1]"},
        Fault{"field", [](Agreement& a) { a.clauses[0].fields[0] = "person.shoe_size"; },
              "unknown_field", "clauses[0].fields[0]"},
        Fault{"data_field", [](Agreement& a) { a.data[0].fields[0] = "person.shoe_size"; },
              "unknown_field", "data[0].fields[0]"},
        Fault{"field_outside", [](Agreement& a) { a.clauses[0].fields[0] = "person.email"; },
              "field_not_in_agreement", "clauses[0].fields[0]"},
        Fault{"category", [](Agreement& a) { a.data[0].fields[0] = "person.email"; },
              "contradiction", "data[0].fields[0]"},
        Fault{"subject", [](Agreement& a) { a.clauses[0].subjects = {SubjectCategory::kWitness}; },
              "subject_not_in_agreement", "clauses[0].subjects"},
        Fault{"gateway", [](Agreement& a) { a.clauses[0].gateways = {Gateway::kVitalInterests}; },
              "gateway_not_in_agreement", "clauses[0].gateways[0]"},
        Fault{"decider", [](Agreement& a) { a.deciders.erase(a.deciders.begin()); },
              "missing_value", "deciders"},
        Fault{"decider_of_no_party",
              [](Agreement& a) {
                a.deciders[1].override_roles = {"case_officer", "mayor"};
              },
              "unknown_role", "deciders[1].override_roles[1]"},
        Fault{"decider_that_is_a_system",
              [](Agreement& a) { a.deciders[1].override_roles = {"case_system"}; }, "unknown_role",
              "deciders[1].override_roles[0]"},
        Fault{"nobody_overrides_by_consent",
              [](Agreement& a) { a.deciders[0].override_roles = {"case_officer"}; },
              "contradiction", "deciders[0].override_roles"},
        Fault{"condition",
              [](Agreement& a) { a.clauses[0].fields.push_back("safeguarding.concern"); },
              "condition_missing", "clauses[0].conditions"},
        Fault{"undeclared_condition",
              [](Agreement& a) { a.clauses[0].conditions = {Condition::kExplicitConsent}; },
              "condition_not_in_agreement", "clauses[0].conditions[0]"},
        Fault{"push", [](Agreement& a) { a.clauses[0].asks.push_back(Ask::kPush); },
              "contradiction", "clauses[0].asks"},
        Fault{"override_of_consent", [](Agreement& a) { a.clauses[0].needs_override = true; },
              "contradiction", "clauses[0].gateways[0]"},
        Fault{"depersonalised", [](Agreement& a) { a.clauses[1].fields.push_back("person.name"); },
              "contradiction", "clauses[1].gateways[0]"},
        Fault{"look_up", [](Agreement& a) { a.clauses[1].asks.push_back(Ask::kLookUp); },
              "contradiction", "clauses[1].gateways[0]"},
        Fault{"part_3", [](Agreement& a) { a.purposes[0].regime = Regime::kDpaPart3; },
              "contradiction", "clauses[0].purposes[0]"},
        Fault{"permit_by_category",
              [](Agreement& a) { a.clauses[0].categories = {DataCategory::kIdentity}; },
              "contradiction", "clauses[0].categories"},
        Fault{"clause_twice", [](Agreement& a) { a.clauses[1].id = "2"; }, "duplicate",
              "clauses[1].id"},
        Fault{"no_expiry", [](Agreement& a) { a.expires.reset(); }, "missing_value", "expires"},
        Fault{"ends_before_start", [](Agreement& a) { a.expires = kStart; }, "contradiction",
              "expires"},
        Fault{"unsigned", [](Agreement& a) { a.signed_by.pop_back(); }, "not_signed", "signed_by"},
        Fault{"no_signatory", [](Agreement& a) { a.signatories.pop_back(); }, "missing_value",
              "signatories"},
        Fault{"retention", [](Agreement& a) { a.data[0].retain_days_max = 0; }, "missing_value",
              "data[0].retain_days_max"}),
    [](const auto& param) { return param.param.name; });

TEST(Compile, ARecognisedLegitimateInterestIsNotForPublicAuthorities) {
  Agreement isa = Isa();
  isa.gateways.push_back(Gateway::kRecognisedLegitimateInterest);
  isa.deciders.push_back({Gateway::kRecognisedLegitimateInterest, "service manager"});
  isa.clauses[2].gateways = {Gateway::kRecognisedLegitimateInterest};
  EXPECT_EQ(ProblemsOf({isa})[0].code, "contradiction");
  isa.clauses[2].from = {"housing"};
  isa.clauses[2].to = {"police", "council"};
  EXPECT_TRUE(ProblemsOf({isa}).empty());
}

TEST(Compile, ABaselineHoldsNoConsentAndNoExpiry) {
  Agreement baseline = Baseline();
  baseline.gateways.push_back(Gateway::kConsent);
  baseline.deciders.push_back({Gateway::kConsent, "case officer"});
  EXPECT_EQ(ProblemsOf({baseline})[0].field, "fenland-baseline 1: gateways[2]");
  baseline = Baseline();
  baseline.expires = kEnd;
  EXPECT_EQ(ProblemsOf({baseline})[0].field, "fenland-baseline 1: expires");
}

TEST(Compile, OneVersionIsLoadedOnce) {
  EXPECT_EQ(ProblemsOf({Isa(), Isa()})[0].code, "duplicate");
}

TEST(Compile, ADraftIsEvaluatedBeforeItIsSigned) {
  Agreement draft = Isa();
  draft.signed_by.clear();
  EXPECT_TRUE(std::holds_alternative<Evaluator>(Compile({draft}, {.require_signatures = false})));
}

TEST(Catalogue, NamesAndIdsAgree) {
  std::set<std::string_view> names;
  for (size_t id = 0; id < Catalogue().size(); ++id) {
    EXPECT_TRUE(names.insert(Catalogue()[id].name).second) << Catalogue()[id].name;
    EXPECT_EQ(FieldId(Catalogue()[id].name), static_cast<int>(id));
  }
  EXPECT_FALSE(FieldId("person.shoe_size").has_value());
}

template <typename List>
void RoundTrips(const List& all) {
  std::set<std::string_view> names;
  for (const auto term : all) {
    EXPECT_TRUE(names.insert(Name(term)).second) << Name(term);
    EXPECT_EQ(ParseTerm<typename List::value_type>(Name(term)), term);
  }
  EXPECT_FALSE(ParseTerm<typename List::value_type>("").has_value());
}

TEST(Terms, EveryWordReadsBack) {
  RoundTrips(kAllGateways);
  RoundTrips(kAllRegimes);
  RoundTrips(kAllSubjectCategories);
  RoundTrips(kAllAsks);
  RoundTrips(kAllBands);
  RoundTrips(kAllDataCategories);
  RoundTrips(kAllConditions);
  RoundTrips(kAllObligations);
}

}  // namespace
}  // namespace waymark::agreement
