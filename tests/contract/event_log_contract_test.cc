// Every implementation of the EventLog port against its contract.
#include "libs/base/check.h"
#include "libs/base/clock.h"
#include "libs/eventlog/contract.h"
#include "libs/eventlog/embedded_log.h"
#include "libs/eventlog/memory_log.h"
#include "libs/store/memory_store.h"
#include "libs/store/rocks_store.h"
#include "libs/store/testing.h"

namespace waymark::eventlog {
namespace {

class MemoryUnderTest : public EventLogUnderTest {
 public:
  explicit MemoryUnderTest(bool shuffled) {
    if (shuffled) log_.ShuffleAcross(7);
  }
  EventLog& log() override { return log_; }
  void Reopen() override {}  // it stands for a broker, which a client's restart does not touch

 private:
  MemoryLog log_;
};

class EmbeddedUnderTest : public EventLogUnderTest {
 public:
  using OpenStore = std::function<std::unique_ptr<store::Store>(std::unique_ptr<store::Store>)>;

  // `open` gives the first store for null, and what is left of the last one otherwise.
  explicit EmbeddedUnderTest(OpenStore open) : open_(std::move(open)) { Reopen(); }
  EventLog& log() override { return *log_; }
  void Reopen() override {
    log_.reset();
    store_ = open_(std::move(store_));
    auto log = EmbeddedLog::Open(store_.get(), &clock_);
    WM_CHECK(log.ok(), log.status().ToString());
    log_ = *std::move(log);
  }

 private:
  ManualClock clock_{absl::FromUnixSeconds(1'700'000'000)};
  OpenStore open_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<EmbeddedLog> log_;
};

std::unique_ptr<EventLogUnderTest> MakeMemory() { return std::make_unique<MemoryUnderTest>(false); }
std::unique_ptr<EventLogUnderTest> MakeShuffled() {
  return std::make_unique<MemoryUnderTest>(true);
}

std::unique_ptr<EventLogUnderTest> MakeEmbeddedOnMemory() {
  return std::make_unique<EmbeddedUnderTest>(
      [](std::unique_ptr<store::Store> last) -> std::unique_ptr<store::Store> {
        if (last) return static_cast<store::MemoryStore&>(*last).Crash();
        return std::make_unique<store::MemoryStore>(EmbeddedLog::ColumnFamilies());
      });
}

std::unique_ptr<EventLogUnderTest> MakeEmbeddedOnRocks() {
  auto directory = std::make_shared<store::TemporaryDirectory>();
  return std::make_unique<EmbeddedUnderTest>([directory](std::unique_ptr<store::Store> last) {
    last.reset();
    auto store =
        store::OpenRocksStore(directory->path(), EmbeddedLog::ColumnFamilies(),
                              {.light_column_families = EmbeddedLog::LightColumnFamilies()});
    WM_CHECK(store.ok(), store.status().ToString());
    return *std::move(store);
  });
}

INSTANTIATE_TEST_SUITE_P(Memory, EventLogContract, testing::Values(&MakeMemory));
INSTANTIATE_TEST_SUITE_P(ShuffledMemory, EventLogContract, testing::Values(&MakeShuffled));
INSTANTIATE_TEST_SUITE_P(EmbeddedOnMemory, EventLogContract,
                         testing::Values(&MakeEmbeddedOnMemory));
INSTANTIATE_TEST_SUITE_P(EmbeddedOnRocks, EventLogContract, testing::Values(&MakeEmbeddedOnRocks));

}  // namespace
}  // namespace waymark::eventlog
