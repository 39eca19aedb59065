// The ops about judgement: assess, effective, ask.
#include "cli/rules/rules_testing.h"

namespace waymark::cli {
namespace {

// Scores 21: MEDIUM, three points under HIGH.
json Base() {
  return {{"frequency", "frequently"}, {"escalation", "yes"}, {"offender_known", "well"},
          {"targeted", "family"},      {"hate", "no"},        {"intimidation", "current"},
          {"effect", "distressed"},    {"support", "few"},    {"personal_risk", "no"}};
}

json Assess(const json& changes, const json& members = json::object()) {
  json question = {{"op", "assess"}, {"subject", "victim"}, {"answers", Base()}};
  question["answers"].update(changes);
  question.update(members);
  return question;
}

TEST(RulesAssess, BandsBeginWhereThePackSays) {
  const std::vector<std::tuple<json, int, std::string>> table = {
      {{{"intimidation", "no"}, {"frequency", "none"}}, 11, "STANDARD"},
      {{{"intimidation", "no"}, {"frequency", "none"}, {"offender_known", "yes"}}, 10, "STANDARD"},
      {{{"intimidation", "no"}, {"frequency", "none"}, {"hate", "yes"}}, 14, "MEDIUM"},
      {{{"intimidation", "no"}, {"support", "isolated"}, {"frequency", "none"}}, 13, "MEDIUM"},
      {{{"intimidation", "reputation"}, {"frequency", "none"}, {"support", "close"}}, 12, "MEDIUM"},
      {{{"effect", "health"}}, 23, "MEDIUM"},
      {{{"hate", "yes"}}, 24, "HIGH"},
  };
  for (const auto& [changes, score, band] : table) {
    const json result = ResultOf(Assess(changes));
    EXPECT_EQ(result["score"], score) << changes;
    EXPECT_EQ(result["band"], band) << changes;
    EXPECT_EQ(result["overall"], band) << changes;
  }
}

TEST(RulesAssess, AnUnknownIsARangeAndNotAZero) {
  const json result = ResultOf(Assess({{"hate", "unknown"}, {"other_agencies", "unknown"}}));
  EXPECT_EQ(result["score_min"], 21);
  EXPECT_EQ(result["score_max"], 24);
  EXPECT_TRUE(result["score"].is_null());
  EXPECT_EQ(result["band_min"], "MEDIUM");
  EXPECT_EQ(result["band_max"], "HIGH");
  EXPECT_TRUE(result["band"].is_null());
  EXPECT_TRUE(result["overall"].is_null());
  EXPECT_EQ(result["needs"], json({"officer.band"}));
  const json contributions = result["contributions"];
  ASSERT_EQ(contributions.size(), 9u);
  EXPECT_EQ(contributions[0],
            json({{"item", "frequency"}, {"answer", "frequently"}, {"score", 5}}));
  EXPECT_EQ(contributions[4],
            json({{"item", "hate"}, {"answer", "unknown"}, {"score_min", 0}, {"score_max", 3}}));
}

TEST(RulesAssess, WouldChangeIsInThePacksOrder) {
  const json result = ResultOf(Assess({{"hate", "unknown"}}));
  std::string order;
  for (const json& change : result["would_change"]) {
    order += change["item"].get<std::string>() + "=" + change["answer"].get<std::string>() + ":" +
             change["band_min"].get<std::string>() + "-" + change["band_max"].get<std::string>() +
             " ";
  }
  EXPECT_EQ(
      order,
      "frequency=none:MEDIUM-MEDIUM frequency=occasionally:MEDIUM-MEDIUM "
      "escalation=no:MEDIUM-MEDIUM offender_known=no:MEDIUM-MEDIUM "
      "offender_known=yes:MEDIUM-MEDIUM targeted=no:MEDIUM-MEDIUM "
      "targeted=several:MEDIUM-MEDIUM hate=no:MEDIUM-MEDIUM hate=yes:HIGH-HIGH "
      "intimidation=no:MEDIUM-MEDIUM intimidation=reputation:MEDIUM-MEDIUM "
      "intimidation=past:MEDIUM-MEDIUM effect=none:MEDIUM-MEDIUM "
      "effect=routine:MEDIUM-MEDIUM support=close:MEDIUM-MEDIUM personal_risk=yes:HIGH-HIGH ");
}

TEST(RulesAssess, OverallFollowsOfficerAndSupervisor) {
  struct Case {
    json changes, officer, supervisor;
    std::string expected;  // an overall band, "null", or an error
  };
  const json unknown = {{"hate", "unknown"}};  // MEDIUM to HIGH
  const json none = json::object();
  const auto by = [](const char* band, const char* reason) {
    return json{{"band", band}, {"reason", reason}};
  };
  const std::vector<Case> table = {
      {none, nullptr, nullptr, "MEDIUM"},
      {none, {{"band", "MEDIUM"}}, nullptr, "MEDIUM"},
      {none, {{"band", "MEDIUM"}, {"reason", nullptr}}, nullptr, "MEDIUM"},
      {none, {{"band", "HIGH"}}, nullptr, "missing_field officer.reason"},
      {none, by("HIGH", " \t"), nullptr, "missing_field officer.reason"},
      {none, {{"band", "HIGH"}, {"reason", nullptr}}, nullptr, "missing_field officer.reason"},
      {none, by("HIGH", "why"), nullptr, "HIGH"},
      {none, by("STANDARD", "why"), nullptr, "MEDIUM"},
      {unknown, nullptr, nullptr, "null"},
      {unknown, {{"band", "MEDIUM"}}, nullptr, "missing_field officer.reason"},
      {unknown, {{"band", "HIGH"}}, nullptr, "missing_field officer.reason"},
      {unknown, by("STANDARD", "why"), nullptr, "MEDIUM"},
      {unknown, by("HIGH", "why"), nullptr, "HIGH"},
      {none, nullptr, {{"band", "MEDIUM"}}, "MEDIUM"},
      {none, nullptr, {{"band", "HIGH"}}, "HIGH"},
      {none, nullptr, {{"band", "STANDARD"}}, "missing_field supervisor.reason"},
      {none, nullptr, by("STANDARD", "why"), "STANDARD"},
      {none, by("HIGH", "why"), {{"band", "MEDIUM"}}, "missing_field supervisor.reason"},
      {none, by("HIGH", "why"), by("MEDIUM", "why"), "MEDIUM"},
      {none, by("STANDARD", "why"), {{"band", "MEDIUM"}}, "MEDIUM"},
      {none, by("STANDARD", "why"), {{"band", "STANDARD"}}, "missing_field supervisor.reason"},
      {unknown, nullptr, {{"band", "MEDIUM"}}, "MEDIUM"},
      {unknown, nullptr, {{"band", "STANDARD"}}, "missing_field supervisor.reason"},
      {none, {{"band", "HIGH"}}, by("MEDIUM", "why"), "missing_field officer.reason"},
  };
  for (const Case& one : table) {
    const json question =
        Assess(one.changes, {{"officer", one.officer}, {"supervisor", one.supervisor}});
    const json answer = Put(question);
    std::string got = "null";
    if (answer.contains("error")) {
      got = ErrorOf(question);
    } else if (!answer["result"]["overall"].is_null()) {
      got = answer["result"]["overall"];
    }
    EXPECT_EQ(got, one.expected) << question;
    if (got == one.expected && answer.contains("result")) {
      EXPECT_EQ(answer["result"]["needs"].empty(), got != "null");
    }
  }
}

TEST(RulesAssess, RefusesWithThePathOfTheSmallestWrongValue) {
  const std::vector<std::pair<json, std::string>> table = {
      {Assess({{"hate", "maybe"}}), "out_of_range answers.hate"},
      {Assess({{"hate", 1}}), "out_of_range answers.hate"},
      {Assess({{"hate", nullptr}}), "out_of_range answers.hate"},
      {Assess({{"hat", "no"}}), "unknown_field answers.hat"},
      {Assess({{"other_agencies", "many"}}), "out_of_range answers.other_agencies"},
      {Assess(json::object(), {{"answers", json::array()}}), "out_of_range answers"},
      {Assess(json::object(), {{"answers", nullptr}}), "out_of_range answers"},
      {Assess(json::object(), {{"subject", "witness"}}), "out_of_range subject"},
      {Assess(json::object(), {{"officer", "HIGH"}}), "out_of_range officer"},
      {Assess(json::object(), {{"officer", json::object()}}), "missing_field officer.band"},
      {Assess(json::object(), {{"officer", {{"band", nullptr}}}}), "out_of_range officer.band"},
      {Assess(json::object(), {{"officer", {{"band", "high"}}}}), "out_of_range officer.band"},
      {Assess(json::object(), {{"officer", {{"band", "MEDIUM"}, {"name", "x"}}}}),
       "unknown_field officer.name"},
      {Assess(json::object(), {{"officer", {{"band", "HIGH"}, {"reason", 1}}}}),
       "out_of_range officer.reason"},
      {Assess(json::object(), {{"repeat_fired", "response_30d"}}), "out_of_range repeat_fired"},
      {Assess(json::object(), {{"repeat_fired", {"response_30d", 3}}}),
       "out_of_range repeat_fired[1]"},
      {Assess(json::object(), {{"repeat_fired", {"repeat_3m"}}}), "not_in_pack repeat_fired[0]"},
  };
  for (const auto& [question, expected] : table) EXPECT_EQ(ErrorOf(question), expected) << question;
  json question = Assess(json::object());
  question["answers"].erase("effect");
  EXPECT_EQ(ErrorOf(question), "missing_field answers.effect");
  question = Assess({{"others_affected", nullptr}}, {{"repeat_fired", {"response_30d"}}});
  EXPECT_EQ(ResultOf(question)["fired"], json::array());
}

TEST(RulesEffective, OnlyALiveHighBinds) {
  const auto ask = [](std::initializer_list<json> assessments) {
    json question = {{"op", "effective"}, {"now", "2026-03-10T12:00:00Z"}};
    question["assessments"] = json::array();
    for (const json& one : assessments) question["assessments"].push_back(one);
    return question;
  };
  const auto high = [](const char* agency, const json& members = json::object()) {
    json one = {{"agency", agency}, {"overall", "HIGH"}, {"at", "2026-03-10T12:00:00Z"}};
    one.update(members);
    return one;
  };
  const auto by = [&](std::initializer_list<json> assessments) {
    return ResultOf(ask(assessments)).value("by", json());
  };
  EXPECT_EQ(by({high("police"), high("council"), high("police")}),
            json::array({"council", "police"}));
  EXPECT_EQ(by({high("police", {{"at", "2026-03-10T12:00:00.001Z"}})}), json::array());
  EXPECT_EQ(by({high("police", {{"at", "2026-03-10T13:00:00+01:00"}})}), json::array({"police"}));
  EXPECT_EQ(by({high("police", {{"expires_at", "2026-03-10T12:00:00Z"}})}), json::array());
  EXPECT_EQ(by({high("police", {{"expires_at", "2026-03-10T12:00:01Z"}})}),
            json::array({"police"}));
  EXPECT_EQ(by({high("police", {{"superseded_at", "2026-03-10T11:00:00Z"}})}), json::array());
  EXPECT_EQ(by({high("police", {{"superseded_at", nullptr}})}), json::array({"police"}));
  EXPECT_EQ(by({high("police", {{"overall", "MEDIUM"}})}), json::array());
  EXPECT_EQ(by({high("police", {{"overall", nullptr}})}), json::array());
  EXPECT_EQ(ResultOf(ask({})), json({{"band", nullptr}, {"by", json::array()}}));

  EXPECT_EQ(ErrorOf(ask({high("police", {{"overall", "LOW"}})})),
            "out_of_range assessments[0].overall");
  json without = high("police");
  without.erase("overall");
  EXPECT_EQ(ErrorOf(ask({high("fire"), without})), "missing_field assessments[1].overall");
  EXPECT_EQ(ErrorOf(ask({high("police", {{"at", "2026-03-10T12:00:00"}})})),
            "out_of_range assessments[0].at");
  EXPECT_EQ(ErrorOf(ask({high("police", {{"at", nullptr}})})), "out_of_range assessments[0].at");
  EXPECT_EQ(ErrorOf(ask({high("police", {{"note", 1}})})), "unknown_field assessments[0].note");
  EXPECT_EQ(ErrorOf(ask({3})), "out_of_range assessments[0]");
}

TEST(RulesAsk, RefusesWhatTheSetDoesNotKnow) {
  const auto ask = [](const json& answers) {
    return json{{"op", "ask"}, {"set", "leicestershire"}, {"answers", answers}};
  };
  const std::string pack = "leicestershire";
  EXPECT_EQ(ErrorOf(ask({{"vulnerable", "Yes"}}), pack), "out_of_range answers.vulnerable");
  EXPECT_EQ(ErrorOf(ask({{"vulnerable", true}}), pack), "out_of_range answers.vulnerable");
  EXPECT_EQ(ErrorOf(ask({{"vulnerable_text", 3}}), pack), "out_of_range answers.vulnerable_text");
  EXPECT_EQ(ErrorOf(ask({{"q1", "yes"}}), pack), "unknown_field answers.q1");
  EXPECT_EQ(ErrorOf({{"op", "ask"}, {"set", "victor"}, {"answers", {}}}, pack), "not_in_pack set");
  EXPECT_EQ(ErrorOf({{"op", "ask"}, {"set", "victor-e"}}, pack), "missing_field answers");
  const json left_out =
      ResultOf(ask({{"vulnerable", nullptr}, {"vulnerable_text", nullptr}}), pack);
  EXPECT_EQ(left_out["missing"], json({"repeat_victim", "vulnerable", "safeguarding"}));
}

}  // namespace
}  // namespace waymark::cli
