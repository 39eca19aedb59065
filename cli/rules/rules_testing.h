// For tests of `waymark rules`: lines in, parsed answers out.
#pragma once

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "cli/rules/rules_command.h"

namespace waymark::cli {

using nlohmann::json;

struct Session {
  int status = 0;
  std::vector<json> answers;
  std::string raw;
  std::string error;
};

inline Session RunLines(const std::string& lines, const std::string& pack = "fenland") {
  std::istringstream in(lines);
  std::ostringstream out, err;
  Session run;
  run.status = RunRules(pack, in, out, err);
  run.raw = out.str();
  run.error = err.str();
  std::istringstream answers(run.raw);
  for (std::string line; std::getline(answers, line);) run.answers.push_back(json::parse(line));
  return run;
}

// One question to one answer.
inline json Put(const json& question, const std::string& pack = "fenland") {
  const Session run = RunLines(question.dump() + "\n", pack);
  EXPECT_EQ(run.answers.size(), 1u) << run.error;
  return run.answers.empty() ? json() : run.answers[0];
}

inline json ResultOf(const json& question, const std::string& pack = "fenland") {
  const json answer = Put(question, pack);
  EXPECT_TRUE(answer.contains("result")) << answer;
  return answer.value("result", json());
}

// "code field"
inline std::string ErrorOf(const json& question, const std::string& pack = "fenland") {
  const json answer = Put(question, pack);
  EXPECT_TRUE(answer.contains("error")) << answer;
  if (!answer.contains("error")) return "";
  return answer["error"]["code"].get<std::string>() + " " +
         answer["error"]["field"].get<std::string>();
}

}  // namespace waymark::cli
