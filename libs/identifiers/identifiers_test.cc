#include "libs/identifiers/identifiers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace waymark::identifiers {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const absl::CivilDay kToday(2026, 3, 2);

struct Case {
  const char* raw;
  const char* normal;  // nullptr: refused
};

template <typename Function>
void Check(const std::vector<Case>& cases, const char* code, Function normalise) {
  for (const Case& c : cases) {
    const Normalised result = normalise(c.raw, "persons[0].x");
    if (c.normal != nullptr) {
      ASSERT_TRUE(result.ok()) << "'" << c.raw << "': " << Describe(result.problem());
      EXPECT_EQ(*result, c.normal) << c.raw;
      continue;
    }
    ASSERT_FALSE(result.ok()) << "'" << c.raw << "' gave " << *result;
    EXPECT_EQ(result.problem().code, code);
    EXPECT_EQ(result.problem().field, "persons[0].x");
    EXPECT_FALSE(result.problem().remedy.empty());
    if (std::string_view(c.raw).size() > 3) {
      EXPECT_THAT(Describe(result.problem()), Not(HasSubstr(c.raw)));
    }
  }
}

TEST(Telephone, BecomesE164) {
  Check({{"0113 496 0123", "+441134960123"},
         {"(0113) 496-0123", "+441134960123"},
         {"+44 113 496 0123", "+441134960123"},
         {"0044 113 496 0123", "+441134960123"},
         {"+44 (0)113 496 0123", "+441134960123"},
         {"07700 900123", "+447700900123"},
         {"07700900123 ext. 4", "+447700900123"},
         {"+353 20 910 1234", "+353209101234"},
         {"496 0123", nullptr},
         {"01", nullptr},
         {"0113 496 0123 0123 0123", nullptr},
         {"withheld", nullptr},
         {"", nullptr},
         {"\xff\xfe", nullptr}},
        "invalid_telephone", [](auto raw, auto field) { return NormaliseTelephone(raw, field); });
}

TEST(Telephone, TheCacheGivesTheSameAndForgets) {
  TelephoneCache cache(2);
  for (int round = 0; round < 3; ++round) {
    for (const char* raw : {"0113 496 0123", "0113 496 0124", "0113 496 0125", "nonsense"}) {
      const Normalised direct = NormaliseTelephone(raw, "f");
      const Normalised cached = cache.Normalise(raw, "f");
      ASSERT_EQ(direct.ok(), cached.ok());
      if (direct.ok()) {
        EXPECT_EQ(*direct, *cached);
      } else {
        EXPECT_EQ(direct.problem(), cached.problem());
      }
    }
  }
}

TEST(PersonName, IsFoldedInOrder) {
  Check({{"Dr. Zoë O'Neill-Smith", "zoe oneill smith"},
         {"zoe o\xe2\x80\x99neill  smith", "zoe oneill smith"},
         {"MRS MARY ANN EXAMPLE", "mary ann example"},
         {"Mr Mr", "mr"},
         {"Dr", "dr"},
         {"Søren Łukasz Straße", "soren lukasz strasse"},
         {"\xef\xbc\xa1\xef\xbd\x8e\xef\xbd\x8e", "ann"},
         {"Ｊosé\xcc\x81 Núñez", "jose nunez"},
         {"王 小明", "王 小明"},
         {"Smith, John", "smith john"},
         {"", nullptr},
         {"  ", nullptr},
         {"1234", nullptr},
         {"---", nullptr},
         {"\xc3\x28 bad", nullptr}},
        "invalid_name", [](auto raw, auto field) { return NormaliseName(raw, field); });
  EXPECT_FALSE(NormaliseName(std::string(513, 'a'), "f").ok());
  EXPECT_TRUE(NormaliseName(std::string(512, 'a'), "f").ok());
}

