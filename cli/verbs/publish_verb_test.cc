// `waymark publish` as a whole: files, checkpoints, what is said, exit codes, over mutual TLS.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/publish/checkpoint.h"
#include "cli/verbs/bench.h"
#include "cli/verbs/exit_codes.h"
#include "libs/base/bytes.h"
#include "libs/crypto/hash.h"

namespace waymark::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::Ran;
using ::testing::SizeIs;

class PublishVerbTest : public ::testing::Test {
 protected:
  PublishVerbTest() {
    rpc::MethodTable table;
    incidents_.AddTo(table);
    gateway_.Serve(std::move(table));
  }
  std::string File(const std::string& name, const std::string& text) {
    const std::string path = gateway_.folder() + "/" + name;
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  Ran Publish(std::vector<std::string> arguments, const std::string& input = "") {
    arguments.insert(arguments.begin(), "publish");
    arguments.insert(arguments.end(), {"--as", "police"});
    return gateway_.bench.Run(arguments, input);
  }
  static std::string Rows(int count) {
    std::string rows = "source_reference,type\n";
    for (int i = 1; i <= count; ++i) rows += "F-" + std::to_string(i) + ",noise\n";
    return rows;
  }

  testing::FakeIncidents incidents_;
  testing::GatewayBench gateway_;
};

TEST_F(PublishVerbTest, BadRowsAreSaidWithTheirLinesAndTheRestIsTaken) {
  incidents_.Refuse("C");
  const std::string path =
      File("a.csv", "source_reference,revision\nA,\nB,second\nC,\nD,1,surplus\nE,\n");
  const Ran ran = Publish({path});
  EXPECT_EQ(ran.code, kExitSomeRefused) << ran.err;
  EXPECT_EQ(ran.out, "2 taken, 3 refused\n");
  EXPECT_THAT(ran.err, HasSubstr("line 3: refused\n  - malformed at revision\n"));
  EXPECT_THAT(ran.err,
              HasSubstr("line 4: refused\n  - unknown_category at category\n    wanted: "));
  EXPECT_THAT(ran.err, HasSubstr("line 5: refused\n  - wrong_column_count\n"));
  EXPECT_THAT(ran.err, HasSubstr("    do: "));
  EXPECT_THAT(incidents_.taken(), ElementsAre("A/0", "E/0"));
  EXPECT_FALSE(std::filesystem::exists(CheckpointPath(path)));
}

TEST_F(PublishVerbTest, AllTakenIsZero) {
  const Ran ran = Publish({File("a.csv", Rows(300))});
  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_EQ(ran.out, "300 taken, 0 refused\n");
  EXPECT_THAT(ran.err, IsEmpty());
  EXPECT_THAT(incidents_.taken(), SizeIs(300));
}

TEST_F(PublishVerbTest, ForProgramsEveryRowIsALine) {
  incidents_.Refuse("B");
  const Ran ran =
      Publish({"-", "--json"}, "{\"source_reference\":\"A\"}\n{\"source_reference\":\"B\"}\n");
  EXPECT_EQ(ran.code, kExitSomeRefused);
  EXPECT_THAT(ran.err, IsEmpty());
  std::istringstream lines(ran.out);
  std::vector<nlohmann::json> parsed;
  for (std::string line; std::getline(lines, line);) parsed.push_back(nlohmann::json::parse(line));
  ASSERT_THAT(parsed, SizeIs(3));
  EXPECT_EQ(parsed[0]["receipt"]["outcome"], "OUTCOME_ACCEPTED");
  EXPECT_EQ(parsed[1]["problems"][0]["code"], "unknown_category");
  EXPECT_EQ(parsed[2]["summary"]["taken"], 1);
  EXPECT_EQ(parsed[2]["summary"]["complete"], true);
}

TEST_F(PublishVerbTest, ReconnectsInMidStreamLosingAndDoublingNothing) {
  for (int at : {3, 30, 99}) incidents_.LoseStreamAt(at);
  const Ran ran = Publish({File("a.csv", Rows(120))});
  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("120 taken"));
  EXPECT_THAT(incidents_.taken(), SizeIs(120));
  EXPECT_EQ(incidents_.streams(), 4);
}

TEST_F(PublishVerbTest, GoesOnFromACheckpointOfTheSameContentOnly) {
  const std::string path = File("a.csv", Rows(5));
  Checkpoint checkpoint{{ToHex(crypto::Sha256(Rows(5))), "fenland", "police"}, 3, {5}, 3, 0};
  ASSERT_TRUE(WriteCheckpoint(CheckpointPath(path), checkpoint).ok());
  Ran ran = Publish({path});
  EXPECT_EQ(ran.code, kExitOk);
  EXPECT_THAT(ran.err, HasSubstr("going on after line 3"));
  EXPECT_THAT(incidents_.taken(), ElementsAre("F-3/0", "F-5/0"));
  EXPECT_FALSE(std::filesystem::exists(CheckpointPath(path)));

  File("a.csv", Rows(6));
  ASSERT_TRUE(WriteCheckpoint(CheckpointPath(path), checkpoint).ok());
  ran = Publish({path});
  EXPECT_THAT(ran.err, HasSubstr("has changed"));
  EXPECT_THAT(ran.out, HasSubstr("6 taken (2 already held)"));
}

TEST_F(PublishVerbTest, ResumesFromALine) {
  const Ran ran = Publish({"-", "--format", "csv", "--resume-from", "4"}, Rows(4));
  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_THAT(incidents_.taken(), ElementsAre("F-3/0", "F-4/0"));
}

TEST_F(PublishVerbTest, AnUnusableInputIsUsage) {
  EXPECT_EQ(Publish({gateway_.folder() + "/none.csv"}).code, kExitUsage);
  const Ran ran = Publish({File("a.csv", "colour\n")});
  EXPECT_EQ(ran.code, kExitUsage);
  EXPECT_THAT(ran.err, HasSubstr("unknown_column at colour"));
  EXPECT_THAT(ran.err, HasSubstr("missing_column at source_reference"));
  EXPECT_EQ(Publish({File("empty.csv", "")}).code, kExitUsage);
  EXPECT_EQ(Publish({File("empty.jsonl", "")}).code, kExitOk);
  EXPECT_THAT(incidents_.taken(), IsEmpty());
}

TEST_F(PublishVerbTest, NobodyThereIsUnreachableAndTheCheckpointStays) {
  gateway_.bench.endpoint = "127.0.0.1:1";
  const std::string path = File("a.csv", Rows(3));
  const Ran ran = Publish({path, "--give-up-after", "1"});
  EXPECT_EQ(ran.code, kExitUnreachable) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("no answer"));
  EXPECT_THAT(ran.err, HasSubstr("goes on where this one stopped"));
  EXPECT_TRUE(ReadCheckpoint(CheckpointPath(path)).ok());
}

TEST_F(PublishVerbTest, AWrongRoleIsNotPermitted) {
  const std::string path = File("a.csv", Rows(1));
  const Ran ran = Publish({path, "--system", "cad"});
  EXPECT_EQ(ran.code, kExitNotPermitted) << ran.err;
  EXPECT_THAT(incidents_.taken(), IsEmpty());
}

}  // namespace
}  // namespace waymark::cli
