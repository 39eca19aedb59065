// Arguments of every verb, and the verbs that need no gateway.
#include <gmock/gmock.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cli/publish/incident_source.h"
#include "cli/verbs/bench.h"
#include "cli/verbs/completion.h"
#include "cli/verbs/exit_codes.h"
#include "libs/config/file.h"

namespace waymark::cli {
namespace {

using ::testing::AllOf;

using testing::Bench;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Ran;

std::vector<std::string> Words(const std::string& path) {
  return absl::StrSplit(path, ' ', absl::SkipEmpty());
}

TEST(Verbs, EveryOneExplainsItself) {
  Bench bench;
  bench.Run({"version"});
  const std::vector<VerbInfo> verbs = bench.verbs;
  ASSERT_GT(verbs.size(), 30u);
  for (const VerbInfo& verb : verbs) {
    std::vector<std::string> arguments = Words(verb.path);
    arguments.push_back("--help");
    const Ran ran = bench.Run(arguments);
    EXPECT_EQ(ran.code, kExitOk) << verb.path;
    EXPECT_THAT(ran.out, AllOf(HasSubstr(verb.help), HasSubstr("Usage: waymark"))) << verb.path;
    EXPECT_THAT(ran.err, IsEmpty()) << verb.path;
    arguments = Words("help " + verb.path);
    EXPECT_EQ(bench.Run(arguments).out, ran.out) << verb.path;
  }
}

TEST(Verbs, AnUnknownOptionIsUsageAndTheNearestIsSaid) {
  Bench bench;
  bench.Run({"version"});
  for (const VerbInfo& verb : std::vector<VerbInfo>(bench.verbs)) {
    if (verb.path.empty() || verb.path == "help") continue;
    std::vector<std::string> arguments = Words(verb.path);
    arguments.push_back("--no-such-option");
    const Ran ran = bench.Run(arguments);
    EXPECT_EQ(ran.code, kExitUsage) << verb.path;
    EXPECT_THAT(ran.err, HasSubstr("--help` says what it takes")) << verb.path;
    EXPECT_THAT(ran.out, IsEmpty()) << verb.path;
  }
  EXPECT_THAT(bench.Run({"case", "list", "--sistem", "cad"}).err,
              HasSubstr("Did you mean '--system'?"));
}

TEST(Verbs, AnUnknownVerbIsUsageAndTheNearestIsSaid) {
  Bench bench;
  Ran ran = bench.Run({"pubish", "a.csv"});
  EXPECT_EQ(ran.code, kExitUsage);
  EXPECT_THAT(ran.err, HasSubstr("there is no verb 'pubish'; did you mean 'publish'?"));
  ran = bench.Run({"alerts", "ack"});
  EXPECT_EQ(ran.code, kExitUsage);
  EXPECT_THAT(ran.err, HasSubstr("did you mean 'acknowledge'?"));
  ran = bench.Run({"xyzzy"});
  EXPECT_EQ(ran.code, kExitUsage);
  EXPECT_THAT(ran.err, AllOf(HasSubstr("It has: run, "), ::testing::Not(HasSubstr("did you"))));
}

TEST(Verbs, AGroupAloneShowsItsHelp) {
  Bench bench;
  for (const char* group : {"alerts", "case", "certificates"}) {
    const Ran ran = bench.Run({group});
    EXPECT_EQ(ran.code, kExitUsage) << group;
    EXPECT_THAT(ran.err, HasSubstr("list")) << group;
  }
  EXPECT_EQ(bench.Run({}).code, kExitUsage);
}

TEST(Verbs, NumbersAndChoicesAreChecked) {
  Bench bench;
  EXPECT_EQ(bench.Run({"run", "--port", "80"}).code, kExitUsage);
  EXPECT_EQ(bench.Run({"run", "--port", "x"}).code, kExitUsage);
  EXPECT_EQ(bench.Run({"rebuild", "gateway"}).code, kExitUsage);
  EXPECT_EQ(bench.Run({"publish", "a", "--format", "xml"}).code, kExitUsage);
  EXPECT_EQ(bench.Run({"publish", "a", "--in-flight", "65"}).code, kExitUsage);
  EXPECT_EQ(bench.Run({"completion", "tcsh"}).code, kExitUsage);
}

TEST(RunVerbs, HandOverWhatWasAsked) {
  Bench bench("/data");
  EXPECT_EQ(bench.Run({"run", "--fresh", "--exit", "--port", "8000", "--json"}).code, kExitOk);
  EXPECT_EQ(bench.run_options.data, "/data");
  EXPECT_TRUE(bench.run_options.fresh && bench.run_options.exit_after_story);
  EXPECT_TRUE(bench.run_options.json);
  EXPECT_EQ(bench.run_options.first_port, 8000);
  EXPECT_TRUE(std::filesystem::exists(bench.run_options.source_folder + "/packs/fenland.yaml"));
  EXPECT_EQ(bench.Run({"run", "--data", "/other"}).code, kExitOk);
  EXPECT_EQ(bench.run_options.data, "/other");
  EXPECT_FALSE(bench.run_options.fresh);
  EXPECT_EQ(bench.Run({"rebuild", "risk"}).code, kExitOk);
  EXPECT_EQ(bench.rebuilt, "/data risk");
}

TEST(HelpVerb, HasTopics) {
  Bench bench;
  EXPECT_THAT(bench.Run({"help", "exit-codes"}).out, HasSubstr("5  not permitted"));
  EXPECT_THAT(bench.Run({"help", "csv"}).out, HasSubstr("partyN.roles"));
  EXPECT_THAT(bench.Run({"help", "jsonl"}).out, HasSubstr("CATEGORY_NUISANCE"));
  EXPECT_THAT(bench.Run({"help", "alerts", "tail"}).out, HasSubstr("--subscription"));
  EXPECT_EQ(bench.Run({"help", "nonsense"}).code, kExitUsage);
}

TEST(HelpVerb, ItsExamplesCanBeRead) {
  Bench bench;
  const auto readable = [](const std::string& text, IncidentFormat format) {
    std::istringstream in(text);
    const auto row = OpenIncidents(in, format).value()->Next();
    return row && row->incident != nullptr;
  };
  const auto example = [](const std::string& help, const std::string& begin) {
    std::string lines;
    for (const auto& line : absl::StrSplit(help.substr(help.find(begin)), '\n')) {
      if (line.empty()) break;
      absl::StrAppend(&lines, absl::StripLeadingAsciiWhitespace(line), "\n");
    }
    return lines;
  };
  const std::string csv = example(bench.Run({"help", "csv"}).out, "source_reference,");
  EXPECT_TRUE(readable(csv, IncidentFormat::kCsv)) << csv;
  std::string json = example(bench.Run({"help", "jsonl"}).out, "{\"source_reference");
  json.erase(std::remove(json.begin(), json.end(), '\n'), json.end());
  EXPECT_TRUE(readable(json, IncidentFormat::kJsonLines)) << json;
}

TEST(RulesVerb, AnswersOffline) {
  Bench bench;
  const Ran ran = bench.Run({"rules"},
                            "{\"op\":\"grade\",\"harm\":\"significant\",\"pattern\":\"regular\"}\n"
                            "{\"op\":\"nonsense\"}\n");
  EXPECT_EQ(ran.code, kExitSomeRefused);
  EXPECT_THAT(ran.out, HasSubstr("\"band\":\"HIGH\""));
  EXPECT_EQ(bench.Run({"rules", "--pack", "atlantis"}).code, kExitUsage);
}

TEST(CertificateVerbs, MakeListIssueRenew) {
  rpc::testing::ScratchDirectory scratch;
  Bench bench(scratch.path() + "/data");
  EXPECT_EQ(bench.Run({"certificates", "list"}).code, kExitUsage);
  ASSERT_EQ(bench.Run({"certificates", "make"}).code, kExitOk);
  const Ran again = bench.Run({"certificates", "make"});
  EXPECT_EQ(again.code, kExitUsage);
  EXPECT_THAT(again.err, HasSubstr("holds a partnership"));
  EXPECT_EQ(bench.Run({"certificates", "issue", "police", "records", "--days", "3"}).code, kExitOk);
  const Ran list = bench.Run({"certificates", "list", "--json"});
  ASSERT_EQ(list.code, kExitOk) << list.err;
  const auto parsed = nlohmann::json::parse(list.out)["certificates"];
  ASSERT_GT(parsed.size(), 10u);
  EXPECT_THAT(parsed[0]["uri"], HasSubstr("/agency/police/system/records"));
  EXPECT_THAT(bench.Run({"certificates", "list"}).out, HasSubstr("EXPIRES"));
  ASSERT_EQ(bench.Run({"certificates", "renew", "--days", "30"}).code, kExitOk);
  const auto renewed = nlohmann::json::parse(bench.Run({"certificates", "list", "--json"}).out);
  EXPECT_GT(renewed["certificates"][0]["not_after"].get<std::string>(),
            parsed[0]["not_after"].get<std::string>());
}

TEST(Completion, KnowsEveryVerbAndOption) {
  Bench bench;
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const Ran ran = bench.Run({"completion", shell});
    EXPECT_EQ(ran.code, kExitOk);
    for (const VerbInfo& verb : bench.verbs) {
      EXPECT_THAT(ran.out, HasSubstr("\"" + verb.path + "\"")) << shell;
      for (const std::string& option : verb.options) EXPECT_THAT(ran.out, HasSubstr(option));
    }
  }
}

// The words that bash would offer after these.
std::string Offered(const std::string& script_path, const std::string& words) {
  const std::string command = "bash -c 'source " + script_path + "; COMP_WORDS=(waymark " + words +
                              "); COMP_CWORD=$((${#COMP_WORDS[@]}-1)); _waymark; echo "
                              "${COMPREPLY[@]}'";
  FILE* pipe = popen(command.c_str(), "r");
  std::string offered;
  for (int c = fgetc(pipe); c != EOF; c = fgetc(pipe)) offered.push_back(static_cast<char>(c));
  EXPECT_EQ(pclose(pipe), 0) << command;
  return offered;
}

TEST(Completion, WorksInBash) {
  rpc::testing::ScratchDirectory scratch;
  Bench bench;
  const std::string path = scratch.path() + "/completion";
  ASSERT_TRUE(
      config::WriteFile(path, bench.Run({"completion", "bash"}).out, config::FileMode::kPublic)
          .ok());
  EXPECT_EQ(Offered(path, "pub"), "publish\n");
  EXPECT_EQ(Offered(path, "alerts \"\"").substr(0, 21), "tail list acknowledge");
  EXPECT_EQ(Offered(path, "case show c-1 --rea"), "--reason\n");
}

TEST(Nearest, OnlyWhatIsNear) {
  EXPECT_EQ(Nearest("lok-up", {"publish", "look-up"}), "look-up");
  EXPECT_EQ(Nearest("cert", {"case", "certificates"}), "certificates");
  EXPECT_EQ(Nearest("zzz", {"case", "run"}), "");
}

}  // namespace
}  // namespace waymark::cli