TEST(PersonName, HasAPhoneticKey) {
  // The National Archives' own examples.
  for (const auto& [name, key] :
       std::vector<std::pair<std::string, std::string>>{{"a washington", "W252-A"},
                                                        {"a lee", "L000-A"},
                                                        {"a gutierrez", "G362-A"},
                                                        {"a pfister", "P236-A"},
                                                        {"a jackson", "J250-A"},
                                                        {"a tymczak", "T522-A"},
                                                        {"a ashcraft", "A261-A"},
                                                        {"mary ann robert", "R163-M"},
                                                        {"m rupert", "R163-M"}}) {
    EXPECT_EQ(PhoneticKey(name), key) << name;
  }
  EXPECT_FALSE(PhoneticKey("madonna").has_value());
  EXPECT_FALSE(PhoneticKey("王 小明").has_value());
}

TEST(DateOfBirth, ExistsAndIsPlausible) {
  Check({{"1984-02-29", "1984-02-29"},
         {"29/02/1984", "1984-02-29"},
         {"1/5/2001", "2001-05-01"},
         {" 01.05.2001 ", "2001-05-01"},
         {"2026-03-02", "2026-03-02"},
         {"1896-03-02", "1896-03-02"},
         {"1896-03-01", nullptr},
         {"2026-03-03", nullptr},
         {"1983-02-29", nullptr},
         {"31/04/2001", nullptr},
         {"2001-13-01", nullptr},
         {"2001-00-10", nullptr},
         {"05/2001", nullptr},
         {"1/5/01", nullptr},
         {"unknown", nullptr},
         {"", nullptr}},
        "invalid_date_of_birth",
        [](auto raw, auto field) { return NormaliseDateOfBirth(raw, field, kToday); });
}

TEST(Uprn, HasTwelveDigits) {
  Check({{"100090000123", "100090000123"},
         {" 10009000123 ", "010009000123"},
         {"0", nullptr},
         {"000000000000", nullptr},
         {"1000900001234", nullptr},
         {"10009000A123", nullptr},
         {"", nullptr}},
        "invalid_uprn", [](auto raw, auto field) { return NormaliseUprn(raw, field); });
}

TEST(Usrn, HasEightDigits) {
  Check({{"20600123", "20600123"}, {"4700123", "04700123"}, {"206001234", nullptr}, {"", nullptr}},
        "invalid_usrn", [](auto raw, auto field) { return NormaliseUsrn(raw, field); });
}

TEST(Postcode, HasItsSpace) {
  Check({{"pe132ab", "PE13 2AB"},
         {"PE13 2AB", "PE13 2AB"},
         {" p e 1 3 2 a b ", "PE13 2AB"},
         {"m11ae", "M1 1AE"},
         {"W1A 0AX", "W1A 0AX"},
         {"EC1A 1BB", "EC1A 1BB"},
         {"gir 0aa", "GIR 0AA"},
         {"PE13", nullptr},
         {"PE13 2CB", nullptr},
         {"QE13 2AB", nullptr},
         {"PJ13 2AB", nullptr},
         {"PE133 2AB", nullptr},
         {"1E13 2AB", nullptr},
         {"", nullptr}},
        "invalid_postcode", [](auto raw, auto field) { return NormalisePostcode(raw, field); });
  EXPECT_EQ(OutwardPart("PE13 2AB"), "PE13");
  EXPECT_EQ(OutwardPart("M1 1AE"), "M1");
}

TEST(House, IsFolded) {
  Check({{"12A", "12a"},
         {"12 a", "12a"},
         {"Flat 2, 14-A", "flat 2 14a"},
         {"Rose Cottage", "rose cottage"},
         {"St. Anne's", "st annes"},
         {"", nullptr},
         {" , ", nullptr}},
        "invalid_house", [](auto raw, auto field) { return NormaliseHouse(raw, field); });
}

