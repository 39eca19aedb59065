#include "services/sharing/vault/domain/persons.h"

#include <map>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace waymark::sharing::vault {
namespace {

using pack::Evidence;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class MapOfPersons : public PersonsByToken {
 public:
  std::vector<std::string> Persons(const std::string& token) const override {
    const auto found = by_token.find(token);
    return found == by_token.end() ? std::vector<std::string>() : found->second;
  }
  std::map<std::string, std::vector<std::string>> by_token;
};

pack::Linking Linking() {
  pack::Linking linking;
  linking.weights = {{Evidence::kTelephone, {40, true}}, {Evidence::kEmail, {40, true}},
                     {Evidence::kNameDob, {60, true}},   {Evidence::kPhoneticNameDob, {45, true}},
                     {Evidence::kAddress, {25, true}},   {Evidence::kUprn, {30, true}}};
  linking.confirm_from = {60, true};
  linking.propose_from = {40, true};
  return linking;
}

LocalToken Token(std::optional<Evidence> kind, std::string key) { return {kind, std::move(key)}; }

class NewIds {
 public:
  std::string operator()() { return "new" + std::to_string(++count_); }

 private:
  int count_ = 0;
};

TEST(WeightOf, CountsTheStrongerOfNamesAndOfPlaces) {
  EXPECT_EQ(60, WeightOf({Evidence::kNameDob, Evidence::kPhoneticNameDob}, Linking()));
  EXPECT_EQ(30, WeightOf({Evidence::kAddress, Evidence::kUprn}, Linking()));
  EXPECT_EQ(70, WeightOf({Evidence::kTelephone, Evidence::kAddress, Evidence::kUprn}, Linking()));
  EXPECT_EQ(0, WeightOf({}, Linking()));
}

TEST(RankPersons, PutsTheStrongestFirstAndLeavesOutTheWeak) {
  MapOfPersons vault;
  vault.by_token = {{"tel", {"a", "b"}}, {"name", {"b"}}, {"house", {"c"}}};
  const std::vector<Match> matches =
      RankPersons({Token(Evidence::kTelephone, "tel"), Token(Evidence::kNameDob, "name"),
                   Token(Evidence::kAddress, "house"), Token(std::nullopt, "tel")},
                  vault, Linking());
  EXPECT_THAT(matches,
              ElementsAre(Match{"b", 100, {Evidence::kTelephone, Evidence::kNameDob}, true},
                          Match{"a", 40, {Evidence::kTelephone}, false}));
}

TEST(ResolveParties, FindsTheConfirmedPersonAndMakesTheRest) {
  MapOfPersons vault;
  vault.by_token = {{"name", {"ann"}}, {"tel", {"bob"}}};
  const std::vector<ResolvedParty> resolved =
      ResolveParties({{{Role::kVictim}, {Token(Evidence::kNameDob, "name")}},
                      {{Role::kCaller}, {Token(Evidence::kTelephone, "tel")}}},
                     {}, vault, Linking(), NewIds());
  ASSERT_EQ(2u, resolved.size());
  EXPECT_EQ("ann", resolved[0].person_id);
  EXPECT_FALSE(resolved[0].is_new);
  EXPECT_EQ("new1", resolved[1].person_id) << "a telephone alone is below the threshold";
  EXPECT_TRUE(resolved[1].is_new);
}

TEST(ResolveParties, JoinsTwoPartiesThatAreOnePersonAndLosesNoRole) {
  const MapOfPersons vault;
  const std::vector<LocalToken> tokens = {Token(Evidence::kNameDob, "name")};
  const std::vector<ResolvedParty> resolved = ResolveParties(
      {{{Role::kVictim}, tokens}, {{Role::kCaller}, tokens}}, {}, vault, Linking(), NewIds());
  ASSERT_EQ(1u, resolved.size());
  EXPECT_THAT(resolved[0].roles, ElementsAre(Role::kCaller, Role::kVictim));
  EXPECT_THAT(resolved[0].parties, ElementsAre(0u, 1u));
}

TEST(ResolveParties, TakesAnAmendedPartyForTheSamePersonOnAnyEvidenceInTheSameRole) {
  MapOfPersons vault;
  vault.by_token = {{"tel", {"ann"}}};
  const std::vector<LocalToken> tokens = {Token(Evidence::kTelephone, "tel"),
                                          Token(Evidence::kNameDob, "corrected")};
  const auto resolve = [&](Role role) {
    return ResolveParties({{{role}, tokens}}, {{"ann", {Role::kVictim}}}, vault, Linking(),
                          NewIds())[0]
        .person_id;
  };
  EXPECT_EQ("ann", resolve(Role::kVictim));
  EXPECT_EQ("new1", resolve(Role::kWitness));
}

TEST(AssessedPersons, AreTheVictimsAndOnlyWithoutThemTheCallers) {
  const ResolvedParty victim{"v", true, {Role::kVictim}, {0}};
  const ResolvedParty caller{"c", true, {Role::kCaller}, {1}};
  const ResolvedParty offender{"p", true, {Role::kPerpetrator}, {2}};
  EXPECT_THAT(AssessedPersons({caller, victim}), ElementsAre(1u));
  EXPECT_THAT(AssessedPersons({offender, caller}), ElementsAre(1u));
  EXPECT_THAT(AssessedPersons({offender}), IsEmpty());
}

TEST(SealIncident, PutsTheWordsUnderTheKeyOfWhomTheyAreAbout) {
  const ResolvedParty victim{"v", true, {Role::kVictim}, {0}};
  const ResolvedParty offender{"p", true, {Role::kPerpetrator}, {1}};
  EXPECT_EQ("v", SealIncident("i", 2, {offender, victim}).owner);
  EXPECT_EQ("p", SealIncident("i", 2, {offender}).owner);
  EXPECT_EQ((SealIntent{"i", SealedField::kIncident, "i", 2}), SealIncident("i", 2, {}));
}

}  // namespace
}  // namespace waymark::sharing::vault
