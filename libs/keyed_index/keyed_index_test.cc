#include "libs/keyed_index/keyed_index.h"

#include <map>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace waymark::keyed_index {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kFamily[] = "rows";

// One column family in a map.
class Rows : public runtime::View, public runtime::Changes {
 public:
  std::optional<std::string> Get(std::string_view, std::string_view) const override { return {}; }
  void Scan(std::string_view, std::string_view from, std::string_view to,
            const std::function<bool(std::string_view, std::string_view)>& visit) const override {
    for (auto row = rows.lower_bound(std::string(from)); row != rows.end(); ++row) {
      if (!to.empty() && row->first >= to) return;
      if (!visit(row->first, row->second)) return;
    }
  }
  void Put(std::string_view, std::string_view key, std::string_view value) override {
    rows[std::string(key)] = std::string(value);
    all.push_back(std::string(key));
  }
  void Delete(std::string_view, std::string_view key) override { rows.erase(std::string(key)); }
  void ArmTimer(std::string_view, absl::Time, std::string_view, std::string_view,
                runtime::TimerClass) override {}
  void CancelTimer(std::string_view) override {}
  void Send(const eventlog::TopicPartition&, std::string_view, std::string_view) override {}
  void StartEffect(std::string_view, std::string_view, std::string_view) override {}
  void CancelEffect(std::string_view) override {}

  std::map<std::string, std::string> rows;
  std::vector<std::string> all;  // every key ever written, as old files keep them
};

class KeyedIndexTest : public ::testing::Test {
 protected:
  KeyedIndex Load(const std::optional<Generations>& generations) {
    return KeyedIndex::Load(keys, kFamily, "fenland/", generations).value();
  }

  SeededRandom random{3};
  crypto::MemorySlotKeys keys{random};
  Rows rows;
};

TEST_F(KeyedIndexTest, FindsWhatWasPutAndNothingElse) {
  KeyedIndex none = Load(std::nullopt);
  none.Put(rows, "token", "ann");
  EXPECT_THAT(none.Find(rows, "token"), IsEmpty());
  KeyedIndex index = Load(Generations{keys.Take().value(), {}});
  index.Put(rows, "token", "bob");
  index.Put(rows, "token", "ann");
  index.Put(rows, "token", "ann");
  index.Put(rows, "other", "cat");
  EXPECT_THAT(index.Find(rows, "token"), ElementsAre("ann", "bob"));
  EXPECT_THAT(index.Find(rows, "another"), IsEmpty());
  index.Delete(rows, "token", "ann");
  EXPECT_THAT(index.Find(rows, "token"), ElementsAre("bob"));
}

TEST_F(KeyedIndexTest, FindsUnderBothKeysWhileItIsRekeyed) {
  const Generations first{keys.Take().value(), {}};
  KeyedIndex before = Load(first);
  before.Put(rows, "token", "ann");
  before.Put(rows, "token", "bob");
  const Generations both = first.Next(keys.Take().value());
  EXPECT_EQ(Generations::Decode(both.Encode()), both);
  EXPECT_EQ(Generations::Decode(first.Encode()), first);
  KeyedIndex during = Load(both);
  during.Move(rows, "token", "ann");
  during.Put(rows, "token", "cat");
  EXPECT_THAT(during.Find(rows, "token"), ElementsAre("ann", "bob", "cat"));
  EXPECT_THAT(before.Find(rows, "token"), ElementsAre("bob"));
  during.Delete(rows, "token", "bob");
  EXPECT_THAT(Load(both.Settled()).Find(rows, "token"), ElementsAre("ann", "cat"));
}

TEST_F(KeyedIndexTest, OldRowsAreNoiseOnceTheirKeyIsErased) {
  const Generations first{keys.Take().value(), {}};
  Load(first).Put(rows, "token", "ann");
  const Generations both = first.Next(keys.Take().value());
  Load(both).Delete(rows, "token", "ann");
  ASSERT_TRUE(keys.Erase(first.current).ok());
  Rows old;
  for (const std::string& key : rows.all) old.rows[key] = "";
  ASSERT_EQ(old.rows.size(), 1u);
  EXPECT_THAT(Load(both).Find(old, "token"), IsEmpty());
  EXPECT_THAT(Load(first).Find(old, "token"), IsEmpty());
}

}  // namespace
}  // namespace waymark::keyed_index
