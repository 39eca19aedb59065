// The contract of the EventLog port as tests: every implementation passes them. Include it in one
// .cc of a test executable and instantiate:
//
//   INSTANTIATE_TEST_SUITE_P(Memory, EventLogContract, testing::Values(&MakeMemoryUnderTest));
//
// The tests assume nothing about how soon a record can be read: they wait for wake-ups. Topic names
// are new in each test, so that a log that outlives the tests can be used.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "libs/base/clock.h"
#include "libs/eventlog/event_log.h"
#include "libs/eventlog/waiter.h"

namespace waymark::eventlog {

class EventLogUnderTest {
 public:
  virtual ~EventLogUnderTest() = default;
  virtual EventLog& log() = 0;
  // What a restart of this process does to its log: goes away and comes back. No reader is open.
  virtual void Reopen() = 0;
  // A prefix for topic names that no earlier test has used.
  virtual std::string TopicPrefix() { return "test."; }
};

using MakeEventLogUnderTest = std::unique_ptr<EventLogUnderTest> (*)();

// Reads until there are `count` records; fewer when none come for long, or an error.
inline std::vector<Fetched> ReadSome(Reader& reader, Waiter& waiter, size_t count,
                                     size_t max_records = 100) {
  std::vector<Fetched> all;
  waiter.Attach(reader);
  while (all.size() < count) {
    auto some = reader.Poll(max_records);
    if (!some.ok()) {
      ADD_FAILURE() << some.status();
      return all;
    }
    EXPECT_LE(some->size(), max_records);
    if (some->empty() && !waiter.Wait()) {
      ADD_FAILURE() << "no wake-up: " << all.size() << " of " << count << " records came";
      return all;
    }
    for (Fetched& one : *some) all.push_back(std::move(one));
  }
  return all;
}

// What OpenReader or the first polls say about a position that cannot be read.
inline absl::Status Refusal(EventLog& log, const Position& from) {
  Waiter waiter;
  auto reader = log.OpenReader({from});
  if (!reader.ok()) return reader.status();
  waiter.Attach(**reader);
  while (true) {
    auto some = (*reader)->Poll(1);
    if (!some.ok()) return some.status();
    if (some->empty() && !waiter.Wait()) return absl::OkStatus();
  }
}

inline std::vector<std::string> Values(const std::vector<Fetched>& fetched) {
  std::vector<std::string> values;
  for (const Fetched& one : fetched) values.push_back(one.record.value);
  return values;
}

class EventLogContract : public testing::TestWithParam<MakeEventLogUnderTest> {
 protected:
  EventLogContract() : under_test_(GetParam()()), topic_(under_test_->TopicPrefix() + "one") {}

  EventLog& log() { return under_test_->log(); }
  TopicPartition At(int partition) const { return {topic_, partition}; }

  void Ensure(int partitions) {
    const absl::Status status = log().EnsureTopic(topic_, partitions);
    ASSERT_TRUE(status.ok()) << status;
  }

  void Append(int partition, const std::vector<std::string>& values) {
    std::vector<Record> records;
    for (const std::string& value : values) records.push_back({.key = "k", .value = value});
    const absl::Status status = log().Append(At(partition), records);
    ASSERT_TRUE(status.ok()) << status;
  }

  std::unique_ptr<Reader> Open(const std::vector<Position>& from) {
    auto reader = log().OpenReader(from);
    EXPECT_TRUE(reader.ok()) << reader.status();
    return reader.ok() ? *std::move(reader) : nullptr;
  }

  std::vector<std::string> Read(const Position& from, size_t count) {
    Waiter waiter;
    const std::unique_ptr<Reader> reader = Open({from});
    return reader ? Values(ReadSome(*reader, waiter, count)) : std::vector<std::string>();
  }

  OffsetRange Range(int partition) {
    auto range = log().Range(At(partition));
    EXPECT_TRUE(range.ok()) << range.status();
    return range.ok() ? *range : OffsetRange{-1, -1};
  }

