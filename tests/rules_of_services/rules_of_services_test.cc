// The services answer as `waymark rules` does, on generated input: bands of the gateway's door, due
// instants of the register's clocks, repeats of risk.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <sstream>

#include "cli/rules/rules_command.h"
#include "libs/base/rfc3339.h"
#include "libs/config/load_pack.h"
#include "services/casemgr/testing/world.h"
#include "services/risk/adapters/codec.h"
#include "services/risk/adapters/history.h"
#include "services/risk/testing/plain_risk.h"
#include "services/sharing/door/domain/assess.h"

namespace waymark {
namespace {

using nlohmann::json;

// The command's answers to a pack's questions, in order.
std::vector<json> Ask(const std::vector<json>& questions, const std::string& pack) {
  std::string lines;
  for (const json& question : questions) lines += question.dump() + "\n";
  std::istringstream in(lines);
  std::ostringstream out, err;
  cli::RunRules(pack, in, out, err);
  std::istringstream answered(out.str());
  std::vector<json> answers;
  for (std::string line; std::getline(answered, line);) answers.push_back(json::parse(line));
  WM_CHECK(answers.size() == questions.size(), err.str());
  return answers;
}

class Chance {
 public:
  explicit Chance(uint64_t seed) : random_(seed) {}
  int Below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(random_); }
  bool OneIn(int many) { return Below(many) == 0; }
  template <class T>
  const T& Of(const std::vector<T>& all) {
    return all[static_cast<size_t>(Below(static_cast<int>(all.size())))];
  }

 private:
  std::mt19937_64 random_;
};

// ---- Bands ----

json Word(const std::optional<pack::Band>& band) {
  return band ? json(std::string(pack::BandName(*band))) : json();
}

json JudgementOf(const sharing::door::GivenJudgement& given) {
  return {{"band", std::string(pack::BandName(sharing::door::BandOf(given.band)))},
          {"reason", given.reason}};
}

TEST(RulesOfServices, TheDoorsBandsAreTheCommands) {
  const auto pack = config::LoadPack("fenland", "packs");
  ASSERT_TRUE(pack.ok()) << pack.status();
  Chance chance(1);
  std::vector<sharing::door::AssessInput> inputs;
  std::vector<json> questions;
  for (int i = 0; i < 3000; ++i) {
    sharing::door::AssessInput input;
    json question = {{"op", "assess"}, {"subject", "victim"}};
    for (const pack::Item& item : (*pack)->FindMatrix(pack::Subject::kVictim)->items) {
      if (!item.scored && chance.OneIn(2)) continue;
      const std::string answer =
          chance.OneIn(8) ? std::string(pack::kUnknown) : chance.Of(item.options).id;
      question["answers"][item.id] = input.answers[item.id] = answer;
    }
    if (chance.OneIn(3)) {
      input.officer = {1 + chance.Below(3), chance.OneIn(5) ? "\u00a0" : "known"};
      question["officer"] = JudgementOf(*input.officer);
    }
    if (chance.OneIn(3)) {
      input.supervisor = {1 + chance.Below(3), chance.OneIn(5) ? "" : "seen since"};
      question["supervisor"] = JudgementOf(*input.supervisor);
    }
    inputs.push_back(std::move(input));
    questions.push_back(std::move(question));
  }
  const std::vector<json> answers = Ask(questions, "fenland");
  size_t refused = 0;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const auto given = sharing::door::AssessLocally(**pack, inputs[i]);
    if (!given.ok()) {
      ++refused;
      ASSERT_EQ(answers[i]["error"]["code"], given.problem().code) << questions[i];
      ASSERT_EQ(answers[i]["error"]["field"], given.problem().field);
      continue;
    }
    const json& result = answers[i]["result"];
    const sharing::door::LocalAssessment& local = **given;
    ASSERT_EQ(result["overall"], Word(local.overall)) << questions[i];
    ASSERT_EQ(result["band"], Word(local.scored));
    ASSERT_EQ(result["band_min"], Word(local.band_min));
    ASSERT_EQ(result["band_max"], Word(local.band_max));
    ASSERT_EQ(result["score_min"], local.score_min);
    ASSERT_EQ(result["score_max"], local.score_max);
    ASSERT_EQ(result["needs"], json(local.needs));
    ASSERT_EQ(result["would_change"].size(), local.would_change.size());
    ASSERT_EQ(answers[i]["digest"], (*pack)->digest);
  }
  EXPECT_GT(refused, 20u);
}

// ---- Clocks ----

