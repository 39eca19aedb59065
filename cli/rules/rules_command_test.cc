#include "cli/rules/rules_testing.h"

namespace waymark::cli {
namespace {

const json kGrade = {{"op", "grade"}, {"harm", "low"}, {"pattern", "isolated"}};

TEST(RulesCommand, AnswersEveryLineInOrderAndEchoesIds) {
  const Session run = RunLines(
      "{\"op\":\"grade\",\"harm\":\"low\",\"pattern\":\"regular\",\"id\":\"a\"}\n"
      "\n"
      "{\"op\":\n"
      "[1]\n"
      "{\"id\":{\"n\":[1.50,null,true]},\"op\":\"grade\",\"harm\":\"low\","
      "\"pattern\":\"regular\"}\n"
      "{\"op\":\"grade\",\"harm\":\"low\",\"pattern\":\"regular\"}");
  EXPECT_EQ(run.status, kSomeNotAnswered);
  ASSERT_EQ(run.answers.size(), 6u);
  EXPECT_EQ(run.answers[0]["id"], "a");
  for (size_t i = 1; i <= 3; ++i) {
    EXPECT_EQ(run.answers[i]["error"]["code"], "malformed");
    EXPECT_TRUE(run.answers[i]["error"]["field"].is_null());
    EXPECT_TRUE(run.answers[i]["error"].contains("field"));
    EXPECT_THAT(run.answers[i]["error"]["message"].get<std::string>(),
                testing::HasSubstr("line " + std::to_string(i + 1)));
  }
  EXPECT_THAT(run.raw, testing::HasSubstr("{\"id\":{\"n\":[1.50,null,true]},\"result\""));
  EXPECT_TRUE(run.answers[5]["id"].is_null());
  EXPECT_EQ(run.answers[5]["pack"], "fenland");
  EXPECT_THAT(run.answers[5]["digest"].get<std::string>(),
              testing::MatchesRegex("sha256:[0-9a-f]{64}"));
}

TEST(RulesCommand, ExitStatusSaysWhatHappened) {
  EXPECT_EQ(RunLines("").status, kAllAnswered);
  EXPECT_EQ(RunLines(kGrade.dump()).status, kAllAnswered);
  EXPECT_EQ(RunLines("x\n" + kGrade.dump()).status, kSomeNotAnswered);
  const Session unknown = RunLines(kGrade.dump(), "nowhere");
  EXPECT_EQ(unknown.status, kBadUsageOrPack);
  EXPECT_EQ(unknown.raw, "");
  EXPECT_THAT(unknown.error, testing::HasSubstr("no pack 'nowhere'; wanted one of "));
}

TEST(RulesCommand, ALineMayNameItsPack) {
  json question = kGrade;
  question["pack"] = "statutory";
  EXPECT_EQ(ErrorOf(question), "not_in_pack op");
  question["pack"] = "nowhere";
  EXPECT_EQ(ErrorOf(question), "not_in_pack pack");
  question["pack"] = "../packs";
  EXPECT_EQ(ErrorOf(question), "not_in_pack pack");
  question["pack"] = 7;
  EXPECT_EQ(ErrorOf(question), "out_of_range pack");
  question["pack"] = nullptr;
  EXPECT_EQ(Put(question)["pack"], "fenland");
  question["pack"] = "packs/fenland.yaml";
  EXPECT_EQ(Put(question, "statutory")["pack"], "fenland");
}

TEST(RulesCommand, RefusesALineThatIsNotAQuestion) {
  EXPECT_EQ(ErrorOf(json::object()), "missing_field op");
  EXPECT_EQ(ErrorOf({{"op", nullptr}}), "out_of_range op");
  EXPECT_EQ(ErrorOf({{"op", 1}}), "out_of_range op");
  EXPECT_EQ(ErrorOf({{"op", "guess"}}), "unknown_op op");
  json question = kGrade;
  question["colour"] = "red";
  EXPECT_EQ(ErrorOf(question), "unknown_field colour");
}

// Each line was once answered otherwise than the specification says.
TEST(RulesCommand, OnceAnsweredWrongly) {
  const std::string good = "{\"op\":\"grade\",\"harm\":\"low\",\"pattern\":\"regular\",\"id\":";
  const std::string deep = std::string(700, '[') + std::string(700, ']');
  const std::string many = std::string(400, '9');
  for (const std::string& id : {std::string("1e999"), many, deep, std::string("\"\\ud800\""),
                                std::string("[ 1.50 , \"a b\" ]")}) {
    std::istringstream in(good + id + "}\n");
    std::ostringstream out, err;
    EXPECT_EQ(RunRules("fenland", in, out, err), kAllAnswered) << id;
    const std::string echoed = id[0] == '[' && id[1] == ' ' ? "[1.50,\"a b\"]" : id;
    EXPECT_THAT(out.str(), testing::StartsWith("{\"id\":" + echoed + ",\"result\"")) << id;
  }
  const json clock = {{"op", "clock"}, {"clock", "update"}, {"start", "2026-03-06T18:00:00Z"}};
  json owner = clock;
  owner["owner"] = {{"name", "a"}, {"hours", {{"mon", "all day"}, {"someday", 7}}}};
  EXPECT_EQ(ErrorOf(owner), "unknown_field owner.hours.someday");
  json effective = {{"op", "effective"}, {"assessments", json::array()}};
  for (const char* now : {"2026-03-01T09:30:60Z", "9999-12-31T23:59:59-01:00"}) {
    effective["now"] = now;
    EXPECT_EQ(ErrorOf(effective), "out_of_range now") << now;
  }
  json assess = {{"op", "assess"},
                 {"subject", "victim"},
                 {"answers",
                  {{"frequency", "none"},
                   {"escalation", "no"},
                   {"offender_known", "no"},
                   {"targeted", "no"},
                   {"hate", "no"},
                   {"intimidation", "no"},
                   {"effect", "none"},
                   {"support", "close"},
                   {"personal_risk", "no"}}},
                 {"officer", {{"band", "HIGH"}, {"reason", "\u00a0\u3000"}}}};
  EXPECT_EQ(ErrorOf(assess), "missing_field officer.reason");
}

TEST(RulesCommand, GradesByTheTable) {
  const std::vector<std::tuple<std::string, std::string, std::string>> table = {
      {"low", "isolated", "STANDARD"},       {"moderate", "isolated", "STANDARD"},
      {"significant", "isolated", "MEDIUM"}, {"low", "regular", "STANDARD"},
      {"moderate", "regular", "MEDIUM"},     {"significant", "regular", "HIGH"},
      {"low", "escalating", "MEDIUM"},       {"moderate", "escalating", "MEDIUM"},
      {"significant", "escalating", "HIGH"},
  };
  for (const auto& [harm, pattern, band] : table) {
    const json result = ResultOf({{"op", "grade"}, {"harm", harm}, {"pattern", pattern}});
    EXPECT_EQ(result["band"], band) << harm << " " << pattern;
    EXPECT_FALSE(result["duties"].empty());
  }
  EXPECT_EQ(ErrorOf({{"op", "grade"}, {"harm", "low"}}), "missing_field pattern");
  EXPECT_EQ(ErrorOf({{"op", "grade"}, {"harm", nullptr}, {"pattern", "regular"}}),
            "out_of_range harm");
  EXPECT_EQ(ErrorOf({{"op", "grade"}, {"harm", "low"}, {"pattern", "often"}}),
            "out_of_range pattern");
}

}  // namespace
}  // namespace waymark::cli
