#include "libs/config/agreement_loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "absl/strings/str_replace.h"
#include "libs/base/clock.h"
#include "libs/base/text.h"
#include "libs/config/file.h"
#include "libs/crypto/sign.h"

namespace waymark::config {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Not;
using namespace agreement;  // NOLINT: the vocabulary of every test here

constexpr const char* kIsa = "agreements/fenland-isa.yaml";
constexpr const char* kBaseline = "agreements/fenland-baseline.yaml";
const absl::Time kNow = absl::FromCivil(absl::CivilDay(2026, 3, 2), absl::UTCTimeZone());
const std::vector<std::string> kParties = {"council", "fire", "housing", "police"};

std::string Text(const std::string& path) {
  const auto text = ReadFile(path);
  EXPECT_TRUE(text.ok()) << text.status();
  return text.value_or("");
}

struct Signers {
  SeededRandom random{7};
  std::vector<crypto::SigningKey> keys;
  std::vector<crypto::PartyKey> trusted;

  Signers() {
    for (const std::string& party : kParties) {
      keys.push_back(crypto::SigningKey::Generate(random));
      trusted.push_back({party, keys.back().verify_key()});
    }
  }
  std::string Sign(std::string_view file, size_t parties = 4) const {
    crypto::SignatureSet set = crypto::NewSignatureSet(kAgreementContext, file);
    for (size_t i = 0; i < parties; ++i) crypto::AddSignature(set, kParties[i], keys[i]);
    return crypto::FormatSignatureSet(set);
  }
};

Evaluator Fenland() {
  const Signers signers;
  std::vector<Agreement> agreements;
  for (const char* path : {kIsa, kBaseline}) {
    const std::string yaml = Text(path);
    auto agreement = ParseSignedAgreement(yaml, signers.Sign(yaml), path, signers.trusted);
    EXPECT_TRUE(agreement.ok()) << agreement.status();
    agreements.push_back(*std::move(agreement));
  }
  auto evaluator = CompileOrStatus(std::move(agreements));
  EXPECT_TRUE(evaluator.ok()) << evaluator.status();
  return *evaluator;
}

Request Ask(const std::string& recipient, const std::string& role) {
  Request request;
  request.partnership = "fenland";
  request.origin = "police";
  request.recipient = recipient;
  request.recipient_role = role;
  request.purpose = "support_victim";
  request.subject = SubjectCategory::kVictim;
  request.fields = {"person.name",       "person.telephone",
                    "person.address",    "person.safe_contact",
                    "risk.band",         "risk.reasons",
                    "incident.summary",  "incident.area",
                    "incident.category", "incident.hate_motivation"};
  request.ask = agreement::Ask::kAlert;
  request.band = Band::kHigh;
  request.recipient_has_interest = true;
  return request;
}

ConsentFacts Consent() {
  ConsentFacts consent;
  consent.receipt_id = "consent-1";
  consent.agencies = {"housing", "fire", "council"};
  consent.categories.assign(kAllDataCategories.begin(), kAllDataCategories.end());
  consent.purposes = {"support_victim"};
  consent.form_version = "fenland-consent-2";
  consent.given = kNow - absl::Hours(1);
  consent.expires = kNow + absl::Hours(24 * 365);
  return consent;
}

TEST(Fenland, TheLandlordSeesWhatConsentAllows) {
  Request request = Ask("housing", "housing");
  request.consent = Consent();
  const Decision decision = Fenland().Decide(request, kNow);
  EXPECT_EQ(decision.effect, Effect::kPermit) << Explain(decision);
  EXPECT_THAT(decision.released, ElementsAre("person.name", "person.address", "person.safe_contact",
                                             "incident.summary", "incident.category",
                                             "incident.area", "risk.band", "risk.reasons"));
  EXPECT_EQ(decision.clause, "2.2");
  EXPECT_EQ(decision.agreement_digest.size(), 64u);
}

TEST(Fenland, TheFireServiceSeesLess) {
  Request request = Ask("fire", "gateway");
  request.consent = Consent();
  const Decision decision = Fenland().Decide(request, kNow);
  EXPECT_THAT(decision.released, ElementsAre("person.name", "person.address", "person.safe_contact",
                                             "incident.category", "incident.area", "risk.band"));
}

TEST(Fenland, WithoutConsentPartnersGetADepersonalisedAlert) {
  for (const char* recipient : {"housing", "council", "fire"}) {
    const Decision decision = Fenland().Decide(Ask(recipient, "gateway"), kNow);
    EXPECT_EQ(decision.effect, Effect::kDepersonalised);
    EXPECT_THAT(decision.released, ElementsAre("incident.category", "incident.area", "risk.band"));
    EXPECT_THAT(decision.remedy.missing, Contains(Missing::kConsent));
    EXPECT_THAT(decision.remedy.would_serve, Contains(Gateway::kSafeguardingChild));
  }
}

TEST(Fenland, SaysWhoMayDecideAgainstOrWithoutConsent) {
  std::map<std::string, std::vector<std::string>> roles;
  const Evaluator evaluator = Fenland();
  for (const agreement::Agreement& agreement : evaluator.agreements()) {
    for (const agreement::Decider& decider : agreement.deciders) {
      auto& of_gateway = roles[std::string(Name(decider.gateway))];
      of_gateway.insert(of_gateway.end(), decider.override_roles.begin(),
                        decider.override_roles.end());
    }
  }
  EXPECT_THAT(roles["consent"], ElementsAre()) << "the person alone";
  EXPECT_THAT(roles["public_task"], ElementsAre("manager"));
  EXPECT_THAT(roles["vital_interests"], ElementsAre("supervisor", "manager"));
  EXPECT_THAT(roles["law_enforcement"], ElementsAre()) << "nobody is named";
}

TEST(Fenland, AChildAtRiskIsSharedAfterTheAgreementExpired) {
  Request request = Ask("council", "gateway");
  request.child_at_risk = true;
  request.fields.push_back("safeguarding.concern");
  const absl::Time later = kNow + absl::Hours(24 * 365 * 20);
  const Decision decision = Fenland().Decide(request, later);
  EXPECT_EQ(decision.clause, "B1.1");
  EXPECT_TRUE(decision.push_allowed);
  EXPECT_THAT(decision.released, IsSupersetOf({"person.name", "safeguarding.concern"}));
  request.child_at_risk = false;
  const Decision refusal = Fenland().Decide(request, later);
  EXPECT_EQ(refusal.effect, Effect::kRefuse);
  EXPECT_THAT(refusal.remedy.missing, ElementsAre(Missing::kAgreementExpired));
}

TEST(Fenland, LookUpsRevealMoreBetweenPoliceAndCouncil) {
  const Evaluator evaluator = Fenland();
  for (const std::string& origin : kParties) {
    for (const std::string& recipient : kParties) {
      if (origin == recipient) continue;
      Request request = Ask(recipient, "call_handler");
      request.origin = origin;
      request.purpose = "prevent_asb";
      request.recipient_has_interest = std::nullopt;
      const auto released = evaluator.LookUpMask(request, kNow).released;
      const auto near = [](const std::string& a) { return a == "police" || a == "council"; };
      if (near(origin) && near(recipient)) {
        EXPECT_THAT(released,
                    IsSupersetOf({"history.count", "incident.occurred_at", "incident.category",
                                  "incident.type", "incident.agency"}));
        EXPECT_THAT(released, Not(Contains("person.name")));
      } else {
        EXPECT_THAT(released, ElementsAre("history.count")) << origin << " to " << recipient;
      }
    }
  }
}

TEST(Fenland, EveryPartyHasADesk) {
  const Evaluator evaluator = Fenland();
  for (const Agreement& agreement : evaluator.agreements()) {
    EXPECT_THAT(agreement.signed_by, ElementsAre("council", "fire", "housing", "police"));
    for (const Party& party : agreement.parties) {
      EXPECT_TRUE(std::any_of(agreement.contacts.begin(), agreement.contacts.end(),
                              [&](const Contact& c) { return c.party == party.id; }));
    }
  }
}

TEST(AgreementLoader, RefusesAFileThatAPartyHasNotSigned) {
  const Signers signers;
  const std::string yaml = Text(kIsa);
  const auto three = ParseSignedAgreement(yaml, signers.Sign(yaml, 3), kIsa, signers.trusted);
  EXPECT_EQ(three.status().code(), absl::StatusCode::kFailedPrecondition) << three.status();
}

TEST(AgreementLoader, RefusesBytesThatWereNotSigned) {
  const Signers signers;
  const std::string yaml = Text(kIsa);
  const auto other = ParseSignedAgreement(yaml + "\n", signers.Sign(yaml), kIsa, signers.trusted);
  EXPECT_EQ(other.status().code(), absl::StatusCode::kUnauthenticated) << other.status();
}

struct BadFile {
  const char* name;
  const char* from;
  const char* to;
  const char* complaint;
};

class Refuses : public ::testing::TestWithParam<BadFile> {};

TEST_P(Refuses, SayingWhere) {
  const std::string good = Text(kIsa);
  const std::string bad =
      absl::StrReplaceAll(good, {{std::string(GetParam().from), std::string(GetParam().to)}});
  ASSERT_NE(good, bad);
  const auto agreement = ParseAgreement(bad, "isa.yaml");
  ASSERT_FALSE(agreement.ok());
  EXPECT_EQ(agreement.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(agreement.status().message()),
              AllOf(HasSubstr("isa.yaml"), HasSubstr(GetParam().complaint)));
}

INSTANTIATE_TEST_SUITE_P(
    Rules, Refuses,
    ::testing::Values(BadFile{"key", "renewed_by:", "renewed_bye:", "renewed_by"},
                      BadFile{"gateway", "gateways: [consent]", "gateways: [goodwill]", "goodwill"},
                      BadFile{"ask", "asks: [look_up]", "asks: [peek]", "peek"},
                      BadFile{"instant", "2034-01-08T00:00:00Z", "next year", "an instant"},
                      BadFile{"parties", "from: any", "from: all", "or any"},
                      BadFile{"boolean", "needs_interest: true", "needs_interest: maybe", "true"}),
    [](const auto& param) { return param.param.name; });

TEST(AgreementLoader, SaysWhatDoesNotCompile) {
  const Signers signers;
  const std::string yaml =
      absl::StrReplaceAll(Text(kIsa), {{"purposes: [case_review]", "purposes: [marketing]"}});
  auto agreement = ParseSignedAgreement(yaml, signers.Sign(yaml), kIsa, signers.trusted);
  ASSERT_TRUE(agreement.ok()) << agreement.status();
  const auto evaluator = CompileOrStatus({*std::move(agreement)});
  EXPECT_EQ(evaluator.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(evaluator.status().message()), HasSubstr("unknown_purpose"));
}

TEST(AgreementLoader, SaysWhichFileIsNotThere) {
  const auto evaluator = LoadAgreements({{"no-such.yaml", "no-such.signatures"}}, {});
  EXPECT_EQ(evaluator.status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace waymark::config