TEST(RulesOfServices, TheRegistersDueInstantsAreTheCommands) {
  const std::vector<json> specs = {{{"calendar", "elapsed"}, {"length", "PT24H"}},
                                   {{"calendar", "civil"}, {"length", "P1M"}},
                                   {{"calendar", "working"}, {"length", "P3D"}},
                                   {{"calendar", "agency"}, {"length", "PT90M"}},
                                   {{"calendar", "review"}, {"length", "P7D"}},
                                   {{"calendar", "end_of_working_day"}},
                                   {{"calendar", "reminders"}, {"days", {4, 7}}, {"then", "P7D"}}};
  Chance chance(2);
  std::vector<json> questions;
  std::vector<casemgr::Obligation> kept;
  for (int i = 0; i < 400; ++i) {
    const absl::Time start =
        casemgr::At("2026-01-01T00:00:00Z") + absl::Minutes(chance.Below(60 * 24 * 800));
    const std::string owner = chance.Of<std::string>({"police", "housing", "council", "fire"});
    const json& spec = chance.Of(specs);
    casemgr::World world(start);
    calendar::ClockSpecText text;
    text.calendar = spec["calendar"].get<std::string>();
    if (spec.contains("length")) text.length = spec["length"].get<std::string>();
    if (spec.contains("days")) text.days = spec["days"].get<std::vector<int64_t>>();
    if (spec.contains("then")) text.then = spec["then"].get<std::string>();
    for (pack::ClockRule& rule : world.pack.clocks) {
      if (rule.name == "profile_entry") rule.spec = calendar::ParseClockSpec(text).value();
    }
    world.Do([&](casemgr::Work& work) {
      DecideIncident(work, casemgr::Report("i1", owner, "s1", start), {});
      DecideRisk(work, casemgr::High("s1", owner, start, "i1"));
    });
    kept.push_back(world.Clock("profile_entry"));
    questions.push_back(
        {{"op", "clock"}, {"clock", spec}, {"start", FormatRfc3339(start)}, {"owner", owner}});
  }
  const std::vector<json> answers = Ask(questions, "fenland");
  size_t handed = 0;
  for (size_t i = 0; i < kept.size(); ++i) {
    const json& result = answers[i]["result"];
    ASSERT_EQ(result["due"], FormatRfc3339(kept[i].due_at)) << questions[i];
    ASSERT_EQ(result["due_soon"], FormatRfc3339(kept[i].due_soon_at)) << questions[i];
    ASSERT_EQ(result["owner"], kept[i].duty_of()) << questions[i];
    const bool has_cover = !result["handed_to"].is_null();
    ASSERT_EQ(has_cover ? result["handed_to"] : result["owner"], kept[i].owner) << questions[i];
    handed += has_cover;
  }
  EXPECT_GT(handed, 5u);
}

// ---- Repeats ----

struct Reported {
  std::vector<intake::v1::IncidentLinked> messages;
  json question;
};

Reported Reports(Chance& chance, absl::Time now) {
  Reported made;
  made.question = {{"op", "repeat"}, {"now", FormatRfc3339(now)}, {"incidents", json::array()}};
  for (int i = 0; i < 12; ++i) {
    const absl::Time occurred = now - absl::Hours(chance.Below(chance.OneIn(2) ? 900 : 9500));
    const absl::Time reported = std::min(now, occurred + absl::Hours(chance.Below(900)));
    const std::string id = "i" + std::to_string(i);
    const std::string type =
        chance.Of<std::string>({"noise", "noise", "rowdy_neighbours", "littering"});
    intake::v1::IncidentLinked& message = made.messages.emplace_back();
    message.set_partnership("p");
    message.set_incident_id(id);
    message.set_revision(1);
    message.set_agency("police");
    message.set_type(type);
    *message.mutable_occurred_at() = risk::ToProto(occurred);
    *message.mutable_reported_at() = risk::ToProto(reported);
    auto& party = *message.add_parties();
    party.set_person_id("person");
    party.set_subject_id("s");
    party.add_roles(common::v1::ROLE_VICTIM);
    made.question["incidents"].push_back({{"id", id},
                                          {"occurred_at", FormatRfc3339(occurred)},
                                          {"reported_at", FormatRfc3339(reported)},
                                          {"type", type},
                                          {"subject", "s"},
                                          {"location", "l"},
                                          {"agency", "police"}});
  }
  return made;
}

TEST(RulesOfServices, RisksRepeatsAreTheCommands) {
  for (const char* name : {"fenland", "south-wales", "kent-and-medway"}) {
    const auto pack = config::LoadPack(name, "packs");
    ASSERT_TRUE(pack.ok()) << pack.status();
    Chance chance(3);
    std::vector<json> questions;
    std::vector<risk::Picture> pictures;
    for (int i = 0; i < 150; ++i) {
      const absl::Time now =
          ParseRfc3339("2026-03-29T01:30:00Z").value() + absl::Hours(chance.Below(24 * 365));
      Reported reported = Reports(chance, now);
      risk::testing::PlainRisk service({{"p", *pack}});
      for (size_t at = reported.messages.size(); at > 1; --at) {
        std::swap(reported.messages[at - 1],
                  reported.messages[static_cast<size_t>(chance.Below(static_cast<int>(at)))]);
      }
      for (const auto& message : reported.messages) service.Take(message, now);
      const auto told = risk::HistoryView(service.store(), "p").PictureOf("s");
      pictures.push_back(told ? risk::FromProto(*told) : risk::Picture{});
      questions.push_back(std::move(reported.question));
    }
    const std::vector<json> answers = Ask(questions, name);
    size_t fired = 0;
    for (size_t i = 0; i < pictures.size(); ++i) {
      json given = json::array();
      for (const rules::Firing& firing : pictures[i].repeats) {
        json entry = {{"rule", firing.rule},
                      {"subject", "s"},
                      {"count", firing.count},
                      {"since", FormatRfc3339(firing.since)},
                      {"incidents", firing.incidents}};
        if (firing.type_group) entry["type_group"] = *firing.type_group;
        given.push_back(std::move(entry));
      }
      ASSERT_EQ(answers[i]["result"]["fired"], given) << name << " " << questions[i];
      fired += given.size();
    }
    EXPECT_GT(fired, 100u) << name;
  }
}

}  // namespace
}  // namespace waymark
