// What the contract does not say: the fake's knobs, and the embedded log's retention, commits and
// refusals.
#include "libs/eventlog/event_log.h"

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/bytes.h"
#include "libs/base/check.h"
#include "libs/base/clock.h"
#include "libs/eventlog/embedded_log.h"
#include "libs/eventlog/memory_log.h"
#include "libs/eventlog/record_codec.h"
#include "libs/store/memory_store.h"

namespace waymark::eventlog {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const TopicPartition kAt = {"t", 0};
const TopicPartition kOther = {"t", 1};

std::vector<Record> Some(const std::vector<std::string>& values) {
  std::vector<Record> records;
  for (const std::string& value : values) records.push_back({.value = value});
  return records;
}

std::unique_ptr<Reader> Open(EventLog& log, const std::vector<Position>& from) {
  auto reader = log.OpenReader(from);
  WM_CHECK(reader.ok(), reader.status().ToString());
  return *std::move(reader);
}

std::vector<std::string> Poll(Reader& reader, size_t max_records = 100) {
  auto fetched = reader.Poll(max_records);
  EXPECT_TRUE(fetched.ok()) << fetched.status();
  std::vector<std::string> values;
  if (fetched.ok()) {
    for (const Fetched& one : *fetched) values.push_back(one.record.value);
  }
  return values;
}

class MemoryLogTest : public testing::Test {
 protected:
  MemoryLogTest() {
    WM_CHECK(log_.EnsureTopic("t", 2).ok(), "no topic");
    WM_CHECK(log_.Append(kAt, Some({"0", "1", "2"})).ok(), "no records");
  }
  MemoryLog log_;
};

TEST_F(MemoryLogTest, HoldsBackDeliveries) {
  const auto reader = Open(log_, {{kAt, 0}});
  int wakes = 0;
  reader->OnReady([&] { ++wakes; });
  log_.Cork();
  EXPECT_THAT(Poll(*reader), IsEmpty());
  EXPECT_EQ(wakes, 0);
  log_.Uncork();
  EXPECT_EQ(wakes, 1);
  EXPECT_THAT(Poll(*reader), ElementsAre("0", "1", "2"));
}

TEST_F(MemoryLogTest, FailsAnAppendAfterAPrefix) {
  log_.FailNextAppends(1, absl::UnavailableError("no answer"), 1);
  EXPECT_TRUE(absl::IsUnavailable(log_.Append(kAt, Some({"3", "4"}))));
  EXPECT_TRUE(log_.Append(kAt, Some({"3", "4"})).ok());
  const auto reader = Open(log_, {{kAt, 3}});
  EXPECT_THAT(Poll(*reader), ElementsAre("3", "3", "4"));
}

TEST_F(MemoryLogTest, FailsPollsForAWhileOrForGood) {
  const auto reader = Open(log_, {{kAt, 0}});
  log_.FailNextPolls(1, absl::UnavailableError("passing"));
  EXPECT_TRUE(absl::IsUnavailable(reader->Poll(1).status()));
  EXPECT_THAT(Poll(*reader, 1), ElementsAre("0"));
  log_.FailNextPolls(1, absl::DataLossError("for good"));
  EXPECT_TRUE(absl::IsDataLoss(reader->Poll(1).status()));
  EXPECT_TRUE(absl::IsDataLoss(reader->Poll(1).status()));
}

TEST_F(MemoryLogTest, RepeatsRecords) {
  log_.RepeatLast(kAt, 2);
  EXPECT_THAT(Poll(*Open(log_, {{kAt, 0}})), ElementsAre("0", "1", "2", "1", "2"));
}

TEST_F(MemoryLogTest, LosesItsTail) {
  const auto read_all = Open(log_, {{kAt, 0}});
  EXPECT_THAT(Poll(*read_all), ElementsAre("0", "1", "2"));
  log_.DropTail(kAt, 2);
  EXPECT_EQ(*log_.Range(kAt), (OffsetRange{0, 1}));
  const absl::Status lost = read_all->Poll(1).status();
  EXPECT_TRUE(absl::IsOutOfRange(lost)) << lost;
  EXPECT_THAT(std::string(lost.message()), HasSubstr("lost records"));
  ASSERT_TRUE(log_.Append(kAt, Some({"new"})).ok());
  EXPECT_THAT(Poll(*Open(log_, {{kAt, 0}})), ElementsAre("0", "new"));
}

TEST_F(MemoryLogTest, TrimsWhatIsOld) {
  const auto behind = Open(log_, {{kAt, 0}});
  log_.Trim(kAt, 2);
  EXPECT_EQ(*log_.Range(kAt), (OffsetRange{2, 3}));
  const absl::Status gone = behind->Poll(1).status();
  EXPECT_TRUE(absl::IsOutOfRange(gone)) << gone;
  EXPECT_THAT(std::string(gone.message()), HasSubstr("retention"));
  EXPECT_THAT(Poll(*Open(log_, {{kAt, 2}})), ElementsAre("2"));
}

TEST_F(MemoryLogTest, ShufflesAcrossPartitionsAndNeverWithin) {
  std::vector<std::string> values;
  for (char c = 'a'; c <= 'z'; ++c) values.emplace_back(1, c);
  ASSERT_TRUE(log_.Append(kOther, Some(values)).ok());
  ASSERT_TRUE(log_.Append(kAt, Some({"3", "4", "5", "6", "7", "8", "9"})).ok());
  const auto order = [&](uint64_t seed) {
    log_.ShuffleAcross(seed);
    std::string all;
    for (const std::string& value : Poll(*Open(log_, {{kAt, 0}, {kOther, 0}}))) all += value;
    return all;
  };
  const std::string first = order(1);
  EXPECT_EQ(order(1), first);
  EXPECT_NE(order(2), first);
  std::string digits, letters;
  for (const char c : first) (c >= '0' && c <= '9' ? digits : letters) += c;
  EXPECT_EQ(digits, "0123456789");
  EXPECT_EQ(letters, "abcdefghijklmnopqrstuvwxyz");
  EXPECT_NE(first, digits + letters);
  EXPECT_NE(first, letters + digits);
}

class EmbeddedLogTest : public testing::Test {
 protected:
  EmbeddedLogTest() { Reopen(); }

