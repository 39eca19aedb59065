// What the contract does not say: batches, the knobs of MemoryStore, and how a RocksStore refuses.
#include "libs/store/store.h"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/check.h"
#include "libs/store/memory_store.h"
#include "libs/store/rocks_store.h"
#include "libs/store/testing.h"

namespace waymark::store {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const std::vector<std::string> kFamilies = {"a", "b"};

WriteBatch OneRow(std::string_view key, std::string_view value) {
  WriteBatch batch;
  batch.Put("a", key, value);
  return batch;
}

TEST(WriteBatchTest, KeepsOrderAndCountsBytes) {
  WriteBatch batch;
  EXPECT_TRUE(batch.empty());
  batch.Put("a", "key", "value");
  batch.Delete("b", "gone");
  ASSERT_EQ(batch.ops().size(), 2u);
  EXPECT_EQ(batch.ops()[0].kind, WriteBatch::Op::Kind::kPut);
  EXPECT_EQ(batch.ops()[1].kind, WriteBatch::Op::Kind::kDelete);
  EXPECT_EQ(batch.ops()[1].column_family, "b");
  EXPECT_EQ(batch.bytes(), 12u);
  batch.Clear();
  EXPECT_TRUE(batch.empty());
  EXPECT_EQ(batch.bytes(), 0u);
}

TEST(MemoryStoreTest, FailsTheNextCommitsAndLosesThem) {
  MemoryStore store(kFamilies);
  store.FailNextCommits(2, absl::InternalError("disk"));
  EXPECT_TRUE(store.Commit(WriteBatch()).ok()) << "an empty batch needs no disk";
  EXPECT_EQ(store.Commit(OneRow("k", "1")).message(), "disk");
  EXPECT_EQ(store.Commit(OneRow("k", "2")).message(), "disk");
  EXPECT_EQ(*store.Get("a", "k"), std::nullopt);
  EXPECT_TRUE(store.Commit(OneRow("k", "3")).ok());
  EXPECT_EQ(store.commits(), 1);
  EXPECT_EQ(*store.Crash()->Get("a", "k"), "3");
}

TEST(MemoryStoreTest, ShowsAFailedCommitAfterACrashWhenTold) {
  MemoryStore store(kFamilies);
  ASSERT_TRUE(store.Commit(OneRow("k", "0")).ok());
  store.FailNextCommits(2, absl::InternalError("disk"),
                        MemoryStore::AfterFailure::kAppearsAfterCrash);
  EXPECT_FALSE(store.Commit(OneRow("k", "1")).ok());
  EXPECT_FALSE(store.Commit(OneRow("only failed", "1")).ok());
  EXPECT_EQ(*store.Get("a", "k"), "0") << "no reader sees a batch that failed";
  ASSERT_TRUE(store.Commit(OneRow("k", "2")).ok());
  const auto after = store.Crash();
  EXPECT_EQ(*after->Get("a", "k"), "2") << "a later batch wins";
  EXPECT_EQ(*after->Get("a", "only failed"), "1");
}

TEST(MemoryStoreTest, IsDeadAfterACrash) {
  MemoryStore store(kFamilies);
  const auto after = store.Crash();
  EXPECT_TRUE(absl::IsFailedPrecondition(store.Commit(OneRow("k", "1"))));
  EXPECT_TRUE(absl::IsFailedPrecondition(store.Get("a", "k").status()));
  EXPECT_TRUE(absl::IsFailedPrecondition(store.Checkpoint("copy")));
  EXPECT_TRUE(after->Commit(OneRow("k", "1")).ok());
}

TEST(MemoryStoreTest, LetsATestComeBetween) {
  MemoryStore store(kFamilies);
  std::unique_ptr<MemoryStore> after;
  store.OnCommit([&](const WriteBatch& batch) {
    EXPECT_EQ(batch.ops().size(), 1u);
    after = store.Crash();
  });
  EXPECT_TRUE(absl::IsFailedPrecondition(store.Commit(OneRow("k", "1"))));
  EXPECT_EQ(*after->Get("a", "k"), std::nullopt);
}

TEST(MemoryStoreDeathTest, StopsAVisitorThatCommits) {
  MemoryStore store(kFamilies);
  ASSERT_TRUE(store.Commit(OneRow("k", "1")).ok());
  EXPECT_DEATH((void)store.Scan("a", "", "",
                                [&](auto, auto) { return store.Commit(OneRow("k", "2")).ok(); }),
               "visitor");
}

class RocksStoreTest : public testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<Store>> Open(const RocksOptions& options = {}) {
    return OpenRocksStore(path_, kFamilies, options);
  }

