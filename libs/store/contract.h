// The contract of the Store port as tests: every implementation passes them. Include it in one .cc
// of a test executable and instantiate:
//
//   INSTANTIATE_TEST_SUITE_P(Memory, StoreContract, testing::Values(&MakeMemoryUnderTest));
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "libs/base/bytes.h"
#include "libs/store/store.h"

namespace waymark::store {

// One store with the column families "a" and "b", and what only its kind knows how to do.
class StoreUnderTest {
 public:
  virtual ~StoreUnderTest() = default;
  virtual Store& store() = 0;
  // Closes the store in good order and opens it again.
  virtual void Reopen() = 0;
  // Ends the store as a loss of power would (nothing that is done on closing) and opens what a disk
  // holds then.
  virtual void LosePower() = 0;
  // A directory that does not exist, for Checkpoint; another at each call.
  virtual std::string NewDirectory() = 0;
  virtual absl::StatusOr<std::unique_ptr<Store>> OpenCopy(const std::string& directory) = 0;
};

using MakeStoreUnderTest = std::unique_ptr<StoreUnderTest> (*)();
using Rows = std::vector<std::pair<std::string, std::string>>;

inline Rows All(const Store& store, std::string_view family, std::string_view from = "",
                std::string_view to = "") {
  Rows rows;
  const absl::Status status = store.Scan(family, from, to, [&](auto key, auto value) {
    rows.emplace_back(key, value);
    return true;
  });
  EXPECT_TRUE(status.ok()) << status;
  return rows;
}

class StoreContract : public testing::TestWithParam<MakeStoreUnderTest> {
 protected:
  Store& store() { return under_test_->store(); }

  std::optional<std::string> Get(std::string_view family, std::string_view key) {
    const auto value = store().Get(family, key);
    EXPECT_TRUE(value.ok()) << value.status();
    return value.ok() ? *value : std::nullopt;
  }

  void Put(std::string_view family, std::string_view key, std::string_view value) {
    WriteBatch batch;
    batch.Put(family, key, value);
    const absl::Status status = store().Commit(batch);
    ASSERT_TRUE(status.ok()) << status;
  }

