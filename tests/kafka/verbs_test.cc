// waymark topics: the verb itself, as an operator uses it.
#include <filesystem>
#include <fstream>

#include "cli/verbs/bench.h"
#include "cli/verbs/exit_codes.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/kafka/broker.h"

namespace waymark::kafka_testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// Names of its own, since other tests of this program have made the usual ones.
constexpr const char* kList = R"(topics:
  - name: verbs.<partnership>.<agency>.v1
    partitions: 2
    keep_days: 3
    writers: [gateway]
    readers: [casemgr]
)";

TEST(TopicsVerbTest, MakesWhatIsListedNamesWhatDiffersAndSaysWhoMay) {
  WM_NEEDS_BROKER();
  store::TemporaryDirectory scratch;
  cli::testing::Bench bench(scratch.path() + "/data");
  ASSERT_EQ(bench.Run({"certificates", "make"}).code, cli::kExitOk);
  std::ofstream(scratch.path() + "/topics.yaml") << kList;
  const auto run = [&](const std::string& verb, const std::string& as) {
    return bench.Run({"topics", verb, "--bootstrap", Broker::Get().bootstrap(), "--list",
                      scratch.path() + "/topics.yaml", "--tls", Broker::Get().Tls(as)});
  };
  const auto missing = run("check", kOperator);
  EXPECT_EQ(missing.code, cli::kExitFailed);
  EXPECT_THAT(missing.out, AllOf(HasSubstr("topic_missing: verbs.fenland.police.v1"),
                                 HasSubstr("CN=gateway.police@fenland.waymark to write"),
                                 HasSubstr("do: run `waymark topics apply`")));
  EXPECT_EQ(run("apply", "gateway.police@fenland.waymark").code, cli::kExitNotPermitted);
  const auto made = run("apply", kOperator);
  EXPECT_EQ(made.code, cli::kExitOk) << made.out << made.err;
  // What was made shows a moment later.
  auto whole = run("check", kOperator);
  for (int i = 0; i < 50 && whole.code != cli::kExitOk; ++i) whole = run("check", kOperator);
  EXPECT_EQ(whole.code, cli::kExitOk) << whole.out << whole.err;
  EXPECT_THAT(whole.out, HasSubstr("as the list says"));
  EXPECT_THAT(run("apply", kOperator).out, HasSubstr("Made 0 topics"));
}

}  // namespace
}  // namespace waymark::kafka_testing