  std::unique_ptr<EventLogUnderTest> under_test_;
  std::string topic_;
};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(EventLogContract);

using List = std::vector<std::string>;

TEST_P(EventLogContract, MakesATopicOnce) {
  EXPECT_TRUE(absl::IsNotFound(log().PartitionCount(topic_).status()));
  Ensure(3);
  Ensure(3);
  auto count = log().PartitionCount(topic_);
  ASSERT_TRUE(count.ok()) << count.status();
  EXPECT_EQ(*count, 3);
}

TEST_P(EventLogContract, RefusesAnotherPartitionCountSayingBoth) {
  Ensure(3);
  const absl::Status other = log().EnsureTopic(topic_, 24);
  EXPECT_TRUE(absl::IsFailedPrecondition(other)) << other;
  for (const char* said : {"3", "24", topic_.c_str()}) {
    EXPECT_NE(other.message().find(said), std::string::npos) << other;
  }
  EXPECT_EQ(*log().PartitionCount(topic_), 3);
}

TEST_P(EventLogContract, RefusesNamesAndCountsThatNoLogTakes) {
  const std::string longest(249, 'x');
  for (const std::string& bad : List{"", ".", "..", "a b", "a/b", "\xc3\xa4", longest + "x"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(log().EnsureTopic(bad, 1))) << bad;
  }
  EXPECT_TRUE(absl::IsInvalidArgument(log().EnsureTopic(topic_, 0)));
  EXPECT_TRUE(absl::IsNotFound(log().PartitionCount(topic_).status()));
}

TEST_P(EventLogContract, RefusesWhatDoesNotExist) {
  Ensure(2);
  for (const TopicPartition& at : {TopicPartition{topic_ + ".no", 0}, At(2), At(-1)}) {
    EXPECT_TRUE(absl::IsNotFound(log().Append(at, {{.key = "k", .value = "v"}}))) << ToString(at);
    EXPECT_TRUE(absl::IsNotFound(log().Range(at).status())) << ToString(at);
    EXPECT_TRUE(absl::IsNotFound(Refusal(log(), {at, 0}))) << ToString(at);
  }
}

TEST_P(EventLogContract, GivesBackEveryPartOfARecord) {
  Ensure(1);
  std::string all_bytes;
  for (int byte = 0; byte < 256; ++byte) all_bytes.push_back(static_cast<char>(byte));
  const std::vector<Record> records = {
      {.key = "key", .headers = {{"ce_id", "1"}, {"ce_type", "t"}}, .value = "value"},
      {.key = "", .value = ""},
      {.key = all_bytes,
       .headers = {{"b", all_bytes}, {"a", ""}, {"b", "again"}},
       .value = all_bytes},
      {.key = std::string(1, '\0'), .value = std::string(1, '\0')},
  };
  const absl::Status appended = log().Append(At(0), records);
  ASSERT_TRUE(appended.ok()) << appended;
  Waiter waiter;
  const auto reader = Open({{At(0), 0}});
  const std::vector<Fetched> fetched = ReadSome(*reader, waiter, records.size());
  ASSERT_EQ(fetched.size(), records.size());
  for (size_t i = 0; i < records.size(); ++i) EXPECT_EQ(fetched[i].record, records[i]) << i;
}

TEST_P(EventLogContract, LimitsTheSizeOfARecord) {
  Ensure(1);
  const auto record = [](size_t bytes) {
    return Record{.key = "k", .headers = {{"h", "v"}}, .value = std::string(bytes - 3, 'x')};
  };
  const absl::Status largest = log().Append(At(0), {record(kRecordBytesMax)});
  EXPECT_TRUE(largest.ok()) << largest;
  const Record small = {.key = "k", .value = "small"};
  EXPECT_TRUE(absl::IsInvalidArgument(log().Append(At(0), {small, record(kRecordBytesMax + 1)})));
  EXPECT_TRUE(absl::IsInvalidArgument(
      log().Append(At(0), {{.key = "k", .headers = {{"", "no name"}}, .value = "v"}})));
  EXPECT_EQ(Range(0), (OffsetRange{0, 1}));
  EXPECT_EQ(Read({At(0), 0}, 1).front().size(), kRecordBytesMax - 3);
}

TEST_P(EventLogContract, KeepsOrderAndCountsOffsetsWithoutGaps) {
  Ensure(1);
  List expected;
  for (int call = 0; call < 20; ++call) {
    List values;
    for (int i = 0; i <= call % 3; ++i) values.push_back(absl::StrCat(call, ".", i));
    Append(0, values);
    expected.insert(expected.end(), values.begin(), values.end());
  }
  Waiter waiter;
  const auto reader = Open({{At(0), 0}});
  const std::vector<Fetched> fetched = ReadSome(*reader, waiter, expected.size(), 7);
  EXPECT_EQ(Values(fetched), expected);
  for (size_t i = 0; i < fetched.size(); ++i) {
    EXPECT_EQ(fetched[i].at, At(0));
    EXPECT_EQ(fetched[i].offset, static_cast<int64_t>(i));
  }
  EXPECT_EQ(Range(0), (OffsetRange{0, static_cast<int64_t>(expected.size())}));
}

TEST_P(EventLogContract, KeepsPartitionsAndTopicsApart) {
  Ensure(2);
  const TopicPartition elsewhere{topic_ + ".longer", 0};
  ASSERT_TRUE(log().EnsureTopic(elsewhere.topic, 1).ok());
  Append(0, {"a"});
  Append(1, {"b", "c"});
  ASSERT_TRUE(log().Append(elsewhere, {{.key = "k", .value = "d"}}).ok());
  EXPECT_EQ(Read({At(0), 0}, 1), (List{"a"}));
  EXPECT_EQ(Read({At(1), 0}, 2), (List{"b", "c"}));
  EXPECT_EQ(Read({elsewhere, 0}, 1), (List{"d"}));
  EXPECT_EQ(Range(0), (OffsetRange{0, 1}));
  EXPECT_EQ(Range(1), (OffsetRange{0, 2}));
}

TEST_P(EventLogContract, AppendsNothingForNoRecords) {
  Ensure(1);
  Append(0, {});
  EXPECT_TRUE(log().AppendAll({}).ok());
  EXPECT_EQ(Range(0), (OffsetRange{0, 0}));
}

TEST_P(EventLogContract, AppendsToManyPartitionsAtOnce) {
  Ensure(3);
  const auto record = [](std::string value) { return Record{.key = "k", .value = value}; };
  const absl::Status appended = log().AppendAll({{At(2), {record("a"), record("b")}},
                                                 {At(0), {record("c")}},
                                                 {At(1), {}},
                                                 {At(2), {record("d")}}});
  ASSERT_TRUE(appended.ok()) << appended;
  EXPECT_EQ(Read({At(0), 0}, 1), (List{"c"}));
  EXPECT_EQ(Read({At(2), 0}, 3), (List{"a", "b", "d"}));
  EXPECT_EQ(Range(1), (OffsetRange{0, 0}));
  EXPECT_TRUE(absl::IsNotFound(log().AppendAll({{At(7), {record("e")}}})));
}

TEST_P(EventLogContract, ReadsFromAnOffsetInTheMiddle) {
  Ensure(1);
  Append(0, {"0", "1", "2", "3"});
  EXPECT_EQ(Read({At(0), 2}, 2), (List{"2", "3"}));
  EXPECT_EQ(Read({At(0), 3}, 1), (List{"3"}));
}

TEST_P(EventLogContract, ReadsFromTheEndWhatComesLater) {
  Ensure(1);
  Append(0, {"before"});
  Waiter waiter;
  const auto reader = Open({{At(0), 1}});
  Append(0, {"after"});
  const std::vector<Fetched> fetched = ReadSome(*reader, waiter, 1);
  EXPECT_EQ(Values(fetched), (List{"after"}));
  ASSERT_FALSE(fetched.empty());
  EXPECT_EQ(fetched[0].offset, 1);
}

TEST_P(EventLogContract, RefusesOffsetsThatAreNotThere) {
  Ensure(1);
  Append(0, {"0", "1"});
  const absl::Status beyond = Refusal(log(), {At(0), 3});
  EXPECT_TRUE(absl::IsOutOfRange(beyond)) << beyond;
  EXPECT_NE(beyond.message().find(ToString(At(0))), std::string::npos) << beyond;
  EXPECT_TRUE(absl::IsOutOfRange(Refusal(log(), {At(0), -1})));
}

TEST_P(EventLogContract, LetsReadersGoTheirOwnWay) {
  Ensure(1);
  Append(0, {"0", "1", "2"});
  Waiter one_waiter, other_waiter;
  const auto one = Open({{At(0), 0}});
  const auto other = Open({{At(0), 0}});
  EXPECT_EQ(Values(ReadSome(*one, one_waiter, 1, 1)), (List{"0"}));
  EXPECT_EQ(Values(ReadSome(*other, other_waiter, 3)), (List{"0", "1", "2"}));
  EXPECT_EQ(Values(ReadSome(*one, one_waiter, 2)), (List{"1", "2"}));
}

TEST_P(EventLogContract, AddsAPartitionLater) {
  Ensure(3);
  Append(0, {"0"});
  Append(1, {"skipped", "1"});
  Waiter waiter;
  const auto reader = Open({});
  auto nothing = reader->Poll(10);
  ASSERT_TRUE(nothing.ok()) << nothing.status();
  EXPECT_TRUE(nothing->empty());

  ASSERT_TRUE(reader->Add({At(0), 0}).ok());
  EXPECT_EQ(Values(ReadSome(*reader, waiter, 1)), (List{"0"}));
  ASSERT_TRUE(reader->Add({At(1), 1}).ok());
  EXPECT_EQ(Values(ReadSome(*reader, waiter, 1)), (List{"1"}));
  Append(0, {"2"});
  EXPECT_EQ(Values(ReadSome(*reader, waiter, 1)), (List{"2"}));
  EXPECT_TRUE(absl::IsAlreadyExists(reader->Add({At(0), 0})));
  ASSERT_TRUE(reader->Add({At(2), 0}).ok());
  Append(2, {"3"});
  EXPECT_EQ(Values(ReadSome(*reader, waiter, 1)), (List{"3"}));
}

TEST_P(EventLogContract, GivesEveryPartitionItsTurn) {
  Ensure(3);
  // More than a log that is reached over a network sends ahead of its reader.
  SeededRandom random(7);
  List busy;
  for (int i = 0; i < 300; ++i) busy.push_back(random.Bytes(10'000));
  Append(0, busy);
  Append(2, {"quiet"});
  Waiter waiter;
  const auto reader = Open({{At(0), 0}, {At(1), 0}, {At(2), 0}});
  const auto is_quiet = [&](const Fetched& one) { return one.at == At(2); };
  size_t read = 0;
  bool quiet = false;
  while (!quiet && read < 300) {
    const std::vector<Fetched> fetched = ReadSome(*reader, waiter, 1, 10);
    ASSERT_FALSE(fetched.empty());
    read += fetched.size();
    quiet = std::any_of(fetched.begin(), fetched.end(), is_quiet);
  }
  EXPECT_TRUE(quiet) << "the busy partition was read to its end first";
}

TEST_P(EventLogContract, WakesAReaderThatWaits) {
  Ensure(1);
  Waiter waiter;
  const auto reader = Open({{At(0), 0}});
  waiter.Attach(*reader);
  for (int round = 0; round < 3; ++round) {
    auto nothing = reader->Poll(10);
    ASSERT_TRUE(nothing.ok() && nothing->empty());
    std::thread writer([&] { Append(0, {absl::StrCat(round)}); });
    EXPECT_EQ(Values(ReadSome(*reader, waiter, 1)), (List{absl::StrCat(round)}));
    writer.join();
  }
}

TEST_P(EventLogContract, CallsNobodyWhoHasGone) {
  Ensure(1);
  auto called = std::make_shared<int>(0);
  auto reader = Open({{At(0), 0}});
  reader->OnReady([called] { ++*called; });
  reader->OnReady(nullptr);
  const long holders = called.use_count();
  EXPECT_EQ(holders, 1) << "OnReady keeps the function it was told to forget";
  const int before = *called;
  Append(0, {"0"});
  EXPECT_EQ(*called, before);
  reader->OnReady([called] { ++*called; });
  reader.reset();
  EXPECT_EQ(called.use_count(), 1) << "a reader's function outlives it";
  Append(0, {"1"});
}

TEST_P(EventLogContract, GoesOnAfterAReopening) {
  Ensure(2);
  Append(0, {"0", "1"});
  Append(1, {"x"});
  under_test_->Reopen();
  auto count = log().PartitionCount(topic_);
  ASSERT_TRUE(count.ok()) << count.status();
  EXPECT_EQ(*count, 2);
  EXPECT_TRUE(absl::IsFailedPrecondition(log().EnsureTopic(topic_, 3)));
  Ensure(2);
  Append(0, {"2"});
  EXPECT_EQ(Range(0), (OffsetRange{0, 3}));
  EXPECT_EQ(Read({At(0), 1}, 2), (List{"1", "2"}));
  EXPECT_EQ(Read({At(1), 0}, 1), (List{"x"}));
}

// Writers to their own partitions and one shared one, readers at the same time: nothing is lost,
// doubled or out of order, and both readers see the shared partition in the same order.
TEST_P(EventLogContract, StandsWritersAndReadersAtOnce) {
  constexpr int kWriters = 3, kRecords = 60;
  Ensure(kWriters + 1);
  std::vector<Position> from;
  for (int i = 0; i <= kWriters; ++i) from.push_back({At(i), 0});
  std::vector<std::vector<Fetched>> seen(2);
  std::vector<std::thread> threads;
  for (std::vector<Fetched>& all : seen) {
    threads.emplace_back([&] {
      Waiter waiter;
      const auto reader = Open(from);
      all = ReadSome(*reader, waiter, 2 * kWriters * kRecords, 13);
    });
  }
  for (int writer = 0; writer < kWriters; ++writer) {
    threads.emplace_back([&, writer] {
      for (int i = 0; i < kRecords; ++i) {
        const Record record{.key = absl::StrCat(writer), .value = absl::StrCat(i)};
        EXPECT_TRUE(log().AppendAll({{At(writer), {record}}, {At(kWriters), {record}}}).ok());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();

  std::vector<List> shared(2);
  for (size_t reader = 0; reader < seen.size(); ++reader) {
    ASSERT_EQ(seen[reader].size(), 2u * kWriters * kRecords);
    std::map<TopicPartition, int64_t> next_offset;
    std::map<std::pair<TopicPartition, std::string>, int> next_value;
    for (const Fetched& one : seen[reader]) {
      EXPECT_EQ(one.offset, next_offset[one.at]++);
      EXPECT_EQ(one.record.value, absl::StrCat(next_value[{one.at, one.record.key}]++));
      if (one.at == At(kWriters)) shared[reader].push_back(one.record.key + "/" + one.record.value);
    }
  }
  EXPECT_EQ(shared[0], shared[1]);
}

}  // namespace waymark::eventlog
