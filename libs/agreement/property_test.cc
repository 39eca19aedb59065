#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>

#include "libs/agreement/agreement_fixture.h"
#include "libs/agreement/catalogue.h"

namespace waymark::agreement {
namespace {

using namespace testing;  // NOLINT: the fixture of this library

template <typename T>
rc::Gen<std::vector<T>> Some(std::vector<T> all) {
  return rc::gen::container<std::vector<T>>(rc::gen::elementOf(std::move(all)));
}

template <typename List>
auto AnyOf(const List& all) {
  using Term = typename List::value_type;
  return rc::gen::elementOf(std::vector<Term>(all.begin(), all.end()));
}

std::string Word(std::vector<std::string> words) {
  return *rc::gen::oneOf(rc::gen::elementOf(words), rc::gen::elementOf(words),
                         rc::gen::arbitrary<std::string>());
}

std::vector<std::string> EveryField() {
  std::vector<std::string> names;
  for (const Field& field : Catalogue()) names.emplace_back(field.name);
  return names;
}

std::optional<bool> Maybe() {
  return *rc::gen::element(std::optional<bool>(), std::optional<bool>(false),
                           std::optional<bool>(true));
}

absl::Time SomeTime() { return kStart + absl::Hours(24 * *rc::gen::inRange(-20, 400)); }

ConsentFacts SomeConsent() {
  ConsentFacts consent = Consent();
  consent.agencies = *Some<std::string>({"housing", "council", "fire", "police"});
  consent.categories =
      *Some(std::vector<DataCategory>(kAllDataCategories.begin(), kAllDataCategories.end()));
  if (*rc::gen::arbitrary<bool>()) consent.given = SomeTime();
  if (*rc::gen::arbitrary<bool>()) consent.expires = SomeTime();
  consent.withdrawn = *rc::gen::weightedElement<bool>({{4, false}, {1, true}});
  consent.form_version = *rc::gen::element<std::string>("form-3", "form-3", "form-1");
  return consent;
}

Request SomeRequest() {
  Request request;
  request.partnership = Word({"fenland"});
  request.origin = Word({"police", "council", "housing", "fire"});
  request.recipient = Word({"police", "council", "housing", "fire"});
  request.recipient_role = Word({"case_officer", "case_system"});
  request.purpose = Word({"support_victim", "prevent_asb"});
  if (*rc::gen::inRange(0, 8) > 0) request.subject = *AnyOf(kAllSubjectCategories);
  request.fields = *Some(EveryField());
  if (*rc::gen::inRange(0, 8) == 0) request.fields.push_back(Word({"person.name"}));
  if (*rc::gen::inRange(0, 8) > 0) request.ask = *AnyOf(kAllAsks);
  if (*rc::gen::arbitrary<bool>()) request.band = *AnyOf(kAllBands);
  request.recipient_has_interest = Maybe();
  request.child_at_risk = Maybe();
  request.adult_at_risk = Maybe();
  request.vital_interests = Maybe();
  request.public_body_request = Maybe();
  if (*rc::gen::arbitrary<bool>()) request.consent = SomeConsent();
  if (*rc::gen::arbitrary<bool>()) request.override_facts = OverrideFacts{"police:i1", "threats"};
  if (*rc::gen::inRange(0, 6) == 0) request.only_gateway = *AnyOf(kAllGateways);
  return request;
}

Clause SomeForbid() {
  Clause forbid = Permit("9", {}, *Some(EveryField()));
  std::sort(forbid.fields.begin(), forbid.fields.end());
  forbid.fields.erase(std::unique(forbid.fields.begin(), forbid.fields.end()), forbid.fields.end());
  forbid.effect = ClauseEffect::kForbid;
  forbid.to = {*rc::gen::element<std::string>("housing", "council", "fire")};
  if (*rc::gen::arbitrary<bool>()) forbid.gateways = {*AnyOf(kAllGateways)};
  if (*rc::gen::arbitrary<bool>()) forbid.categories = {*AnyOf(kAllDataCategories)};
  if (*rc::gen::arbitrary<bool>()) forbid.band_at_least = *AnyOf(kAllBands);
  return forbid;
}

Evaluator Compiled(std::vector<Agreement> agreements) {
  return std::get<Evaluator>(Compile(std::move(agreements)));
}

const Evaluator& Both() {
  static const auto& both = *new Evaluator(Compiled({Isa(), Baseline()}));
  return both;
}

// Every field that `less` releases is released by `more`, or `more` says that another clause
// would release it.
void AssertNoMore(const Decision& less, const Decision& more) {
  RC_ASSERT(less.released.size() <= more.released.size());
  if (more.effect == Effect::kRefuse) RC_ASSERT(less.effect == Effect::kRefuse);
  for (const std::string& field : less.released) {
    const bool released =
        std::find(more.released.begin(), more.released.end(), field) != more.released.end();
    const bool elsewhere =
        std::any_of(more.withheld.begin(), more.withheld.end(), [&](const WithheldField& w) {
          return w.field == field && w.reason == Missing::kOtherClause;
        });
    RC_ASSERT(released || elsewhere);
  }
}

RC_GTEST_PROP(DecideProperty, AddingAForbidNeverPermitsMore, ()) {
  Agreement isa = Isa();
  isa.clauses.push_back(SomeForbid());
  const Request request = SomeRequest();
  const absl::Time now = SomeTime();
  AssertNoMore(Compiled({isa, Baseline()}).Decide(request, now), Both().Decide(request, now));
}

RC_GTEST_PROP(DecideProperty, RemovingConsentNeverPermitsMore, ()) {
  Request request = SomeRequest();
  request.consent = SomeConsent();
  const absl::Time now = SomeTime();
  const Decision with = Both().Decide(request, now);
  request.consent.reset();
  AssertNoMore(Both().Decide(request, now), with);
}

RC_GTEST_PROP(DecideProperty, ForgettingAnAttributeNeverPermitsMore, ()) {
  Request request = SomeRequest();
  const absl::Time now = SomeTime();
  const Decision with = Both().Decide(request, now);
  switch (*rc::gen::inRange(0, 7)) {
    case 0:
      request.band.reset();
      break;
    case 1:
      request.recipient_has_interest.reset();
      break;
    case 2:
      request.child_at_risk.reset();
      break;
    case 3:
      request.vital_interests.reset();
      break;
    case 4:
      request.override_facts.reset();
      break;
    case 5:
      request.subject.reset();
      break;
    default:
      request.recipient_role.clear();
      break;
  }
  AssertNoMore(Both().Decide(request, now), with);
}

RC_GTEST_PROP(DecideProperty, EveryAskedFieldIsReleasedOrWithheldOnce, ()) {
  const Request request = SomeRequest();
  const Decision decision = Both().Decide(request, SomeTime());
  const std::set<std::string> asked(request.fields.begin(), request.fields.end());
  std::multiset<std::string> answered(decision.released.begin(), decision.released.end());
  for (const WithheldField& field : decision.withheld) {
    RC_ASSERT(field.reason != Missing::kNone);
    answered.insert(field.field);
  }
  RC_ASSERT(std::equal(asked.begin(), asked.end(), answered.begin(), answered.end()));
}

RC_GTEST_PROP(DecideProperty, WhatIsReleasedStandsInTheClausesAllowList, ()) {
  const Request request = SomeRequest();
  const Decision decision = Both().Decide(request, SomeTime());
  if (decision.effect == Effect::kRefuse) {
    RC_ASSERT(decision.released.empty());
    RC_ASSERT(!decision.gateway.has_value());
    RC_ASSERT(!decision.remedy.missing.empty());
    RC_SUCCEED("refused, with a reason");
  }
  RC_ASSERT(!decision.released.empty());
  for (const Agreement& agreement : Both().agreements()) {
    if (agreement.id != decision.agreement_id) continue;
    for (const Clause& clause : agreement.clauses) {
      if (clause.id != decision.clause) continue;
      for (const std::string& field : decision.released) {
        RC_ASSERT(std::count(clause.fields.begin(), clause.fields.end(), field) == 1);
      }
      RC_SUCCEED("every released field is listed");
    }
  }
  RC_FAIL("the decision names a clause that does not exist");
}

RC_GTEST_PROP(DecideProperty, PushAllowedSaysWhatAPushWouldGet, ()) {
  Request request = SomeRequest();
  const absl::Time now = SomeTime();
  const bool allowed = Both().Decide(request, now).push_allowed;
  request.ask = Ask::kPush;
  const Decision push = Both().Decide(request, now);
  RC_ASSERT(allowed == (push.effect == Effect::kPermit));
  if (allowed) RC_ASSERT(IsProtective(*push.gateway));
}

RC_GTEST_PROP(DecideProperty, TheSameQuestionHasTheSameAnswer, ()) {
  const Request request = SomeRequest();
  const absl::Time now = SomeTime();
  RC_ASSERT(Explain(Both().Decide(request, now)) ==
            Explain(Compiled({Isa(), Baseline()}).Decide(request, now)));
}

}  // namespace
}  // namespace waymark::agreement
