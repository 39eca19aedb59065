#include "cli/publish/checkpoint.h"

#include <gmock/gmock.h>

#include "libs/config/file.h"
#include "libs/rpc/testing.h"

namespace waymark::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Ledger, RowsSettleInAnyOrder) {
  Ledger ledger;
  for (int64_t line : {2, 3, 5, 6}) ledger.Open(line);
  EXPECT_EQ(ledger.through_line(), 1);
  ledger.Settle(5);
  ledger.Settle(3);
  EXPECT_EQ(ledger.through_line(), 1);
  EXPECT_THAT(ledger.also_done(), ElementsAre(3, 5));
  ledger.Settle(2);
  EXPECT_EQ(ledger.through_line(), 5);
  EXPECT_THAT(ledger.also_done(), IsEmpty());
  ledger.Settle(6);
  EXPECT_EQ(ledger.through_line(), 6);
}

TEST(Ledger, GoesOnFromACheckpoint) {
  Checkpoint checkpoint;
  checkpoint.through_line = 4;
  checkpoint.also_done = {6, 9};
  Ledger ledger(checkpoint);
  EXPECT_TRUE(ledger.Done(4) && ledger.Done(6) && ledger.Done(9));
  EXPECT_FALSE(ledger.Done(5) || ledger.Done(7));
  for (int64_t line : {2, 4}) ledger.Skip(line);
  EXPECT_EQ(ledger.through_line(), 4);
  ledger.Open(5);
  ledger.Skip(6);
  ledger.Open(7);
  ledger.Settle(7);
  EXPECT_EQ(ledger.through_line(), 4);
  EXPECT_THAT(ledger.also_done(), ElementsAre(6, 7, 9));
  ledger.Settle(5);
  EXPECT_EQ(ledger.through_line(), 7);
  EXPECT_THAT(ledger.also_done(), ElementsAre(9));
}

TEST(CheckpointFile, ReadsBackWhatWasWritten) {
  rpc::testing::ScratchDirectory folder;
  const std::string path = CheckpointPath(folder.path() + "/a.csv");
  EXPECT_TRUE(absl::IsNotFound(ReadCheckpoint(path).status()));
  Checkpoint checkpoint{{"abc", "fenland", "police"}, 12, {14, 20}, 9, 3};
  ASSERT_TRUE(WriteCheckpoint(path, checkpoint).ok());
  const auto read = ReadCheckpoint(path);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->subject, checkpoint.subject);
  EXPECT_EQ(read->through_line, 12);
  EXPECT_THAT(read->also_done, ElementsAre(14, 20));
  EXPECT_EQ(read->taken, 9);
  EXPECT_EQ(read->refused, 3);
}

TEST(CheckpointFile, AnythingElseIsRefusedWithWhatToDo) {
  rpc::testing::ScratchDirectory folder;
  const std::string path = folder.path() + "/checkpoint";
  for (const char* text :
       {"", "[]", "{\"version\":2}", "{\"version\":1}", "{\"version\":1,\"input_sha256\":7}"}) {
    ASSERT_TRUE(config::WriteFile(path, text, config::FileMode::kPublic).ok());
    const auto read = ReadCheckpoint(path);
    EXPECT_TRUE(absl::IsInvalidArgument(read.status())) << text;
    EXPECT_NE(read.status().message().find("remove it"), absl::string_view::npos);
  }
}

}  // namespace
}  // namespace waymark::cli
