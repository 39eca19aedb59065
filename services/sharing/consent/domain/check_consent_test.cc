#include "services/sharing/consent/domain/check_consent.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace waymark::sharing::consent {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const absl::Time kNow = absl::FromUnixSeconds(1'760'000'000);

KnownTerms Known() {
  return {{"housing", "council"}, {"identity", "contact"}, {"prevent_asb"}, {"form-1"}};
}

GivenConsent Good() {
  return {{"housing"},          {"identity"},           {"prevent_asb"},       "form-1",
          std::string(64, '0'), kNow - absl::Hours(24), kNow + absl::Hours(24)};
}

std::vector<std::string> Found(const GivenConsent& given) {
  std::vector<std::string> found;
  for (const Problem& problem : CheckConsent(given, Known(), kNow)) {
    found.push_back(problem.code + "@" + problem.field);
  }
  return found;
}

TEST(CheckConsentTest, TakesAGoodOne) { EXPECT_THAT(Found(Good()), IsEmpty()); }

TEST(CheckConsentTest, EmptyScopeMeansNoneNeverAll) {
  GivenConsent given = Good();
  given.agencies = {};
  given.categories = {};
  given.purposes = {};
  EXPECT_THAT(Found(given),
              ElementsAre("missing_field@scope.agencies", "missing_field@scope.categories",
                          "missing_field@scope.purposes"));
}

TEST(CheckConsentTest, NamesTheWordTheAgreementDoesNotKnow) {
  GivenConsent given = Good();
  given.agencies = {"housing", "press"};
  EXPECT_THAT(Found(given), ElementsAre("unknown_agency@scope.agencies[1]"));
  given = Good();
  given.categories.assign(kScopeEntriesMax, "identity");
  EXPECT_THAT(Found(given), IsEmpty());
  given.categories.push_back("identity");
  EXPECT_THAT(Found(given), ElementsAre("too_many@scope.categories"));
}

TEST(CheckConsentTest, WantsTheFormAndItsScan) {
  GivenConsent given = Good();
  given.form_version = "form-2";
  given.scan_sha256 = std::string(63, '0');
  EXPECT_THAT(Found(given),
              ElementsAre("unknown_form@form_version", "malformed_digest@scan_sha256"));
  given.form_version = "";
  given.scan_sha256 = std::string(63, '0') + "g";
  EXPECT_THAT(Found(given),
              ElementsAre("missing_field@form_version", "malformed_digest@scan_sha256"));
}

TEST(CheckConsentTest, TimesAreInOrderAndNotInTheFuture) {
  GivenConsent given = Good();
  given.given_at = kNow + kClockSkewMax;
  EXPECT_THAT(Found(given), IsEmpty());
  given.given_at = kNow + kClockSkewMax + absl::Seconds(1);
  EXPECT_THAT(Found(given), ElementsAre("future_dated@given_at"));
  given = Good();
  given.expires_at = kNow;
  EXPECT_THAT(Found(given), ElementsAre("expired@expires_at"));
  given.expires_at = given.given_at;
  EXPECT_THAT(Found(given), ElementsAre("out_of_range@expires_at"));
  given.given_at = std::nullopt;
  given.expires_at = std::nullopt;
  EXPECT_THAT(Found(given), ElementsAre("missing_field@given_at", "missing_field@expires_at"));
}

TEST(PersonOfTest, OneVictimElseOneCallerElseThePlace) {
  const std::vector<ConsentParty> one = {{"a", true, true}, {"b", false, true}};
  EXPECT_EQ("a", *PersonOf(one, {"a", "b"}, 0));
  EXPECT_EQ("b", *PersonOf(one, {"a", "b"}, 2));
  EXPECT_EQ("out_of_range", PersonOf(one, {"a", "b"}, 3).problem().code);
  const std::vector<ConsentParty> two = {{"a", true, false}, {"b", true, false}};
  EXPECT_EQ("ambiguous_person", PersonOf(two, {"a", "b"}, 0).problem().code);
  const std::vector<ConsentParty> caller = {{"a", false, true}, {"p", false, false}};
  EXPECT_EQ("a", *PersonOf(caller, {"a", "p"}, 0));
  EXPECT_EQ("no_victim", PersonOf(caller, {"a", "p"}, 2).problem().code);
  EXPECT_EQ("no_victim", PersonOf({{"p", false, false}}, {"p"}, 0).problem().code);
}

TEST(KnownTermsTest, ComeFromPartnershipAgreementsOfThisAgencyAlone) {
  agreement::Agreement isa;
  isa.parties = {{"police", "", true, true, {}}, {"housing", "", false, false, {}}};
  isa.purposes = {{"prevent_asb", "", agreement::Regime::kUkGdpr}};
  isa.data = {{agreement::DataCategory::kIdentity, {"person.name"}, 10}};
  isa.consent_forms = {"form-1"};
  agreement::Agreement baseline = isa;
  baseline.kind = agreement::AgreementKind::kBaseline;
  baseline.purposes = {{"protect_life", "", agreement::Regime::kUkGdpr}};
  agreement::Agreement foreign = isa;
  foreign.parties = {{"fire", "", true, false, {}}};
  foreign.purposes = {{"other", "", agreement::Regime::kUkGdpr}};
  const KnownTerms known = KnownTermsOf({isa, baseline, foreign}, "police");
  EXPECT_THAT(known.agencies, ElementsAre("housing"));
  EXPECT_THAT(known.categories, ElementsAre("identity"));
  EXPECT_THAT(known.purposes, ElementsAre("prevent_asb"));
  EXPECT_THAT(known.forms, ElementsAre("form-1"));
}

TEST(CheckConsentTest, SourcesAreOtherPartiesAndMayBeLeftOut) {
  GivenConsent given = Good();
  given.sources = {"housing"};
  EXPECT_THAT(Found(given), IsEmpty());
  given.sources = {"housing", "nobody"};
  EXPECT_THAT(Found(given), ElementsAre("unknown_agency@scope.sources[1]"));
}

}  // namespace
}  // namespace waymark::sharing::consent