  // A store with rows in table files and in the write-ahead log, closed.
  void Fill(int rows = 200) {
    auto store = Open();
    ASSERT_TRUE(store.ok()) << store.status();
    for (int i = 0; i < rows; ++i) {
      ASSERT_TRUE((*store)->Commit(OneRow(absl::StrCat("key", i), std::string(500, 'v'))).ok());
    }
    store->reset();
    store = Open();  // recovery writes the rows of the log to a table file
    ASSERT_TRUE(store.ok()) << store.status();
    ASSERT_TRUE((*store)->Commit(OneRow("last", "in the log")).ok());
  }

  fs::path FileThat(const std::string& begins, const std::string& ends) {
    fs::path found;
    for (const auto& entry : fs::directory_iterator(path_)) {
      const std::string name = entry.path().filename().string();
      const bool fits = name.rfind(begins, 0) == 0 && name.size() >= ends.size() &&
                        name.compare(name.size() - ends.size(), ends.size(), ends) == 0;
      if (fits && (found.empty() || entry.file_size() > fs::file_size(found))) found = entry.path();
    }
    WM_CHECK(!found.empty(), "no such file");
    return found;
  }

  static void Flip(const fs::path& file, uint64_t at) {
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekg(static_cast<std::streamoff>(at));
    const int byte = stream.get();
    stream.seekp(static_cast<std::streamoff>(at));
    stream.put(static_cast<char>(byte ^ 0x55));
    WM_CHECK(stream.good(), "cannot flip a byte");
  }

  // Refused as damaged, saying where and what to do.
  void ExpectDamaged(const absl::Status& status) {
    EXPECT_TRUE(absl::IsDataLoss(status)) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(path_));
    EXPECT_THAT(std::string(status.message()), HasSubstr("restore"));
    EXPECT_THAT(std::string(status.message()), HasSubstr("waymark rebuild"));
  }

  TemporaryDirectory root_;
  std::string path_ = root_.path() + "/deep/er/store";
};

TEST_F(RocksStoreTest, RefusesATruncatedCurrent) {
  Fill();
  fs::resize_file(path_ + "/CURRENT", 0);
  ExpectDamaged(Open().status());
  fs::resize_file(path_ + "/CURRENT", 3);
  ExpectDamaged(Open().status());
}

TEST_F(RocksStoreTest, RefusesAMissingCurrentAndDeletesNothing) {
  Fill();
  const fs::path table = FileThat("", ".sst");
  fs::rename(path_ + "/CURRENT", root_.path() + "/CURRENT");
  ExpectDamaged(Open().status());
  EXPECT_TRUE(fs::exists(table));
  fs::rename(root_.path() + "/CURRENT", path_ + "/CURRENT");
  EXPECT_TRUE(Open().ok());
}

TEST_F(RocksStoreTest, RefusesADamagedManifest) {
  Fill();
  Flip(FileThat("MANIFEST-", ""), 20);
  ExpectDamaged(Open().status());
}

TEST_F(RocksStoreTest, RefusesAMissingManifest) {
  Fill();
  fs::remove(FileThat("MANIFEST-", ""));
  ExpectDamaged(Open().status());
}

TEST_F(RocksStoreTest, RefusesAMissingOrShortTableFile) {
  Fill();
  const fs::path table = FileThat("", ".sst");
  fs::resize_file(table, fs::file_size(table) / 2);
  ExpectDamaged(Open().status());
  fs::remove(table);
  ExpectDamaged(Open().status());
}

TEST_F(RocksStoreTest, RefusesASmallStoreWithOneWrongByte) {
  Fill();
  const fs::path table = FileThat("", ".sst");
  Flip(table, 100);
  ExpectDamaged(Open().status());
}

TEST_F(RocksStoreTest, FindsAWrongByteOfALargeStoreWhenItIsRead) {
  Fill();
  Flip(FileThat("", ".sst"), 100);
  auto store = Open({.verify_on_open_bytes = 0});
  ASSERT_TRUE(store.ok()) << store.status();
  ExpectDamaged((*store)->Scan("a", "", "", [](auto, auto) { return true; }));
}

