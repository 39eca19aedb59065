#include "libs/crypto/key_file.h"

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace waymark::crypto {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void WriteFile(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

class KeyFileTest : public testing::Test {
 protected:
  KeyFileTest() {
    std::string name = testing::TempDir() + "key_file_XXXXXX";
    root_ = mkdtemp(name.data());
    options_ = {(root_ / "slots").string(), (root_ / "master").string(), 100};
  }
  ~KeyFileTest() override { fs::remove_all(root_); }

  std::unique_ptr<KeyFile> Open(uint64_t in_use = 0) {
    absl::StatusOr<std::unique_ptr<KeyFile>> file = KeyFile::Open(options_, in_use, random_);
    EXPECT_TRUE(file.ok()) << file.status();
    return *std::move(file);
  }
  absl::Status WhyNot(uint64_t in_use) { return KeyFile::Open(options_, in_use, random_).status(); }
  fs::path Slots(int generation) { return Path("slots", generation); }
  fs::path Master(int generation) { return Path("master", generation); }
  fs::path Path(const std::string& kind, int generation) {
    std::string digits = std::to_string(generation);
    digits.insert(0, 12 - digits.size(), '0');
    return root_ / kind / (kind + "-" + digits);
  }
  std::vector<std::string> Files() {
    std::vector<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(root_)) {
      if (entry.is_regular_file()) names.push_back(entry.path().filename());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  SeededRandom random_{1};
  fs::path root_;
  KeyFileOptions options_;
};

TEST_F(KeyFileTest, GivesEachSlotItsOwnKeyAndKeepsIt) {
  std::vector<std::string> keys;
  {
    const std::unique_ptr<KeyFile> file = Open();
    for (uint64_t i = 0; i < 10; ++i) {
      EXPECT_EQ(file->Take().value(), i);
      keys.push_back(file->Key(i).value());
      EXPECT_EQ(keys[i].size(), 32u);
    }
    EXPECT_EQ(std::set<std::string>(keys.begin(), keys.end()).size(), 10u);
  }
  const std::unique_ptr<KeyFile> file = Open(10);
  for (uint64_t i = 0; i < 10; ++i) EXPECT_EQ(file->Key(i).value(), keys[i]);
  EXPECT_EQ(file->Take().value(), 10u);
  EXPECT_EQ(file->Key(1'000'000).status().code(), absl::StatusCode::kOutOfRange);
}

TEST_F(KeyFileTest, TakingChangesNothingOnTheDisk) {
  const std::unique_ptr<KeyFile> file = Open();
  const std::string before = ReadFile(Slots(1));
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(file->Take().ok());
  EXPECT_EQ(ReadFile(Slots(1)), before);
}

TEST_F(KeyFileTest, KeepsSlotsAheadAndGrowsWhenTheyRunOut) {
  const std::unique_ptr<KeyFile> file = Open();
  EXPECT_EQ(file->slot_count(), KeyFile::kSlotsInChunk);
  for (uint64_t i = 0; i < KeyFile::kSlotsInChunk - 99; ++i) ASSERT_TRUE(file->Take().ok());
  ASSERT_TRUE(file->TopUp().ok());
  EXPECT_EQ(file->slot_count(), 2 * KeyFile::kSlotsInChunk);
  for (uint64_t i = 0; i < KeyFile::kSlotsInChunk + 100; ++i) ASSERT_TRUE(file->Take().ok());
  EXPECT_EQ(file->slot_count(), 3 * KeyFile::kSlotsInChunk);
  EXPECT_TRUE(file->Key(2 * KeyFile::kSlotsInChunk).ok());
}

TEST_F(KeyFileTest, NoKeyLiesInTheClear) {
  const std::unique_ptr<KeyFile> file = Open();
  const std::string bytes = ReadFile(Slots(1));
  for (uint64_t i = 0; i < 20; ++i) {
    EXPECT_EQ(bytes.find(file->Key(i).value()), std::string::npos);
  }
  EXPECT_EQ(fs::status(Slots(1)).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(fs::status(Master(1)).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(KeyFileTest, ErasesOneKeyForEver) {
  std::string kept;
  {
    const std::unique_ptr<KeyFile> file = Open();
    kept = file->Key(4).value();
    ASSERT_TRUE(file->Erase(5).ok());
    EXPECT_EQ(file->Key(5).status().code(), absl::StatusCode::kNotFound);
    EXPECT_EQ(file->Erase(1'000'000).code(), absl::StatusCode::kOutOfRange);
  }
  const std::unique_ptr<KeyFile> file = Open(10);
  EXPECT_EQ(file->Key(5).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(file->Key(4).value(), kept);
  ASSERT_TRUE(file->Erase(5).ok());
  ASSERT_TRUE(file->RewriteUnderNewMaster().ok());
  EXPECT_EQ(file->Key(5).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(file->Key(4).value(), kept);
}

TEST_F(KeyFileTest, KnowsWhatWasErasedAndNeverHandsItOut) {
  {
    const std::unique_ptr<KeyFile> file = Open();
    ASSERT_TRUE(file->Erase(1).ok());
    ASSERT_TRUE(file->Erase(0).ok());
    EXPECT_THAT(file->ErasedSlots(), ElementsAre(0, 1));
    ASSERT_TRUE(file->RewriteUnderNewMaster().ok());
  }
  const std::unique_ptr<KeyFile> file = Open();  // a store that is older than the erasure
  EXPECT_THAT(file->ErasedSlots(), ElementsAre(0, 1));
  EXPECT_EQ(file->Take().value(), 2u);
}

TEST_F(KeyFileTest, ANewMasterMakesOldCopiesWorthless) {
  std::string old_slots;
  {
    const std::unique_ptr<KeyFile> file = Open();
    old_slots = ReadFile(Slots(1));
    std::vector<std::string> keys;
    for (uint64_t i = 0; i < 30; ++i) keys.push_back(file->Key(i).value());
    ASSERT_TRUE(file->Erase(29).ok());
    ASSERT_TRUE(file->RewriteUnderNewMaster().ok());
    EXPECT_EQ(file->generation(), 2u);
    EXPECT_THAT(Files(), ElementsAre("lock", "master-000000000002", "slots-000000000002"));
    for (uint64_t i = 0; i < 29; ++i) EXPECT_EQ(file->Key(i).value(), keys[i]);
  }
  // The slots as they were before the erasure: there is no master for them any more.
  WriteFile(Slots(1), old_slots);
  fs::remove(Slots(2));
  EXPECT_THAT(WhyNot(30).ToString(), HasSubstr("master-000000000001"));
}

// What the disk holds when the process dies at each step of a rewrite.
class InterruptedRewrite : public KeyFileTest {
 protected:
  InterruptedRewrite() {
    {
      const std::unique_ptr<KeyFile> file = Open();
      key_ = file->Key(3).value();
    }
    slots1_ = ReadFile(Slots(1));
    master1_ = ReadFile(Master(1));
    {
      const std::unique_ptr<KeyFile> file = Open(10);
      EXPECT_TRUE(file->RewriteUnderNewMaster().ok());
    }
    slots2_ = ReadFile(Slots(2));
    master2_ = ReadFile(Master(2));
    fs::remove(Slots(2));
    fs::remove(Master(2));
  }
  void ExpectOpens(uint64_t generation) {
    const std::unique_ptr<KeyFile> file = Open(10);
    EXPECT_EQ(file->generation(), generation);
    EXPECT_EQ(file->Key(3).value(), key_);
    const std::string number = "00000000000" + std::to_string(generation);
    EXPECT_THAT(Files(), ElementsAre("lock", "master-" + number, "slots-" + number));
  }
  std::string key_, slots1_, slots2_, master1_, master2_;
};

TEST_F(InterruptedRewrite, BeforeTheNewSlots) {
  WriteFile(Slots(1), slots1_);
  WriteFile(Master(1), master1_);
  WriteFile(Master(2), master2_.substr(0, 40));
  ExpectOpens(1);
}

TEST_F(InterruptedRewrite, BeforeTheNewName) {
  WriteFile(Slots(1), slots1_);
  WriteFile(Master(1), master1_);
  WriteFile(Master(2), master2_);
  WriteFile(Slots(2).string() + ".new", slots2_);
  ExpectOpens(1);
}

TEST_F(InterruptedRewrite, AfterTheNewName) {
  WriteFile(Slots(1), slots1_);
  WriteFile(Master(1), master1_);
  WriteFile(Master(2), master2_);
  WriteFile(Slots(2), slots2_);
  ExpectOpens(2);
}

TEST_F(InterruptedRewrite, BetweenTheOldMasterAndTheOldSlots) {
  WriteFile(Slots(1), slots1_);
  WriteFile(Master(2), master2_);
  WriteFile(Slots(2), slots2_);
  ExpectOpens(2);
}

TEST_F(InterruptedRewrite, OldSlotsWithTheNewMasterAreRefused) {
  WriteFile(Slots(1), slots1_);
  WriteFile(Master(2), master2_);
  EXPECT_EQ(WhyNot(10).code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(ReadFile(Master(2)), master2_);
  fs::rename(Master(2), Master(1));
  EXPECT_EQ(WhyNot(10).code(), absl::StatusCode::kDataLoss);
}

TEST_F(KeyFileTest, FinishesACreationThatWasInterrupted) {
  { const std::unique_ptr<KeyFile> file = Open(); }
  fs::remove(Slots(1));
  const std::unique_ptr<KeyFile> file = Open();
  EXPECT_EQ(file->generation(), 2u);
  EXPECT_THAT(Files(), ElementsAre("lock", "master-000000000002", "slots-000000000002"));
}

TEST_F(KeyFileTest, WritesAnUnfinishedChunkAgain) {
  { const std::unique_ptr<KeyFile> file = Open(); }
  const std::string whole = ReadFile(Slots(1));
  WriteFile(Slots(1), whole + std::string(1000, 'x'));
  {
    const std::unique_ptr<KeyFile> file = Open(KeyFile::kSlotsInChunk);
    EXPECT_EQ(file->slot_count(), 2 * KeyFile::kSlotsInChunk);
    EXPECT_TRUE(file->Key(file->Take().value()).ok());
  }
  EXPECT_EQ(ReadFile(Slots(1)).substr(0, whole.size()), whole);
}

TEST_F(KeyFileTest, SaysWhatToDoWhenItIsMissingOrShort) {
  EXPECT_THAT(WhyNot(5).ToString(), HasSubstr("put back"));
  EXPECT_EQ(WhyNot(5).code(), absl::StatusCode::kDataLoss);
  { const std::unique_ptr<KeyFile> file = Open(); }
  EXPECT_EQ(WhyNot(KeyFile::kSlotsInChunk + 1).code(), absl::StatusCode::kDataLoss);
  const std::string slots = ReadFile(Slots(1));
  WriteFile(Slots(1), slots.substr(0, slots.size() - 1));
  EXPECT_EQ(WhyNot(1).code(), absl::StatusCode::kDataLoss);
  WriteFile(Slots(1), slots.substr(0, 10));
  EXPECT_EQ(WhyNot(0).code(), absl::StatusCode::kDataLoss);
  WriteFile(Slots(1), slots);
  fs::remove(Master(1));
  EXPECT_THAT(WhyNot(1).ToString(), HasSubstr("master"));
}

TEST_F(KeyFileTest, SeesEveryChangedByteOfHeaderMasterAndSlot) {
  { const std::unique_ptr<KeyFile> file = Open(); }
  const std::string slots = ReadFile(Slots(1));
  const std::string master = ReadFile(Master(1));
  for (size_t i = 0; i < 64 + 64; ++i) {
    std::string changed = slots;
    changed[i] ^= 1;
    WriteFile(Slots(1), changed);
    EXPECT_EQ(WhyNot(10).code(), absl::StatusCode::kDataLoss) << i;
  }
  // Two slots that changed places.
  WriteFile(Slots(1),
            slots.substr(0, 64) + slots.substr(128, 64) + slots.substr(64, 64) + slots.substr(192));
  EXPECT_THAT(WhyNot(10).ToString(), HasSubstr("slot 0"));
  WriteFile(Slots(1), slots);
  for (size_t i = 0; i < master.size(); ++i) {
    std::string changed = master;
    changed[i] ^= 1;
    WriteFile(Master(1), changed);
    EXPECT_EQ(WhyNot(10).code(), absl::StatusCode::kDataLoss) << i;
  }
  WriteFile(Master(1), master);
  Open(10);
}

TEST_F(KeyFileTest, SeesDamageWhileOpen) {
  const std::unique_ptr<KeyFile> file = Open();
  {
    std::fstream damage(Slots(1), std::ios::in | std::ios::out | std::ios::binary);
    damage.seekp(64 + 9 * 64 + 20);
    damage << "damage";
  }
  EXPECT_EQ(file->Key(9).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_TRUE(file->Key(8).ok());
  // A rewrite would lose that key for good: it refuses, and so does everything after it.
  EXPECT_EQ(file->RewriteUnderNewMaster().code(), absl::StatusCode::kDataLoss);
  EXPECT_FALSE(file->Take().ok());
  EXPECT_FALSE(file->Key(8).ok());
  EXPECT_FALSE(file->Erase(8).ok());
  EXPECT_FALSE(file->TopUp().ok());
}

TEST_F(KeyFileTest, IsForOneProcessAtATime) {
  const std::unique_ptr<KeyFile> file = Open();
  EXPECT_EQ(WhyNot(0).code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(KeyFileTest, SaysWhenItCannotBeMade) {
  options_.slots_directory = (root_ / "no" / "such" / "parent").string();
  EXPECT_FALSE(WhyNot(0).ok());
}

}  // namespace
}  // namespace waymark::crypto
