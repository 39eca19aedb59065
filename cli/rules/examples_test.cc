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
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    const json example = json::parse(line);
    const json answer = Put(example.at("question"), GetParam());
    const std::string kind = example.at("expect").contains("error") ? "error" : "result";
    ASSERT_TRUE(answer.contains(kind)) << path << ":" << number << ": " << answer;
    for (const auto& [name, wanted] : example.at("expect").at(kind).items()) {
      EXPECT_EQ(answer[kind].value(name, json("missing")), wanted)
          << path << ":" << number << ": " << name;
    }
  }
  EXPECT_GT(number, 1);
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
