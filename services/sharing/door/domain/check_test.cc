#include "services/sharing/door/domain/check.h"

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/config/load_pack.h"
#include "services/sharing/door/domain/limits.h"

namespace waymark::sharing::door {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const absl::Time kNow = absl::FromUnixSeconds(1'760'000'000);

// Says that what begins with '!' has no normal form.
class ShoutedIsWrong : public IdentifierCheck {
 public:
  std::optional<Problem> Check(IdentifierKind kind, std::string_view raw,
                               std::string_view field) override {
    if (raw.front() != '!') return std::nullopt;
    return Problem{"invalid_" + std::to_string(static_cast<int>(kind)), std::string(field), "", ""};
  }
};

const pack::Pack& Fenland() {
  static const std::shared_ptr<const pack::Pack> pack = *config::LoadPack("fenland", "packs");
  return *pack;
}

GivenTime At(absl::Time at) { return {true, at}; }

GivenIncident Good() {
  GivenIncident incident;
  incident.source_reference = "CAD-1";
  incident.occurred_at = At(kNow - absl::Hours(1));
  incident.reported_at = At(kNow - absl::Minutes(1));
  incident.category = 1;
  incident.type = "noise";
  incident.channel = "call_101";
  incident.parties = {{{2}, {.given_name = "Ann", .family_name = "Example"}}};
  return incident;
}

// code@field of every problem after `change`.
std::vector<std::string> ProblemsAfter(const std::function<void(GivenIncident&)>& change) {
  GivenIncident incident = Good();
  change(incident);
  ShoutedIsWrong identifiers;
  std::vector<std::string> found;
  for (const Problem& problem : CheckIncident(incident, {Fenland(), kNow, identifiers})) {
    found.push_back(problem.code + "@" + problem.field);
  }
  return found;
}

struct Case {
  std::string name;
  std::function<void(GivenIncident&)> change;
  std::vector<std::string> problems;
};

class OneChange : public ::testing::TestWithParam<Case> {};

TEST_P(OneChange, GivesExactlyItsProblem) {
  EXPECT_EQ(GetParam().problems, ProblemsAfter(GetParam().change));
}

using I = GivenIncident;
INSTANTIATE_TEST_SUITE_P(
    CheckIncident, OneChange,
    ::testing::Values(
        Case{"good", [](I&) {}, {}},
        Case{"no_reference",
             [](I& i) { i.source_reference = " "; },
             {"missing_reference@source_reference"}},
        Case{"reference_control",
             [](I& i) { i.source_reference = "a\nb"; },
             {"invalid_reference@source_reference"}},
        Case{"reference_longest", [](I& i) { i.source_reference.assign(64, 'x'); }, {}},
        Case{"reference_too_long",
             [](I& i) { i.source_reference.assign(65, 'x'); },
             {"invalid_reference@source_reference"}},
        Case{"no_time", [](I& i) { i.occurred_at = {}; }, {"missing_field@occurred_at"}},
        Case{"no_such_time",
             [](I& i) {
               i.reported_at = {true, std::nullopt};
             },
             {"impossible_date@reported_at"}},
        Case{"skew_inside", [](I& i) { i.reported_at = At(kNow + kClockSkewMax); }, {}},
        Case{"skew_outside",
             [](I& i) { i.reported_at = At(kNow + kClockSkewMax + absl::Nanoseconds(1)); },
             {"future_dated@reported_at"}},
        Case{"oldest", [](I& i) { i.occurred_at = At(absl::FromUnixSeconds(946'684'800)); }, {}},
        Case{"too_old",
             [](I& i) { i.occurred_at = At(absl::FromUnixSeconds(946'684'799)); },
             {"too_old@occurred_at"}},
        Case{
            "occurred_after_reported", [](I& i) { i.reported_at = At(kNow - absl::Hours(2)); }, {}},
        Case{"category", [](I& i) { i.category = 0; }, {"unknown_category@category"}},
        Case{"category_new", [](I& i) { i.category = 4; }, {"unknown_category@category"}},
        Case{"type", [](I& i) { i.type = "ufo"; }, {"unknown_type@type"}},
        Case{"channel", [](I& i) { i.channel = "fax"; }, {"unknown_channel@channel"}},
        Case{"most_parties", [](I& i) { i.parties.resize(20, i.parties[0]); }, {}},
        Case{"too_many_parties",
             [](I& i) { i.parties.resize(21, i.parties[0]); },
             {"too_many_parties@parties"}},
        Case{"no_role",
             [](I& i) { i.parties[0].roles.clear(); },
             {"party_without_role@parties[0].roles"}},
        Case{"role",
             [](I& i) {
               i.parties[0].roles = {1, 5};
             },
             {"unknown_role@parties[0].roles[1]"}},
        Case{"nobody",
             [](I& i) { i.parties[0].identity = {.safe_contact = "by text"}; },
             {"party_without_identifier@parties[0].identity"}},
        Case{"telephone",
             [](I& i) { i.parties[0].identity.telephone = "!"; },
             {"invalid_0@parties[0].identity.telephone"}},
        Case{"date_of_birth",
             [](I& i) { i.parties[0].identity.date_of_birth = "!"; },
             {"invalid_2@parties[0].identity.date_of_birth"}},
        Case{"uprn", [](I& i) { i.location.uprn = "!"; }, {"invalid_3@location.uprn"}},
        Case{"postcode", [](I& i) { i.location.postcode = "!"; }, {"invalid_4@location.postcode"}},
        Case{"lsoa", [](I& i) { i.lsoa = "!"; }, {"invalid_7@lsoa"}}),
    [](const auto& info) { return info.param.name; });

std::string Long(size_t characters) {
  std::string text;
  while (characters-- > 0) text += "é";  // two bytes, one character
  return text;
}

INSTANTIATE_TEST_SUITE_P(
    CheckWords, OneChange,
    ::testing::Values(
        Case{"summary_longest", [](I& i) { i.summary = Long(kSummaryCharactersMax); }, {}},
        Case{"summary_too_long",
             [](I& i) { i.summary = Long(kSummaryCharactersMax + 1); },
             {"oversized_text@summary"}},
        Case{"street_longest", [](I& i) { i.location.street = Long(kStreetCharactersMax); }, {}},
        Case{"street_too_long",
             [](I& i) { i.location.street = Long(kStreetCharactersMax + 1); },
             {"oversized_text@location.street"}},
        Case{"safe_contact_longest",
             [](I& i) { i.parties[0].identity.safe_contact = Long(kSafeContactCharactersMax); },
             {}},
        Case{"safe_contact_too_long",
             [](I& i) { i.parties[0].identity.safe_contact = Long(kSafeContactCharactersMax + 1); },
             {"oversized_text@parties[0].identity.safe_contact"}},
        Case{"harm",
             [](I& i) {
               i.grading = GivenGrading{"some", "regular"};
             },
             {"unknown_harm@grading.harm"}},
        Case{"pattern",
             [](I& i) {
               i.grading = GivenGrading{"low", "odd"};
             },
             {"unknown_pattern@grading.pattern"}},
        Case{"answers_partly",
             [](I& i) {
               i.answers = {{"hate", "unknown"}};
             },
             {}},
        Case{"item",
             [](I& i) {
               i.answers = {{"moon", "full"}};
             },
             {"unknown_matrix_item@answers.moon"}},
        Case{"item_that_is_no_code",
             [](I& i) {
               i.answers = {{"Ann Example", "yes"}};
             },
             {"unknown_matrix_item@answers"}},
        Case{"option",
             [](I& i) {
               i.answers = {{"hate", "perhaps"}};
             },
             {"unknown_matrix_option@answers.hate"}},
        Case{"no_reason",
             [](I& i) {
               i.officer = GivenJudgement{3, " "};
             },
             {"missing_reason@officer.reason"}},
        Case{"no_band",
             [](I& i) {
               i.officer = GivenJudgement{0, "because"};
             },
             {"unknown_band@officer.band"}},
        Case{"reason_longest",
             [](I& i) {
               i.officer = GivenJudgement{3, Long(kReasonCharactersMax)};
             },
             {}},
        Case{"reason_too_long",
             [](I& i) {
               i.officer = GivenJudgement{3, Long(kReasonCharactersMax + 1)};
             },
             {"oversized_text@officer.reason"}},
        Case{"action_longest", [](I& i) { i.action_taken.assign(kCodeCharactersMax, 'a'); }, {}},
        Case{"action_too_long",
             [](I& i) { i.action_taken.assign(kCodeCharactersMax + 1, 'a'); },
             {"invalid_code@action_taken"}},
        Case{"action_in_words",
             [](I& i) { i.action_taken = "spoke to Ann"; },
             {"invalid_code@action_taken"}}),
    [](const auto& info) { return info.param.name; });

TEST(CheckIncident, TellsEveryProblemInTheOrderOfTheFields) {
  EXPECT_THAT(ProblemsAfter([](GivenIncident& incident) {
                incident = GivenIncident();
                incident.lsoa = "!";
                incident.officer = GivenJudgement{};
              }),
              ElementsAre("missing_reference@source_reference", "missing_field@occurred_at",
                          "missing_field@reported_at", "unknown_category@category",
                          "unknown_type@type", "unknown_channel@channel", "invalid_7@lsoa",
                          "unknown_band@officer.band", "missing_reason@officer.reason"));
}

TEST(CheckAssessment, WantsEveryScoredItemAnswered) {
  GivenAssessment assessment{"CAD-1", {}, {}, {}};
  const size_t scored = 9;
  EXPECT_EQ(scored, CheckAssessment(assessment, Fenland(), "council").size());
  for (const pack::Item& item : Fenland().FindMatrix(pack::Subject::kVictim)->items) {
    if (item.scored) assessment.answers[item.id] = "unknown";
  }
  EXPECT_THAT(CheckAssessment(assessment, Fenland(), "council"), IsEmpty());
}

TEST(CheckAssessment, TakesAnInstrumentOfThisAgencyInsteadOfAnswers) {
  GivenAssessment assessment{"CAD-1", {}, {}, {}, GivenInstrument{"council_triage", "amber"}};
  EXPECT_THAT(CheckAssessment(assessment, Fenland(), "council"), IsEmpty());
  const auto code = [](const std::vector<Problem>& problems) {
    return problems.empty() ? "" : problems[0].code + "@" + problems[0].field;
  };
  EXPECT_EQ(code(CheckAssessment(assessment, Fenland(), "police")),
            "unknown_instrument_result@instrument_result");
  assessment.instrument->result = "blue";
  EXPECT_EQ(code(CheckAssessment(assessment, Fenland(), "council")),
            "unknown_instrument_result@instrument_result");
  assessment.answers["hate"] = "yes";
  EXPECT_EQ(code(CheckAssessment(assessment, Fenland(), "council")),
            "instrument_and_answers@instrument");
}

TEST(CheckStock, TakesOneThousandEntriesAndNotOneMore) {
  ShoutedIsWrong identifiers;
  const CheckContext context{Fenland(), kNow, identifiers};
  GivenStock stock;
  EXPECT_EQ("missing_field", CheckStock(stock, context)[0].code);
  stock.uprns.assign(kStockEntriesMax, "100000000001");
  EXPECT_THAT(CheckStock(stock, context), IsEmpty());
  stock.lsoas.push_back("E01018043");
  EXPECT_EQ("too_many_entries", CheckStock(stock, context)[0].code);
}

TEST(CheckLookUp, WantsSomebodyAPurposeAndAReason) {
  ShoutedIsWrong identifiers;
  const CheckContext context{Fenland(), kNow, identifiers};
  std::vector<std::string> codes;
  for (const Problem& problem : CheckLookUp({}, {"prevent_asb"}, context)) {
    codes.push_back(problem.code);
  }
  EXPECT_THAT(codes, ElementsAre("nothing_asked", "unknown_purpose", "missing_reason"));
  GivenLookUp good{{.telephone = "0113 496 0001"}, "prevent_asb", "caller on the line"};
  EXPECT_THAT(CheckLookUp(good, {"prevent_asb"}, context), IsEmpty());
  good.type = "noise";
  EXPECT_THAT(CheckLookUp(good, {"prevent_asb"}, context), IsEmpty());
  good.type = "loudness";
  const std::vector<Problem> unknown = CheckLookUp(good, {"prevent_asb"}, context);
  ASSERT_EQ(unknown.size(), 1u);
  EXPECT_EQ(unknown[0].code + " " + unknown[0].field, "unknown_type type");
}

TEST(CheckMembership, NamesTheWrongPartnershipAndTheWrongAgency) {
  EXPECT_EQ("wrong_partnership", CheckMembership("other", "police", "fenland", "police")->code);
  EXPECT_EQ("wrong_agency", CheckMembership("fenland", "fire", "fenland", "police")->code);
  EXPECT_EQ(std::nullopt, CheckMembership("fenland", "police", "fenland", "police"));
}

}  // namespace
}  // namespace waymark::sharing::door
