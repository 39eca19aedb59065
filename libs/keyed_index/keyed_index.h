// An index from tokens to entries whose rows become noise once its key is destroyed. README.md says
// why. Holds no state: rows are written with Changes and found in a View, and where the keys of the
// two generations lie is the caller's to keep (Generations) beside them.
//
//   row key = prefix Text(HMAC(index key, F("waymark-keyed-index-v1") F(family) F(token)))
//             Text(entry), row value = ""; F as LengthPrefixed, Text as KeyBuilder
//
// Re-keying: put a fresh slot in front (Next), Move every token of every entry, in as many batches
// as it takes, then let only the new generation live (Settled) and have the old slot erased.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/crypto/mac.h"
#include "libs/crypto/slot_keys.h"
#include "libs/runtime/decider.h"

namespace waymark::keyed_index {

struct Generations {
  uint64_t current = 0;              // slot of the key that new rows are written under
  std::optional<uint64_t> previous;  // while re-keying: rows may still lie under this one

  Generations Next(uint64_t slot) const { return {slot, current}; }
  Generations Settled() const { return {current, std::nullopt}; }
  // 8 or 16 bytes.
  std::string Encode() const;
  static Generations Decode(std::string_view bytes);  // stops the process on anything else

  friend bool operator==(const Generations&, const Generations&) = default;
};

// Made for one decision or one event and dropped with it. Not thread-safe.
class KeyedIndex {
 public:
  // `generations` nullopt: nothing was ever indexed, so nothing is found. Without a key, because
  // there is none yet or it was erased, nothing is written either. Errors are the key file's.
  static absl::StatusOr<KeyedIndex> Load(const crypto::SlotKeys& keys, std::string_view family,
                                         std::string_view prefix,
                                         const std::optional<Generations>& generations);

  // Under either generation; sorted, each once.
  std::vector<std::string> Find(const runtime::View& view, std::string_view token);
  void Put(runtime::Changes& changes, std::string_view token, std::string_view entry);
  // Under either generation.
  void Delete(runtime::Changes& changes, std::string_view token, std::string_view entry);
  // From the previous generation to the current one.
  void Move(runtime::Changes& changes, std::string_view token, std::string_view entry);

 private:
  KeyedIndex(std::string_view family, std::string_view prefix) : family_(family), prefix_(prefix) {}
  std::string RowPrefix(crypto::HmacSha256& mac, std::string_view token) const;

  std::string family_;
  std::string prefix_;
  std::optional<crypto::HmacSha256> current_;
  std::optional<crypto::HmacSha256> previous_;
};

}  // namespace waymark::keyed_index
