#include "libs/keyed_index/keyed_index.h"

#include <set>
#include <utility>

#include "libs/base/bytes.h"
#include "libs/base/check.h"
#include "libs/base/status.h"

namespace waymark::keyed_index {
namespace {

// Nothing when the key was erased.
absl::StatusOr<std::optional<crypto::HmacSha256>> MacOf(const crypto::SlotKeys& keys,
                                                        uint64_t slot) {
  absl::StatusOr<std::string> key = keys.Key(slot);
  if (absl::IsNotFound(key.status())) return std::optional<crypto::HmacSha256>();
  WM_RETURN_IF_ERROR(key.status());
  std::optional<crypto::HmacSha256> mac(std::in_place, *key);
  crypto::Wipe(*key);
  return mac;
}

std::string Row(std::string row_prefix, std::string_view entry) {
  return std::move(row_prefix) + KeyBuilder().Text(entry).Take();
}

}  // namespace

std::string Generations::Encode() const {
  return BigEndian64(current) + (previous ? BigEndian64(*previous) : std::string());
}

Generations Generations::Decode(std::string_view bytes) {
  KeyReader reader(bytes);
  const absl::StatusOr<uint64_t> current = reader.Number();
  WM_CHECK(current.ok(), "the generations of an index cannot be read");
  Generations generations{*current, std::nullopt};
  if (bytes.size() == BigEndian64(0).size()) return generations;
  const absl::StatusOr<uint64_t> previous = reader.Number();
  WM_CHECK(previous.ok(), "the generations of an index cannot be read");
  generations.previous = *previous;
  return generations;
}

absl::StatusOr<KeyedIndex> KeyedIndex::Load(const crypto::SlotKeys& keys, std::string_view family,
                                            std::string_view prefix,
                                            const std::optional<Generations>& generations) {
  KeyedIndex index(family, prefix);
  if (!generations) return index;
  WM_ASSIGN_OR_RETURN(index.current_, MacOf(keys, generations->current));
  if (!generations->previous) return index;
  WM_ASSIGN_OR_RETURN(index.previous_, MacOf(keys, *generations->previous));
  return index;
}

std::string KeyedIndex::RowPrefix(crypto::HmacSha256& mac, std::string_view token) const {
  return prefix_ + KeyBuilder()
                       .Text(mac.Mac(LengthPrefixed({"waymark-keyed-index-v1", family_, token})))
                       .Take();
}

std::vector<std::string> KeyedIndex::Find(const runtime::View& view, std::string_view token) {
  std::set<std::string> entries;
  for (std::optional<crypto::HmacSha256>* mac : {&current_, &previous_}) {
    if (!mac->has_value()) continue;
    const std::string from = RowPrefix(**mac, token);
    view.Scan(family_, from, AfterPrefix(from), [&](std::string_view key, std::string_view) {
      absl::StatusOr<std::string> entry = KeyReader(key.substr(from.size())).Text();
      WM_CHECK(entry.ok(), "a row of an index has another layout");
      entries.insert(*std::move(entry));
      return true;
    });
  }
  return {entries.begin(), entries.end()};
}

void KeyedIndex::Put(runtime::Changes& changes, std::string_view token, std::string_view entry) {
  if (!current_) return;
  changes.Put(family_, Row(RowPrefix(*current_, token), entry), "");
}

void KeyedIndex::Delete(runtime::Changes& changes, std::string_view token, std::string_view entry) {
  for (std::optional<crypto::HmacSha256>* mac : {&current_, &previous_}) {
    if (mac->has_value()) changes.Delete(family_, Row(RowPrefix(**mac, token), entry));
  }
}

void KeyedIndex::Move(runtime::Changes& changes, std::string_view token, std::string_view entry) {
  if (previous_) changes.Delete(family_, Row(RowPrefix(*previous_, token), entry));
  Put(changes, token, entry);
}

}  // namespace waymark::keyed_index
