// Every pack carries examples: questions and what it must answer. Members that an example does not
// name are not compared.
#include <filesystem>
#include <fstream>

#include "cli/rules/rules_testing.h"

namespace waymark::cli {
namespace {

class PackExamples : public testing::TestWithParam<std::string> {};

TEST_P(PackExamples, AreAnsweredAsTheySay) {
  const std::string path = "packs/examples/" + GetParam() + ".jsonl";
  std::ifstream file(path);
  ASSERT_TRUE(file) << path << " is missing";
  std::vector<json> examples;
  std::string questions;
  for (std::string line; std::getline(file, line);) {
    examples.push_back(json::parse(line));
    questions += examples.back().at("question").dump() + "\n";
  }
  const Session run = RunLines(questions, GetParam());
  ASSERT_EQ(run.answers.size(), examples.size()) << run.error;
  for (size_t number = 1; number <= examples.size(); ++number) {
    const json& example = examples[number - 1];
    const json& answer = run.answers[number - 1];
    const std::string kind = example.at("expect").contains("error") ? "error" : "result";
    ASSERT_TRUE(answer.contains(kind)) << path << ":" << number << ": " << answer;
    for (const auto& [name, wanted] : example.at("expect").at(kind).items()) {
      EXPECT_EQ(answer[kind].value(name, json("missing")), wanted)
          << path << ":" << number << ": " << name;
    }
  }
  EXPECT_GT(examples.size(), 1u);
}

std::vector<std::string> Packs() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator("packs")) {
    if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

INSTANTIATE_TEST_SUITE_P(Shipped, PackExamples, testing::ValuesIn(Packs()), [](const auto& info) {
  std::string name = info.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace
}  // namespace waymark::cli
