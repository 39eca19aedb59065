#include <map>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/intake/domain/interest.h"
#include "services/intake/domain/linking.h"

namespace waymark::intake {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// The index and the register of stock as maps.
class FakeIndex : public LinkView, public StockView {
 public:
  void Add(const MemberPerson& person, const std::string& subject,
           const std::vector<Token>& tokens) {
    persons[person] = subject;
    for (const Token& token : tokens) by_token[token].insert(subject);
    auto& known = by_subject[subject];
    known.insert(known.end(), tokens.begin(), tokens.end());
  }
  std::string SubjectOf(const MemberPerson& person) const override {
    const auto it = persons.find(person);
    return it == persons.end() ? "" : it->second;
  }
  std::vector<std::string> SubjectsByToken(const Token& token) const override {
    const auto it = by_token.find(token);
    if (it == by_token.end()) return {};
    return {it->second.begin(), it->second.end()};
  }
  std::vector<Token> TokensOf(std::string_view subject) const override {
    const auto it = by_subject.find(std::string(subject));
    return it == by_subject.end() ? std::vector<Token>{} : it->second;
  }
  std::vector<std::string> AgenciesHolding(std::string_view subject) const override {
    std::set<std::string> agencies;
    for (const auto& [person, held] : persons) {
      if (held == subject) agencies.insert(person.agency);
    }
    return {agencies.begin(), agencies.end()};
  }
  std::vector<std::string> HoldersOfPlace(std::string_view keyed) const override {
    return Holders(places, keyed);
  }
  std::vector<std::string> HoldersOfLsoa(std::string_view lsoa) const override {
    return Holders(wards, lsoa);
  }

  std::map<MemberPerson, std::string> persons;
  std::map<Token, std::set<std::string>> by_token;
  std::map<std::string, std::vector<Token>> by_subject;
  std::map<std::string, std::vector<std::string>> places, wards;

