#include "tests/checker/messages.h"

#include <set>
#include <tuple>

#include "tests/checker/bytes.h"

namespace checker {
namespace {

constexpr char kOpeningKey[] = "waymark-audit-opening-key-v1";

// The opening is sealed under the keys of all its slots together.
void Open(const Store& store, const std::string& shard,
          const waymark::gateway::v1::StoredLeaf& stored, Leaf& leaf) {
  leaf.commitment = stored.commitment();
  leaf.sealed = stored.sealed_opening();
  leaf.key_slots.assign(stored.key_slots().begin(), stored.key_slots().end());
  waymark::gateway::v1::LeafOpening opening = stored.opening();
  leaf.open = stored.has_opening();
  leaf.bound = LengthPrefixed({"waymark-audit-opening-v1", shard.substr(0, shard.find('/')),
                               store.agency, leaf.commitment});
  if (!leaf.open) {
    std::string secret;
    for (const uint64_t slot : leaf.key_slots) {
      const auto key = store.keys.live.find(slot);
      if (key == store.keys.live.end()) return;
      secret += key->second;
    }
    const auto plain = OpenSealed(Derive(secret, kOpeningKey), leaf.bound, leaf.sealed);
    leaf.open = plain && opening.ParseFromString(*plain);
  }
  if (!leaf.open) return;
  leaf.entry_bytes = opening.entry();
  leaf.salt = opening.salt();
  leaf.open = leaf.entry.ParseFromString(leaf.entry_bytes);
}

}  // namespace

std::vector<const Record*> RecordsOf(const World& world, std::string_view topic_begin,
                                     std::string_view topic_end, std::string_view type) {
  std::vector<const Record*> found;
  std::set<std::tuple<std::string, std::string, uint64_t>> seen;
  for (const auto& [topic, partitions] : world.log) {
    const std::string_view name = topic;
    if (name.substr(0, topic_begin.size()) != topic_begin) continue;
    if (name.size() < topic_end.size() || !name.ends_with(topic_end)) continue;
    for (const auto& [number, partition] : partitions) {
      for (const Record& record : partition.records) {
        if (record.type != type) continue;
        if (seen.emplace(record.source, record.lane, record.seq).second) found.push_back(&record);
      }
    }
  }
  return found;
}

bool Leaf::About(std::string_view id) const {
  for (const std::string& about : entry.about()) {
    if (about == id) return true;
  }
  return false;
}

std::string Leaf::Fact(const std::string& name) const {
  const auto fact = entry.facts().find(name);
  return fact == entry.facts().end() ? "" : fact->second;
}

bool Leaf::OpensWith(const std::string& key) const {
  return OpenSealed(Derive(key, kOpeningKey), bound, sealed).has_value();
}

int64_t Leaf::At() const { return entry.at().seconds() * 1'000'000 + entry.at().nanos() / 1000; }

std::vector<Leaf> LeavesOf(const Store& store) {
  std::vector<Leaf> leaves;
  for (const auto& [key, value] : store.Rows("gateway.audit.entries")) {
    KeyParts parts(key);
    const std::string shard = parts.Text();
    Leaf leaf;
    leaf.index = parts.Number();
    waymark::gateway::v1::StoredLeaf stored;
    if (stored.ParseFromString(value)) Open(store, shard, stored, leaf);
    leaves.push_back(std::move(leaf));
  }
  return leaves;
}

}  // namespace checker