TEST_F(RocksStoreTest, RefusesAWrongByteInsideTheLog) {
  {
    auto store = Open();
    ASSERT_TRUE(store.ok()) << store.status();
    for (int i = 0; i < 100; ++i) {
      ASSERT_TRUE((*store)->Commit(OneRow(absl::StrCat(i), std::string(1000, 'v'))).ok());
    }
  }
  Flip(FileThat("", ".log"), 40'000);
  ExpectDamaged(Open().status());
}

TEST_F(RocksStoreTest, ToleratesATornEndOfTheLog) {
  Fill();
  const fs::path log = FileThat("", ".log");
  fs::resize_file(log, fs::file_size(log) - 3);
  auto store = Open();
  ASSERT_TRUE(store.ok()) << store.status();
  EXPECT_EQ(*(*store)->Get("a", "key199"), std::string(500, 'v'));
}

TEST_F(RocksStoreTest, RefusesADirectoryThatIsOpen) {
  auto first = Open();
  ASSERT_TRUE(first.ok()) << first.status();
  const absl::Status second = Open().status();
  EXPECT_TRUE(absl::IsFailedPrecondition(second)) << second;
  EXPECT_THAT(std::string(second.message()), HasSubstr("stop that process"));
  EXPECT_TRUE((*first)->Commit(OneRow("k", "v")).ok());
}

TEST_F(RocksStoreTest, RefusesOtherColumnFamilies) {
  Fill();
  const absl::Status fewer = OpenRocksStore(path_, {"a"}).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(fewer)) << fewer;
  EXPECT_THAT(std::string(fewer.message()), HasSubstr("(b)"));
  const absl::Status more = OpenRocksStore(path_, {"a", "b", "c"}).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(more)) << more;
  EXPECT_THAT(std::string(more.message()), HasSubstr("lacks the column families c"));
  EXPECT_TRUE(Open().ok()) << "a refusal changes nothing";
}

TEST_F(RocksStoreTest, RefusesBadDeclarations) {
  for (const auto& families :
       std::vector<std::vector<std::string>>{{}, {""}, {"a", "a"}, {"default"}}) {
    EXPECT_TRUE(absl::IsInvalidArgument(OpenRocksStore(path_, families).status()));
  }
}

TEST_F(RocksStoreTest, RefusesADirectoryWithOtherFiles) {
  fs::create_directories(path_);
  std::ofstream(path_ + "/letter.txt") << "dear";
  const absl::Status status = Open().status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr(path_));
}

TEST_F(RocksStoreTest, RefusesAPathThatIsAFile) {
  std::ofstream(root_.path() + "/deep") << "not a directory";
  const absl::Status status = Open().status();
  EXPECT_TRUE(absl::IsInternal(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr(root_.path() + "/deep"));
}

// Power goes before CURRENT is there, or before all column families are: the next start goes on.
TEST_F(RocksStoreTest, FinishesACreationThatWasCutShort) {
  for (const bool current : {false, true}) {
    const std::string from = absl::StrCat(root_.path(), "/made-", current);
    const std::string after = absl::StrCat(root_.path(), "/after-", current);
    PowerLossDisk disk;
    {
      auto store = OpenRocksStore(from, {"a"}, {.env = disk.env()});
      ASSERT_TRUE(store.ok()) << store.status();
      disk.Cut();
    }
    ASSERT_TRUE(disk.Restore(from, after).ok());
    // The log holds the row that marks a finished creation.
    for (const auto& entry : fs::directory_iterator(after)) {
      if (entry.path().extension() == ".log") fs::remove(entry.path());
    }
    if (!current) fs::remove(after + "/CURRENT");
    auto store = OpenRocksStore(after, kFamilies);
    ASSERT_TRUE(store.ok()) << current << ": " << store.status();
    EXPECT_TRUE((*store)->Commit(OneRow("k", "v")).ok());
  }
}

TEST_F(RocksStoreTest, TakesNoCommitAfterAFailedOne) {
  PowerLossDisk disk;
  auto store = Open({.env = disk.env()});
  ASSERT_TRUE(store.ok()) << store.status();
  ASSERT_TRUE((*store)->Commit(OneRow("k", "1")).ok());
  disk.Cut();
  const absl::Status failed = (*store)->Commit(OneRow("k", "2"));
  EXPECT_TRUE(absl::IsInternal(failed)) << failed;
  EXPECT_THAT(std::string(failed.message()), HasSubstr(path_));
  EXPECT_EQ(*(*store)->Get("a", "k"), "1");
  ASSERT_TRUE(disk.Restore(path_, root_.path() + "/after").ok());  // power is back
  EXPECT_EQ((*store)->Commit(OneRow("k", "3")), failed);
}

}  // namespace
}  // namespace waymark::store