  void Reopen() {
    log_.reset();
    auto log = EmbeddedLog::Open(store_.get(), &clock_, options_);
    WM_CHECK(log.ok(), log.status().ToString());
    log_ = *std::move(log);
    WM_CHECK(log_->EnsureTopic("t", 2).ok(), "no topic");
  }

  absl::Status OpenStatus() { return EmbeddedLog::Open(store_.get(), &clock_, options_).status(); }

  ManualClock clock_{absl::FromUnixSeconds(1'700'000'000)};
  EmbeddedLogOptions options_ = {{{"t", absl::Hours(24)}, {"keep.", absl::Hours(1)}}};
  std::unique_ptr<store::MemoryStore> store_ =
      std::make_unique<store::MemoryStore>(EmbeddedLog::ColumnFamilies());
  std::unique_ptr<EmbeddedLog> log_;
};

TEST_F(EmbeddedLogTest, RemovesWhatHasHadItsTime) {
  ASSERT_TRUE(log_->EnsureTopic("for.ever", 1).ok());
  ASSERT_TRUE(log_->Append({"for.ever", 0}, Some({"x"})).ok());
  ASSERT_TRUE(log_->Append(kAt, std::vector<Record>(2500, Record{.value = "old"})).ok());
  clock_.Advance(absl::Hours(12));
  ASSERT_TRUE(log_->Append(kAt, Some({"young"})).ok());
  EXPECT_EQ(*log_->ApplyRetention(), 0);
  const auto behind = Open(*log_, {{kAt, 10}});
  int wakes = 0;
  behind->OnReady([&] { ++wakes; });

  clock_.Advance(absl::Hours(12));
  EXPECT_EQ(*log_->ApplyRetention(), 0) << "a record is kept for all of its time";
  clock_.Advance(absl::Microseconds(1));
  EXPECT_EQ(*log_->ApplyRetention(), 2500);
  EXPECT_EQ(wakes, 1) << "a poll would fail now";
  EXPECT_EQ(*log_->Range(kAt), (OffsetRange{2500, 2501}));
  EXPECT_TRUE(absl::IsOutOfRange(behind->Poll(1).status()));
  EXPECT_TRUE(absl::IsOutOfRange(log_->OpenReader({{kAt, 2499}}).status()));
  EXPECT_THAT(Poll(*Open(*log_, {{kAt, 2500}})), ElementsAre("young"));
  EXPECT_EQ(*log_->Range({"for.ever", 0}), (OffsetRange{0, 1}));

  clock_.Advance(absl::Hours(24));
  EXPECT_EQ(*log_->ApplyRetention(), 1);
  Reopen();
  EXPECT_EQ(*log_->Range(kAt), (OffsetRange{2501, 2501})) << "offsets are never given out again";
  ASSERT_TRUE(log_->Append(kAt, Some({"next"})).ok());
  EXPECT_THAT(Poll(*Open(*log_, {{kAt, 2501}})), ElementsAre("next"));
}

TEST_F(EmbeddedLogTest, TakesTheRuleWithTheLongestPrefix) {
  options_.retention = {{"", absl::Hours(1)}, {"t", absl::Hours(24)}};
  Reopen();
  ASSERT_TRUE(log_->EnsureTopic("other", 1).ok());
  ASSERT_TRUE(log_->Append({"other", 0}, Some({"x"})).ok());
  ASSERT_TRUE(log_->Append(kAt, Some({"x"})).ok());
  clock_.Advance(absl::Hours(2));
  EXPECT_EQ(*log_->ApplyRetention(), 1);
  EXPECT_EQ(*log_->Range(kAt), (OffsetRange{0, 1}));
}

TEST_F(EmbeddedLogTest, RefusesToKeepForNoTime) {
  options_.retention = {{"t", absl::ZeroDuration()}};
  EXPECT_TRUE(absl::IsInvalidArgument(OpenStatus()));
}

TEST_F(EmbeddedLogTest, CommitsOneCallOnce) {
  const int64_t before = store_->commits();
  ASSERT_TRUE(log_->AppendAll({{kAt, Some({"a", "b"})}, {kOther, Some({"c"})}}).ok());
  EXPECT_EQ(store_->commits(), before + 1);
}

// While one append is at the store, those that arrive wait and then share one commit.
TEST_F(EmbeddedLogTest, CommitsTogetherWhatWaitsTogether) {
  constexpr size_t kFollowers = 5;
  const int64_t before = store_->commits();
  std::vector<std::thread> followers;
  bool first = true;
  store_->OnCommit([&](const store::WriteBatch&) {
    if (!first) return;
    first = false;
    for (size_t i = 0; i < kFollowers; ++i) {
      followers.emplace_back([&, i] {
        EXPECT_TRUE(log_->Append(i % 2 == 0 ? kAt : kOther, Some({absl::StrCat(i)})).ok());
      });
    }
    while (log_->waiting() < kFollowers) std::this_thread::yield();
  });
  ASSERT_TRUE(log_->Append(kAt, Some({"leader"})).ok());
  for (std::thread& follower : followers) follower.join();
  EXPECT_EQ(store_->commits(), before + 2);
  EXPECT_EQ(log_->waiting(), 0u);
  EXPECT_EQ(*log_->Range(kAt), (OffsetRange{0, 4}));
  EXPECT_EQ(*log_->Range(kOther), (OffsetRange{0, 2}));
}

TEST_F(EmbeddedLogTest, ShowsNoReaderWhatTheStoreRefused) {
  const auto reader = Open(*log_, {{kAt, 0}});
  store_->FailNextCommits(1, absl::InternalError("disk"),
                          store::MemoryStore::AfterFailure::kAppearsAfterCrash);
  EXPECT_EQ(log_->AppendAll({{kAt, Some({"a"})}, {kOther, Some({"b"})}}).message(), "disk");
  EXPECT_THAT(Poll(*reader), IsEmpty());
  EXPECT_EQ(*log_->Range(kAt), (OffsetRange{0, 0}));

  store_ = store_->Crash();
  Reopen();
  EXPECT_THAT(Poll(*Open(*log_, {{kAt, 0}, {kOther, 0}})), ElementsAre("a", "b"));
}

TEST_F(EmbeddedLogTest, PassesOnEveryErrorOfItsStore) {
  store_->FailNextCommits(2, absl::InternalError("disk"));
  EXPECT_EQ(log_->EnsureTopic("new", 1).message(), "disk");
  EXPECT_TRUE(absl::IsNotFound(log_->PartitionCount("new").status()));
  ASSERT_FALSE(log_->Append(kAt, Some({"a"})).ok());
  ASSERT_TRUE(log_->Append(kAt, Some({"a"})).ok());
  clock_.Advance(absl::Hours(48));
  store_->FailNextCommits(1, absl::InternalError("disk"));
  EXPECT_EQ(log_->ApplyRetention().status().message(), "disk");
  const auto reader = Open(*log_, {{kOther, 0}});
  ASSERT_TRUE(log_->Append(kOther, Some({"b"})).ok());
  const auto after = store_->Crash();
  EXPECT_TRUE(absl::IsFailedPrecondition(reader->Poll(1).status()));
}

TEST_F(EmbeddedLogTest, RefusesRowsThatDoNotFit) {
  ASSERT_TRUE(log_->Append(kAt, Some({"a", "b"})).ok());
  const std::string partition = KeyBuilder().Text("t").Number(0).Take();
  const std::string stray = KeyBuilder().Text("t").Number(9).Take();
  struct Damage {
    const char* family;
    std::string key;
    std::string value;
  };
  const std::vector<Damage> damages = {
      {"log_topics", "t", BigEndian64(2)},
      {"log_topics", KeyBuilder().Text("u").Take(), "two"},
      {"log_topics", KeyBuilder().Text("u").Take(), BigEndian64(0)},
      {"log_end", partition, "end"},
      {"log_end", partition, BigEndian64(3)},
      {"log_end", stray, BigEndian64(1)},
      {"log_oldest", partition, BigEndian64(3)},
      {"log_oldest", partition + "x", BigEndian64(0)},
  };
  ASSERT_TRUE(store_->Checkpoint("whole").ok());
  for (const Damage& damage : damages) {
    store_ = *store_->OpenCheckpoint("whole");
    ASSERT_TRUE(store_->Checkpoint("whole").ok());
    store::WriteBatch batch;
    batch.Put(damage.family, damage.key, damage.value);
    ASSERT_TRUE(store_->Commit(batch).ok());
    const absl::Status status = OpenStatus();
    EXPECT_TRUE(absl::IsDataLoss(status)) << damage.family << " " << ToHex(damage.key) << status;
  }
}

TEST_F(EmbeddedLogTest, FindsAMissingOrMalformedRecordWhenItIsRead) {
  ASSERT_TRUE(log_->Append(kAt, Some({"0", "1", "2"})).ok());
  const std::string second = KeyBuilder().Text("t").Number(0).Number(1).Take();
  store::WriteBatch malformed;
  malformed.Put("log_records", second, "not a record");
  ASSERT_TRUE(store_->Commit(malformed).ok());
  EXPECT_TRUE(absl::IsDataLoss(Open(*log_, {{kAt, 0}})->Poll(10).status()));
  store::WriteBatch missing;
  missing.Delete("log_records", second);
  ASSERT_TRUE(store_->Commit(missing).ok());
  const auto reader = Open(*log_, {{kAt, 0}});
  const absl::Status status = reader->Poll(10).status();
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("record 1 of t/0"));
  EXPECT_EQ(reader->Poll(10).status(), status) << "an error is final";
}

TEST(RecordCodecTest, WritesTheFormatItSays) {
  const Record record = {.key = "k", .headers = {{"n", "v"}}, .value = "value"};
  const std::string bytes = EncodeRecord(absl::FromUnixMicros(258), record);
  EXPECT_EQ(ToHex(bytes),
            "01"
            "0000000000000102"
            "000000016b"
            "00000001"
            "000000016e"
            "0000000176"
            "0000000576616c7565");
  EXPECT_EQ(*DecodeRecord(bytes), record);
  EXPECT_EQ(*DecodeAppended(bytes), absl::FromUnixMicros(258));
}

TEST(RecordCodecTest, RefusesEverythingElse) {
  const std::string bytes =
      EncodeRecord(absl::UnixEpoch(), {.key = "k", .headers = {{"n", "v"}}, .value = "value"});
  for (size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_TRUE(absl::IsDataLoss(DecodeRecord(bytes.substr(0, length)).status())) << length;
  }
  EXPECT_TRUE(absl::IsDataLoss(DecodeRecord(bytes + "x").status()));
  EXPECT_TRUE(absl::IsDataLoss(DecodeRecord("\x02" + bytes.substr(1)).status()));
  std::string huge = bytes;
  huge[9] = '\xff';  // a key of 4 GiB
  EXPECT_TRUE(absl::IsDataLoss(DecodeRecord(huge).status()));
}

}  // namespace
}  // namespace waymark::eventlog
