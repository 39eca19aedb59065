#include "libs/config/load_pack.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "libs/base/bytes.h"
#include "libs/config/file.h"
#include "libs/crypto/hash.h"

namespace waymark::config {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::vector<std::string> ShippedPacks() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator("packs")) {
    if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem().string());
  }
  return names;
}

// A copy of a shipped pack with some words replaced, in a folder of its own.
class LoadPackTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::temp_directory_path() /
              (std::string("waymark_pack_") + info->name() + std::to_string(getpid()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void Write(const std::string& name, const std::string& content) {
    std::ofstream(folder_ / name) << content;
  }

  static std::string Replaced(std::string text, const std::string& from, const std::string& to) {
    const size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return at == std::string::npos ? text : text.replace(at, from.size(), to);
  }

  // What is wrong with fenland when `from` is replaced by `to`, in its own file or in the part that
  // holds its matrices.
  std::string Complaint(const std::string& from, const std::string& to) {
    const std::string own = *ReadFile("packs/fenland.yaml");
    const std::string part = *ReadFile("packs/parts/risk-matrices.yaml");
    const bool in_part = own.find(from) == std::string::npos;
    Write("fenland.yaml", in_part ? own : Replaced(own, from, to));
    Write("risk-matrices.yaml", in_part ? Replaced(part, from, to) : part);
    const auto pack = LoadPack((folder_ / "fenland.yaml").string(), "packs");
    return pack.ok() ? "" : std::string(pack.status().message());
  }

  std::filesystem::path folder_;
};

TEST_F(LoadPackTest, EveryShippedPackLoads) {
  const std::vector<std::string> names = ShippedPacks();
  EXPECT_EQ(names.size(), 10u);
  for (const std::string& name : names) {
    const auto pack = LoadPack(name, "packs");
    ASSERT_TRUE(pack.ok()) << pack.status();
    EXPECT_EQ((*pack)->name, name);
    EXPECT_EQ((*pack)->types.size(), 14u);
    EXPECT_NE((*pack)->FindRepeatRule("case_review_6m"), nullptr);
    EXPECT_NE((*pack)->FindClock("override_review"), nullptr);
  }
}

TEST_F(LoadPackTest, FenlandSaysWhatThePracticeSays) {
  const auto loaded = LoadPack("fenland", "packs");
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  const pack::Pack& pack = **loaded;
  const pack::Matrix* ram = pack.FindMatrix(pack::Subject::kVictim);
  ASSERT_NE(ram, nullptr);
  EXPECT_EQ(ram->HighestScore(), 31);
  EXPECT_EQ(ram->medium_from, 12);
  EXPECT_EQ(ram->high_from, 24);
  EXPECT_FALSE(ram->local);
  EXPECT_TRUE(ram->floors.empty());
  EXPECT_TRUE(pack.FindMatrix(pack::Subject::kLocation)->local);
  ASSERT_NE(pack.FindAgency("housing"), nullptr);
  EXPECT_EQ(pack.FindAgency("housing")->cover, "police");
  EXPECT_EQ(pack.same_incident_window.value, absl::Hours(4));
  EXPECT_TRUE(pack.same_incident_window.local);
  EXPECT_EQ(pack.medium_towards_high->from, 20);
  EXPECT_EQ(pack.ClocksStartedBy("grade_high").size(), 2u);
  EXPECT_EQ(pack.binding_bands, std::set<pack::Band>{pack::Band::kHigh});
}

TEST_F(LoadPackTest, TheDigestIsOverTheFileAndThenItsIncludes) {
  const std::string bytes = *ReadFile("packs/fenland.yaml") + *ReadFile("packs/statutory.yaml") +
                            *ReadFile("packs/parts/risk-matrices.yaml");
  EXPECT_EQ(PackBytes("fenland", "packs").value(), bytes);
  EXPECT_EQ((*LoadPack("fenland", "packs"))->digest, "sha256:" + ToHex(crypto::Sha256(bytes)));
  Write("fenland.yaml", *ReadFile("packs/fenland.yaml") + "# a remark\n");
  EXPECT_NE((*LoadPack((folder_ / "fenland.yaml").string(), "packs"))->digest,
            "sha256:" + ToHex(crypto::Sha256(bytes)));
}

TEST_F(LoadPackTest, AnIncludeIsLookedForBesideTheFileFirst) {
  Write("fenland.yaml", *ReadFile("packs/fenland.yaml"));
  Write("statutory.yaml", Replaced(*ReadFile("packs/statutory.yaml"), "PT4H", "PT6H"));
  const auto pack = LoadPack((folder_ / "fenland.yaml").string(), "packs");
  ASSERT_TRUE(pack.ok()) << pack.status();
  EXPECT_EQ((*pack)->same_incident_window.value, absl::Hours(6));
}

TEST_F(LoadPackTest, APackReplacesAnIncludedClockAndSingleValues) {
  EXPECT_EQ(Complaint("clocks:\n",
                      "same_incident_window: {length: PT2H}\n"
                      "clocks:\n  alert_acknowledgement:\n    text: Sooner\n    calendar: agency\n"
                      "    length: PT30M\n    starts: [alert_queued]\n"
                      "    stops: [alert_acknowledged]\n    owner: receiving_agency\n"),
            "");
  const auto pack = LoadPack((folder_ / "fenland.yaml").string(), "packs");
  EXPECT_EQ((*pack)->FindClock("alert_acknowledgement")->spec.length.minutes, 30);
  EXPECT_EQ((*pack)->same_incident_window.value, absl::Hours(2));
  EXPECT_FALSE((*pack)->same_incident_window.local);
}

TEST_F(LoadPackTest, ABadPackSaysFileLineWhatWasWrongAndWhatWasWanted) {
  const std::string unknown = Complaint("version: \"1\"\n", "version: \"1\"\ncolour: red\n");
  EXPECT_THAT(unknown, StartsWith(folder_.string() + "/fenland.yaml:7: colour: found an unknown"));
  EXPECT_THAT(unknown, HasSubstr("; wanted "));
}

TEST_F(LoadPackTest, RefusesAMatrixThatDoesNotFitTogether) {
  const std::vector<std::tuple<std::string, std::string, std::string>> table = {
      {"{from: 12, to: 23}", "{from: 13, to: 23}", "wanted 12: a gap between bands, 12 to 12"},
      {"{from: 12, to: 23}", "{from: 10, to: 23}", "wanted 12: overlapping bands, 10 to 11"},
      {"{from: 12, to: 23}", "{from: 12, to: 22}", "wanted 23: a gap between bands, 23 to 23"},
      {"{from: 12, to: 23}", "{from: 12, to: 25}", "wanted 26: overlapping bands, 24 to 25"},
      {"{from: 24, to: 31}", "{from: 24, to: 32}", "wanted 31, the highest total"},
      {"{from: 12, to: 23}", "{from: 12, to: 3}", "wanted a whole number from 12"},
      {"occasionally: {score: 3", "none: {score: 3", "found this key twice"},
      {"occasionally: {score: 3", "unknown: {score: 3", "'unknown' is always an answer"},
      {"occasionally: {score: 3", "occasionally: {score: -3", "whole number from 0"},
      {"- id: escalation", "- id: frequency", "found 'frequency'; wanted each item once"},
  };
  for (const auto& [from, to, wanted] : table) {
    const std::string complaint = Complaint(from, to);
    EXPECT_THAT(complaint, HasSubstr(wanted)) << from << " -> " << to;
    EXPECT_THAT(complaint, StartsWith(folder_.string() + "/risk-matrices.yaml:")) << from;
  }
}

TEST_F(LoadPackTest, RefusesIncludesThatAreMissingOrLeadBack) {
  const std::string includes = "includes: [statutory, risk-matrices]";
  const std::string file = folder_.string() + "/fenland.yaml:8: includes";
  EXPECT_THAT(Complaint(includes, "includes: []"),
              StartsWith(file + ": found a list; wanted 'statutory' among them"));
  EXPECT_THAT(Complaint(includes, "includes: [statutory, nowhere]"),
              StartsWith(file + "[1]: found a single value; wanted a pack that exists: there is no "
                                "pack 'nowhere'"));
  EXPECT_THAT(Complaint(includes, "includes: [statutory, statutory]"),
              HasSubstr("each include once"));
  EXPECT_THAT(Complaint(includes, "includes: [statutory, fenland]"),
              StartsWith(file + "[1]: found a single value; wanted no cyclic include: fenland -> "
                                "fenland"));
  Write("one.yaml", "pack: one\nversion: \"1\"\ntext: One\nincludes: [two]\n");
  Write("two.yaml", "pack: two\nversion: \"1\"\ntext: Two\nincludes: [one]\n");
  EXPECT_THAT(Complaint(includes, "includes: [statutory, risk-matrices, one]"),
              HasSubstr("/two.yaml:4: includes[0]: found a single value; wanted no cyclic include: "
                        "fenland -> one -> two -> one"));
  Write("two.yaml", "pack: two\nversion: \"1\"\ntext: Two\nroles: {extra: Somebody}\n");
  EXPECT_EQ(Complaint(includes, "includes: [statutory, risk-matrices, one]"), "");
  const auto pack = LoadPack((folder_ / "fenland.yaml").string(), "packs");
  EXPECT_EQ((*pack)->RoleText("extra"), "Somebody");
}

TEST_F(LoadPackTest, NamesEveryMistakeOfAPackAtOnce) {
  std::string text = *ReadFile("packs/fenland.yaml");
  text = Replaced(text, "cover: police", "cover: polite");
  text = Replaced(text, "    owner: task_owner\n", "");
  text = Replaced(text, "fires_at: 3", "fires_at: often");
  Write("fenland.yaml", text + "colour: red\nroles: {a: b}\n");
  const auto pack = LoadPack((folder_ / "fenland.yaml").string(), "packs", 1000);
  const std::string message(pack.status().message());
  for (const char* wanted :
       {"agencies.housing.cover: found 'polite'",
        "clocks.update: found no such key; wanted the key 'owner': a clock without an owner",
        "repeat_rules.response_30d.fires_at: found 'often'; wanted a whole number",
        "colour: found an unknown key", "roles: found this key twice"}) {
    EXPECT_THAT(message, HasSubstr(wanted));
  }
  EXPECT_EQ(std::count(message.begin(), message.end(), '\n'), 4);
}

TEST_F(LoadPackTest, WhatIsLocalHasAReasonAndNothingElseHas) {
  EXPECT_THAT(Complaint(", reason: the practice talks without saying from which score", ""),
              HasSubstr("medium_towards_high: found no such key; wanted the key 'reason'"));
  EXPECT_THAT(Complaint("    owner: task_owner\n", "    owner: task_owner\n    reason: why not\n"),
              HasSubstr("clocks.update.reason: found a single value; wanted a reason only beside"));
  const auto fenland = *LoadPack("fenland", "packs");
  EXPECT_THAT(fenland->local_reasons.at("clocks.conference"), HasSubstr("72 hours"));
  EXPECT_FALSE(fenland->FindMatrix(pack::Subject::kVictim)->local);
  const auto sussex = *LoadPack("sussex", "packs");
  EXPECT_TRUE(sussex->FindMatrix(pack::Subject::kVictim)->local);
  EXPECT_THAT(sussex->local_reasons.at("matrices.victim"), HasSubstr("not published"));
  EXPECT_THAT(sussex->local_reasons.at("matrices.location"), HasSubstr("options and scores"));
}

TEST_F(LoadPackTest, RefusesWhatDoesNotFitTogether) {
  const std::vector<std::tuple<std::string, std::string, std::string>> table = {
      {"cover: police", "cover: polite", "found 'polite'; wanted the id of another agency"},
      {"cover: police", "cover: housing", "wanted the id of another agency"},
      {"length: PT24H", "length: P1M", "clocks.profile_entry.length: found 'P1M'; wanted"},
      {"length: PT24H", "length: PT0H", "clocks.profile_entry.length: found 'PT0H'; wanted"},
      {"length: PT24H", "length: 24h", "clocks.profile_entry.length: found '24h'; wanted"},
      {"    length: PT24H\n", "", "clocks.profile_entry: found a map; wanted the key 'length'"},
      {"calendar: end_of_working_day\n", "calendar: end_of_working_day\n    length: P1D\n",
       "clocks.update.length: found 'P1D'; wanted"},
      {"calendar: elapsed", "calendar: lunar", "found 'lunar'; wanted one of elapsed, civil"},
      {"owner: assessing_agency", "owner: nobody", "wanted a word for an owner"},
      {"    owner: task_owner\n", "", "a clock without an owner is nobody's promise"},
      {"mon: [[\"09:00\", \"17:00\"]]\n      tue: [[\"09:00\", \"17:00\"]]\n      wed: "
       "[[\"09:00\", \"17:00\"]]\n      thu: [[\"09:00\", \"17:00\"]]\n      fri: [[\"09:00\", "
       "\"17:00\"]]\n",
       "mon: []\n", "a calendar with no open day never comes due"},
      {"when: {rules: [response_30d]}", "when: {rules: [often]}", "one of the pack's repeat rules"},
      {"when: {rules: [response_30d]}", "when: {events: [often]}",
       "wanted one of advocacy_given, "},
      {"when: {rules: [response_30d]}", "when: {}", "bands, triggers, rules or events"},
      {"    role: service_centre\n", "    role: nobody\n", "one of the pack's roles"},
      {"    questions:\n      - id: q1\n",
       "    triggers: [{id: t, text: T, all: {q9: yes}}]\n    questions:\n      - id: q1\n",
       "trigger t names an unknown question"},
      {"starts: [grade_high,", "starts: [grade_hight,", "wanted one of advocacy_given, "},
      {"out_of_hours: housing_on_call", "out_of_hours: caretaker", "one of the pack's roles"},
      {"[\"09:00\", \"17:00\"]", "[\"17:00\", \"09:00\"]", "mon[0]"},
      {"[\"09:00\", \"17:00\"]", "[\"09:00\"]", "wanted two times"},
      {"hours: always", "hours: often", "'always', or periods by weekday"},
      {"not_for_types: [vehicle_nuisance]", "not_for_types: [vehicles]", "pack's types"},
      {"low: STANDARD, moderate", "low: standard, moderate", "STANDARD, MEDIUM, HIGH"},
      {"escalating: {low: MEDIUM, ", "escalating: {", "wanted the key 'low'"},
      {"window: elapsed", "window: civil", "years and months"},
      {"response_30d:", "case_review_6m:", "statutory rules cannot be replaced"},
      {"{from: 20, to: 23, local: true,", "{from: 23, to: 20, local: true,", "from 23"},
      {"answer: yes_no_unknown", "answer: maybe", "found 'maybe'; wanted one of text"},
  };
  for (const auto& [from, to, wanted] : table) {
    const std::string complaint = Complaint(from, to);
    EXPECT_THAT(complaint, HasSubstr(wanted)) << from << " -> " << to;
  }
}

TEST_F(LoadPackTest, RefusesAMatrixWithAWrongFloor) {
  const std::string items = "    items:\n      - id: frequency\n        group: offence";
  EXPECT_THAT(Complaint(items, "    floors: [{item: hat, answer: \"yes\", band: HIGH}]\n" + items),
              HasSubstr("floors[0].item: found 'hat'; wanted one of the matrix's items"));
  EXPECT_THAT(Complaint(items, "    floors: [{item: hate, answer: si, band: HIGH}]\n" + items),
              HasSubstr("one of the item's options"));
  EXPECT_THAT(Complaint(items, "    floors: [{rule: often, band: HIGH}]\n" + items),
              HasSubstr("found 'often'; wanted one of the pack's repeat rules"));
  EXPECT_EQ(Complaint(items, "    floors: [{rule: response_30d, band: HIGH}]\n" + items), "");
}

TEST_F(LoadPackTest, NamesAndPaths) {
  for (const char* name : {"", "nowhere", "..", "Fenland"}) {
    const auto pack = LoadPack(name, "packs");
    EXPECT_EQ(pack.status().code(), absl::StatusCode::kNotFound) << name;
    EXPECT_THAT(pack.status().message(), HasSubstr("fenland"));
  }
  EXPECT_EQ(LoadPack("packs/nowhere.yaml", "packs").status().code(), absl::StatusCode::kNotFound);
  Write("other.yaml", *ReadFile("packs/fenland.yaml"));
  EXPECT_THAT(LoadPack("other", folder_.string()).status().message(), HasSubstr("statutory"));
  Write("statutory.yaml", *ReadFile("packs/statutory.yaml"));
  EXPECT_THAT(LoadPack("other", folder_.string()).status().message(),
              HasSubstr("found 'fenland'; wanted the name of its file"));
}

}  // namespace
}  // namespace waymark::config
