// Every implementation of the Store port against its contract.
#include "libs/base/check.h"
#include "libs/store/contract.h"
#include "libs/store/memory_store.h"
#include "libs/store/rocks_store.h"
#include "libs/store/testing.h"

namespace waymark::store {
namespace {

const std::vector<std::string> kFamilies = {"a", "b"};

class MemoryUnderTest : public StoreUnderTest {
 public:
  Store& store() override { return *store_; }
  void Reopen() override { store_ = store_->Crash(); }
  void LosePower() override { store_ = store_->Crash(); }
  std::string NewDirectory() override { return absl::StrCat("copy-", ++directories_); }
  absl::StatusOr<std::unique_ptr<Store>> OpenCopy(const std::string& directory) override {
    return store_->OpenCheckpoint(directory);
  }

 private:
  std::unique_ptr<MemoryStore> store_ = std::make_unique<MemoryStore>(kFamilies);
  int directories_ = 0;
};

class RocksUnderTest : public StoreUnderTest {
 public:
  explicit RocksUnderTest(size_t write_buffer_bytes) {
    options_.write_buffer_bytes = write_buffer_bytes;
    options_.light_column_families = {"b"};
    options_.env = disk_.env();
    path_ = NewDirectory();
    Open();
  }

  Store& store() override { return *store_; }

  void Reopen() override {
    store_.reset();
    Open();
  }

  void LosePower() override {
    const std::string after = NewDirectory();
    disk_.Cut();
    store_.reset();
    const absl::Status restored = disk_.Restore(path_, after);
    WM_CHECK(restored.ok(), restored.ToString());
    path_ = after;
    Open();
  }

  std::string NewDirectory() override {
    return absl::StrCat(root_.path(), "/store-", ++directories_);
  }

  absl::StatusOr<std::unique_ptr<Store>> OpenCopy(const std::string& directory) override {
    return OpenRocksStore(directory, kFamilies);
  }

 private:
  void Open() {
    auto store = OpenRocksStore(path_, kFamilies, options_);
    WM_CHECK(store.ok(), store.status().ToString());
    store_ = *std::move(store);
  }

  TemporaryDirectory root_;
  PowerLossDisk disk_;
  RocksOptions options_;
  std::string path_;
  int directories_ = 0;
  std::unique_ptr<Store> store_;
};

std::unique_ptr<StoreUnderTest> MakeMemory() { return std::make_unique<MemoryUnderTest>(); }
std::unique_ptr<StoreUnderTest> MakeRocks() { return std::make_unique<RocksUnderTest>(16u << 20); }
// Rows go to table files all the time, beside the commits.
std::unique_ptr<StoreUnderTest> MakeFlushingRocks() {
  return std::make_unique<RocksUnderTest>(64u << 10);
}

INSTANTIATE_TEST_SUITE_P(Memory, StoreContract, testing::Values(&MakeMemory));
INSTANTIATE_TEST_SUITE_P(Rocks, StoreContract, testing::Values(&MakeRocks));
INSTANTIATE_TEST_SUITE_P(FlushingRocks, StoreContract, testing::Values(&MakeFlushingRocks));

}  // namespace
}  // namespace waymark::store