 private:
  static std::vector<std::string> Holders(
      const std::map<std::string, std::vector<std::string>>& map, std::string_view key) {
    const auto it = map.find(std::string(key));
    return it == map.end() ? std::vector<std::string>{} : it->second;
  }
};

pack::Linking Weights() {
  using enum pack::Evidence;
  pack::Linking linking;
  linking.weights[kTelephone] = {60};
  linking.weights[kEmail] = {60};
  linking.weights[kNameDob] = {70};
  linking.weights[kPhoneticNameDob] = {50};
  linking.weights[kAddress] = {30};
  linking.weights[kUprn] = {35};
  linking.confirm_from = {70};
  linking.propose_from = {40};
  return linking;
}

class LinkingTest : public ::testing::Test {
 protected:
  std::vector<PartyLink> Link(const std::string& agency, std::vector<PartyReport> parties) {
    return LinkParties(agency, parties, index_, Weights(),
                       [this] { return "new-" + std::to_string(++ids_); });
  }
  FakeIndex index_;
  int ids_ = 0;
};

TEST_F(LinkingTest, AStrangerIsANewSubject) {
  const auto links = Link("police", {{"p1", {{"telephone", "t1"}}}});
  ASSERT_EQ(links.size(), 1u);
  EXPECT_EQ(links[0].subject_id, "new-1");
  EXPECT_TRUE(links[0].new_subject);
  EXPECT_TRUE(links[0].evidence.confirmed);
}

TEST_F(LinkingTest, NameAndDateOfBirthAreEnough) {
  index_.Add({"council", "c1"}, "s1", {{"name_dob", "n1"}});
  const auto links = Link("police", {{"p1", {{"name_dob", "n1"}}}});
  EXPECT_EQ(links[0].subject_id, "s1");
  EXPECT_FALSE(links[0].new_subject);
  EXPECT_EQ(links[0].evidence, (Evidence{{"name_dob"}, 70, true}));
}

TEST_F(LinkingTest, ATelephoneAloneIsAProposal) {
  index_.Add({"council", "c1"}, "s1", {{"telephone", "t1"}});
  const auto links = Link("police", {{"p1", {{"telephone", "t1"}}}});
  EXPECT_EQ(links[0].subject_id, "new-1");
  EXPECT_THAT(links[0].proposed, ElementsAre("s1"));
}

TEST_F(LinkingTest, TelephoneAndHomeTogetherConfirm) {
  index_.Add({"council", "c1"}, "s1", {{"telephone", "t1"}, {"uprn", "u1"}});
  const auto links = Link("police", {{"p1", {{"telephone", "t1"}, {"uprn", "u1"}}}});
  EXPECT_EQ(links[0].subject_id, "s1");
  EXPECT_EQ(links[0].evidence.weight, 95);
}

TEST_F(LinkingTest, UprnAndAddressAreOneFact) {
  const std::vector<Token> home = {{"uprn", "u1"}, {"house_postcode", "h1"}};
  index_.Add({"council", "c1"}, "s1", home);
  EXPECT_THAT(FindCandidates(home, index_, Weights()), IsEmpty());
}

TEST_F(LinkingTest, TwoPeopleOfOneHouseholdStayTwo) {
  index_.Add({"council", "c1"}, "s1", {{"telephone", "t1"}, {"uprn", "u1"}, {"name_dob", "n1"}});
  const auto links =
      Link("police", {{"p1", {{"telephone", "t1"}, {"uprn", "u1"}, {"name_dob", "n2"}}}});
  EXPECT_EQ(links[0].subject_id, "new-1");
  EXPECT_THAT(links[0].proposed, ElementsAre("s1"));
}

TEST_F(LinkingTest, AMembersPersonStaysWithItsSubject) {
  index_.Add({"police", "p1"}, "s1", {{"telephone", "t1"}});
  index_.Add({"council", "c1"}, "s2", {{"name_dob", "n2"}});
  const auto links = Link("police", {{"p1", {{"name_dob", "n2"}}}});
  EXPECT_EQ(links[0].subject_id, "s1");
  EXPECT_THAT(links[0].evidence.kinds, ElementsAre("person_id"));
  EXPECT_THAT(links[0].proposed, ElementsAre("s2"));
}

TEST_F(LinkingTest, OneReportNamesANewPersonOnce) {
  const auto links = Link("police", {{"p1", {{"name_dob", "n1"}}}, {"p2", {{"name_dob", "n1"}}}});
  EXPECT_EQ(links[0].subject_id, links[1].subject_id);
  EXPECT_FALSE(links[1].new_subject);
}

TEST_F(LinkingTest, TheStrongestCandidateWinsThenTheFirstId) {
  index_.Add({"council", "c1"}, "s2", {{"name_dob", "n1"}});
  index_.Add({"fire", "f1"}, "s1", {{"name_dob", "n1"}});
  index_.Add({"fire", "f2"}, "s9", {{"name_dob", "n1"}, {"telephone", "t1"}});
  EXPECT_EQ(Link("police", {{"p1", {{"name_dob", "n1"}}}})[0].subject_id, "s1");
  EXPECT_EQ(Link("police", {{"p2", {{"name_dob", "n1"}, {"telephone", "t1"}}}})[0].subject_id,
            "s9");
}

TEST(Interests, EachAgencyOnceWithItsStrongestReason) {
  FakeIndex index;
  index.Add({"council", "c1"}, "s1", {});
  index.Add({"housing", "h1"}, "s1", {});
  index.Add({"police", "p1"}, "s1", {});
  index.places["u1"] = {"housing"};
  index.wards["E01018043"] = {"council"};
  EXPECT_THAT(FindInterests({"police", "E01018043", {"u1"}, {"s1"}}, index, index),
              ElementsAre(Interest{"council", "ward"}, Interest{"housing", "stock"},
                          Interest{"police", "reporter"}));
  EXPECT_THAT(FindInterests({"fire", "", {}, {"s1"}}, index, index),
              ElementsAre(Interest{"council", "holds_record"}, Interest{"fire", "reporter"},
                          Interest{"housing", "holds_record"}, Interest{"police", "holds_record"}));
  EXPECT_THAT(FindInterests({"fire", "E01000001", {"u2"}, {}}, index, index),
              ElementsAre(Interest{"fire", "reporter"}));
}

}  // namespace
}  // namespace waymark::intake
