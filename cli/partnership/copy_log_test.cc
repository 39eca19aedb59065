#include "cli/partnership/copy_log.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/eventlog/memory_log.h"

namespace waymark::cli {
namespace {

using ::testing::HasSubstr;

const eventlog::TopicPartition kOne{"one", 0}, kTwo{"one", 1}, kEmpty{"other", 0};

class CopyLogTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (eventlog::EventLog* log :
         {static_cast<eventlog::EventLog*>(&from_), static_cast<eventlog::EventLog*>(&to_)}) {
      ASSERT_TRUE(log->EnsureTopic("one", 2).ok());
      ASSERT_TRUE(log->EnsureTopic("other", 1).ok());
    }
    for (int i = 0; i < 1201; ++i) {
      ASSERT_TRUE(from_.Append(kOne, {{"k", {{"n", std::to_string(i)}}, "v"}}).ok());
    }
    ASSERT_TRUE(from_.Append(kTwo, {{"", {}, "alone"}}).ok());
  }
  absl::StatusOr<Copied> Copy() { return CopyRecords(from_, to_, {kOne, kTwo, kEmpty}); }

  eventlog::MemoryLog from_, to_;
};

TEST_F(CopyLogTest, EveryRecordKeepsItsOffset) {
  const auto copied = Copy();
  ASSERT_TRUE(copied.ok()) << copied.status();
  EXPECT_EQ(copied->records, 1202);
  EXPECT_EQ(copied->partitions, 2);
  EXPECT_EQ(to_.Records(kOne), from_.Records(kOne));
  EXPECT_EQ(to_.Records(kTwo), from_.Records(kTwo));
  const auto again = Copy();
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->records, 0);
}

TEST_F(CopyLogTest, ACopyThatWasCutShortIsTakenUpWhereItEnded) {
  const auto all = from_.Records(kOne);
  ASSERT_TRUE(to_.Append(kOne, {all.begin(), all.begin() + 700}).ok());
  ASSERT_TRUE(Copy().ok());
  EXPECT_EQ(to_.Records(kOne), all);
}

TEST_F(CopyLogTest, ALogThatHasGoneOnIsLeftAlone) {
  ASSERT_TRUE(Copy().ok());
  ASSERT_TRUE(to_.Append(kTwo, {{"", {}, "new"}}).ok());
  const auto copied = Copy();
  EXPECT_TRUE(absl::IsFailedPrecondition(copied.status()));
  EXPECT_THAT(std::string(copied.status().message()), HasSubstr("one/1"));
  EXPECT_EQ(to_.Records(kTwo).size(), 2u);
}

}  // namespace
}  // namespace waymark::cli