  std::unique_ptr<StoreUnderTest> under_test_ = GetParam()();
};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(StoreContract);

TEST_P(StoreContract, GivesBackWhatWasPut) {
  EXPECT_EQ(Get("a", "key"), std::nullopt);
  Put("a", "key", "value");
  EXPECT_EQ(Get("a", "key"), "value");
  Put("a", "key", "other");
  EXPECT_EQ(Get("a", "key"), "other");
}

TEST_P(StoreContract, KeepsColumnFamiliesApart) {
  Put("a", "key", "in a");
  EXPECT_EQ(Get("b", "key"), std::nullopt);
  Put("b", "key", "in b");
  EXPECT_EQ(All(store(), "a"), (Rows{{"key", "in a"}}));
  EXPECT_EQ(All(store(), "b"), (Rows{{"key", "in b"}}));
}

TEST_P(StoreContract, TellsAnEmptyValueFromNone) {
  Put("a", "key", "");
  EXPECT_EQ(Get("a", "key"), "");
  EXPECT_EQ(Get("a", "ke"), std::nullopt);
  EXPECT_EQ(All(store(), "a"), (Rows{{"key", ""}}));
}

TEST_P(StoreContract, TakesTheEmptyKey) {
  Put("a", "", "value");
  Put("a", "z", "last");
  EXPECT_EQ(Get("a", ""), "value");
  EXPECT_EQ(All(store(), "a"), (Rows{{"", "value"}, {"z", "last"}}));
}

TEST_P(StoreContract, TakesAnyBytesAndOrdersThemUnsigned) {
  const std::vector<std::string> ordered = {std::string("\0", 1),
                                            std::string("\0\0", 2),
                                            std::string("\0\xff", 2),
                                            "\x01",
                                            "a",
                                            std::string("a\0b", 3),
                                            "ab",
                                            "\x7f",
                                            "\x80",
                                            "\xff",
                                            "\xff\xff"};
  WriteBatch batch;
  for (auto key = ordered.rbegin(); key != ordered.rend(); ++key) batch.Put("a", *key, *key);
  ASSERT_TRUE(store().Commit(batch).ok());
  Rows expected;
  for (const std::string& key : ordered) expected.emplace_back(key, key);
  EXPECT_EQ(All(store(), "a"), expected);
  for (const std::string& key : ordered) EXPECT_EQ(Get("a", key), key) << ToHex(key);
}

TEST_P(StoreContract, TakesALargeValue) {
  std::string large(3u << 20, 'x');
  large[1u << 20] = '\0';
  Put("a", "key", large);
  under_test_->LosePower();
  EXPECT_TRUE(Get("a", "key") == large);
}

TEST_P(StoreContract, DeletesAndToleratesAMissingKey) {
  Put("a", "key", "value");
  WriteBatch batch;
  batch.Delete("a", "key");
  batch.Delete("a", "never there");
  ASSERT_TRUE(store().Commit(batch).ok());
  EXPECT_EQ(Get("a", "key"), std::nullopt);
  EXPECT_EQ(All(store(), "a"), Rows{});
}

TEST_P(StoreContract, LetsTheLastChangeOfAKeyWin) {
  WriteBatch batch;
  batch.Put("a", "put last", "1");
  batch.Delete("a", "put last");
  batch.Put("a", "put last", "2");
  batch.Put("a", "deleted last", "1");
  batch.Delete("a", "deleted last");
  ASSERT_TRUE(store().Commit(batch).ok());
  EXPECT_EQ(All(store(), "a"), (Rows{{"put last", "2"}}));
}

TEST_P(StoreContract, ScansWithinBounds) {
  for (const char* key : {"a", "b", "ba", "c", "d"}) Put("a", key, key);
  const auto keys = [&](std::string_view from, std::string_view to) {
    std::string joined;
    for (const auto& [key, value] : All(store(), "a", from, to)) absl::StrAppend(&joined, key, " ");
    return joined;
  };
  EXPECT_EQ(keys("", ""), "a b ba c d ");
  EXPECT_EQ(keys("b", "c"), "b ba ");
  EXPECT_EQ(keys("b", AfterPrefix("b")), "b ba ");
  EXPECT_EQ(keys("bb", ""), "c d ");
  EXPECT_EQ(keys("", "b"), "a ");
  EXPECT_EQ(keys("c", "c"), "");
  EXPECT_EQ(keys("c", "b"), "");
  EXPECT_EQ(keys("e", ""), "");
}

TEST_P(StoreContract, EndsAScanWhenTheVisitorSaysSo) {
  for (const char* key : {"a", "b", "c"}) Put("a", key, key);
  std::string seen;
  const absl::Status status = store().Scan("a", "", "", [&](auto key, auto value) {
    seen.append(key);
    return key != "b";
  });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(seen, "ab");
}

TEST_P(StoreContract, LetsAVisitorRead) {
  Put("a", "key", "1");
  Put("b", "key", "2");
  std::string seen;
  ASSERT_TRUE(store()
                  .Scan("a", "", "",
                        [&](auto key, auto value) {
                          seen = Get("b", key).value_or("none");
                          EXPECT_EQ(All(store(), "b").size(), 1u);
                          return true;
                        })
                  .ok());
  EXPECT_EQ(seen, "2");
}

TEST_P(StoreContract, RefusesAnUndeclaredColumnFamilyWhole) {
  WriteBatch batch;
  batch.Put("a", "key", "value");
  batch.Put("nowhere", "key", "value");
  EXPECT_TRUE(absl::IsInvalidArgument(store().Commit(batch)));
  EXPECT_EQ(Get("a", "key"), std::nullopt);
  EXPECT_TRUE(absl::IsInvalidArgument(store().Get("nowhere", "key").status()));
  EXPECT_TRUE(
      absl::IsInvalidArgument(store().Scan("nowhere", "", "", [](auto, auto) { return true; })));
  EXPECT_TRUE(absl::IsInvalidArgument(store().Get("default", "waymark.store").status()));
  Put("a", "key", "the store still serves");
}

TEST_P(StoreContract, TakesAnEmptyBatch) {
  EXPECT_TRUE(store().Commit(WriteBatch()).ok());
  EXPECT_EQ(All(store(), "a"), Rows{});
}

TEST_P(StoreContract, KeepsEverythingWhenReopened) {
  Put("a", "kept", "1");
  Put("b", "gone", "1");
  WriteBatch batch;
  batch.Put("b", "also kept", "2");
  batch.Delete("b", "gone");
  ASSERT_TRUE(store().Commit(batch).ok());
  under_test_->Reopen();
  EXPECT_EQ(All(store(), "a"), (Rows{{"kept", "1"}}));
  EXPECT_EQ(All(store(), "b"), (Rows{{"also kept", "2"}}));
  Put("a", "after", "3");
  under_test_->Reopen();
  EXPECT_EQ(All(store(), "a"), (Rows{{"after", "3"}, {"kept", "1"}}));
}

TEST_P(StoreContract, LosesNothingCommittedWhenPowerGoes) {
  Rows expected;
  for (int i = 10; i < 60; ++i) {
    const std::string key = absl::StrCat("key", i);
    WriteBatch batch;
    batch.Put("a", key, "x");
    batch.Put("b", key, "y");
    ASSERT_TRUE(store().Commit(batch).ok());
    expected.emplace_back(key, "x");
    if (i % 20 == 0) under_test_->LosePower();
  }
  under_test_->LosePower();
  EXPECT_EQ(All(store(), "a"), expected);
  EXPECT_EQ(All(store(), "b").size(), expected.size());
}

TEST_P(StoreContract, WritesACheckpointThatStandsForItself) {
  Put("a", "key", "before");
  Put("b", "key", "before");
  const std::string directory = under_test_->NewDirectory();
  const absl::Status written = store().Checkpoint(directory);
  ASSERT_TRUE(written.ok()) << written;
  Put("a", "key", "after");
  Put("b", "new", "after");

  auto copy = under_test_->OpenCopy(directory);
  ASSERT_TRUE(copy.ok()) << copy.status();
  EXPECT_EQ(All(**copy, "a"), (Rows{{"key", "before"}}));
  EXPECT_EQ(All(**copy, "b"), (Rows{{"key", "before"}}));
  WriteBatch batch;
  batch.Put("a", "key", "only in the copy");
  ASSERT_TRUE((*copy)->Commit(batch).ok());
  EXPECT_EQ(Get("a", "key"), "after");
  EXPECT_EQ(All(**copy, "a"), (Rows{{"key", "only in the copy"}}));
}

TEST_P(StoreContract, NeverWritesACheckpointOverAnother) {
  Put("a", "key", "first");
  const std::string directory = under_test_->NewDirectory();
  ASSERT_TRUE(store().Checkpoint(directory).ok());
  Put("a", "key", "second");
  const absl::Status again = store().Checkpoint(directory);
  EXPECT_TRUE(absl::IsAlreadyExists(again)) << again;
  EXPECT_NE(again.message().find(directory), std::string::npos);
  auto copy = under_test_->OpenCopy(directory);
  ASSERT_TRUE(copy.ok()) << copy.status();
  EXPECT_EQ(All(**copy, "a"), (Rows{{"key", "first"}}));
}

// Two rows always change together; a reader that sees them differ has seen half a batch.
TEST_P(StoreContract, ShowsReadersWholeBatchesOnly) {
  Put("a", "x", "0");
  Put("a", "y", "0");
  std::atomic<bool> done = false;
  std::atomic<int> torn = 0;
  std::thread reader([&] {
    while (!done) {
      const Rows rows = All(store(), "a");
      if (rows.size() != 2 || rows[0].second != rows[1].second) ++torn;
    }
  });
  for (int i = 1; i <= 200; ++i) {
    WriteBatch batch;
    batch.Put("a", "x", absl::StrCat(i));
    batch.Put("a", "y", absl::StrCat(i));
    EXPECT_TRUE(store().Commit(batch).ok());
  }
  done = true;
  reader.join();
  EXPECT_EQ(torn, 0);
}

TEST_P(StoreContract, TakesCommitsFromManyThreads) {
  std::vector<std::thread> writers;
  for (int writer = 0; writer < 4; ++writer) {
    writers.emplace_back([&, writer] {
      for (int i = 0; i < 50; ++i) {
        WriteBatch batch;
        batch.Put("a", absl::StrCat(writer, "/", i), "x");
        batch.Put("b", absl::StrCat(writer, "/", i), "x");
        EXPECT_TRUE(store().Commit(batch).ok());
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  under_test_->LosePower();
  EXPECT_EQ(All(store(), "a").size(), 200u);
  EXPECT_EQ(All(store(), "b").size(), 200u);
}

}  // namespace waymark::store