TEST(Email, IsLowerCaseWithAnAsciiDomain) {
  Check({{" Ann.Example@Example.ORG ", "ann.example@example.org"},
         {"ann+asb@example.org", "ann+asb@example.org"},
         {"ann@B\xc3\xbc\x63her.example", "ann@xn--bcher-kva.example"},
         {"ann@xn--bcher-kva.example", "ann@xn--bcher-kva.example"},
         {"ann", nullptr},
         {"ann@", nullptr},
         {"@example.org", nullptr},
         {"ann@localhost", nullptr},
         {"ann..b@example.org", nullptr},
         {".ann@example.org", nullptr},
         {"ann@exa mple.org", nullptr},
         {"ann@example..org", nullptr},
         {"a|b@example.org", nullptr},
         {"", nullptr}},
        "invalid_email", [](auto raw, auto field) { return NormaliseEmail(raw, field); });
}

TEST(Lsoa, IsOfEnglandOrWales) {
  Check({{"e01018043", "E01018043"},
         {"W01000123", "W01000123"},
         {"S01000123", nullptr},
         {"E0101804", nullptr},
         {"E02018043", nullptr},
         {"E0101804X", nullptr},
         {"", nullptr}},
        "invalid_lsoa", [](auto raw, auto field) { return NormaliseLsoa(raw, field); });
}

Identity Ann() {
  Identity ann;
  ann.given_name = "Ann";
  ann.family_name = "Example";
  ann.date_of_birth = "30/04/1961";
  ann.telephone = "0113 496 0001";
  ann.email = "Ann@Example.org";
  ann.uprn = "10009000123";
  ann.house = "12 A";
  ann.postcode = "pe132ab";
  return ann;
}

TEST(Tokens, AreMadeOfEverythingThatIsKnown) {
  TelephoneCache cache;
  const TokenInputs tokens = MakeTokenInputs(Ann(), kToday, "", cache);
  EXPECT_THAT(tokens.problems, IsEmpty());
  EXPECT_THAT(tokens.inputs,
              ElementsAre(TokenInput{TokenKind::kTelephone, "+441134960001"},
                          TokenInput{TokenKind::kEmail, "ann@example.org"},
                          TokenInput{TokenKind::kNameDob, "ann example|1961-04-30"},
                          TokenInput{TokenKind::kPhoneticDob, "E251-A|1961-04-30"},
                          TokenInput{TokenKind::kHousePostcode, "12a|PE13 2AB"},
                          TokenInput{TokenKind::kUprn, "010009000123"},
                          TokenInput{TokenKind::kNamePostcode, "ann example|PE13 2AB"}));
}

TEST(Tokens, OneBadFieldCostsOnlyItsOwn) {
  TelephoneCache cache;
  Identity ann = Ann();
  ann.postcode = "nowhere";
  ann.telephone = "none";
  const TokenInputs tokens = MakeTokenInputs(ann, kToday, "persons[3].", cache);
  ASSERT_EQ(tokens.problems.size(), 2u);
  EXPECT_EQ(tokens.problems[0].field, "persons[3].telephone");
  EXPECT_EQ(tokens.problems[1].field, "persons[3].address.postcode");
  std::vector<TokenKind> kinds;
  for (const TokenInput& input : tokens.inputs) kinds.push_back(input.kind);
  EXPECT_THAT(kinds, ElementsAre(TokenKind::kEmail, TokenKind::kNameDob, TokenKind::kPhoneticDob,
                                 TokenKind::kUprn));
}

TEST(Tokens, AGivenNameAloneIdentifiesNobody) {
  TelephoneCache cache;
  Identity ann;
  ann.given_name = "Ann";
  ann.date_of_birth = "1961-04-30";
  EXPECT_THAT(MakeTokenInputs(ann, kToday, "", cache).inputs, IsEmpty());
  EXPECT_THAT(MakeTokenInputs({}, kToday, "", cache).inputs, IsEmpty());
}

TEST(Tokens, KindsHaveTheirNames) {
  EXPECT_EQ(Name(TokenKind::kTelephone), "telephone");
  EXPECT_EQ(Name(TokenKind::kPhoneticDob), "phonetic_dob");
  EXPECT_EQ(Name(TokenKind::kNamePostcode), "name_postcode");
}

}  // namespace
}  // namespace waymark::identifiers
