// Questions of `waymark rules`: one line in, one answer out.
#include <sstream>

#include "cli/rules/json.h"
#include "cli/rules/rules_command.h"
#include "tests/fuzz/targets/input.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace waymark;
  std::istringstream in{std::string(fuzz::Text(data, size))};
  std::ostringstream out, err;
  const int status = cli::RunRules("fenland", in, out, err);
  WM_CHECK(status == cli::kAllAnswered || status == cli::kSomeNotAnswered, "an odd exit status");
  std::istringstream answers(out.str());
  cli::JsonReader reader;
  for (std::string line, why; std::getline(answers, line);) {
    WM_CHECK(reader.Parse(line, &why) != nullptr, "an answer is not JSON");
  }
  return 0;
}
