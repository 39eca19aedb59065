// The feed of alerts that subscriptions read, and resume tokens. Pure.
//
// Entries are numbered 1, 2, 3 ... A subscription gets them in order. An entry that says what an
// alert is now is skipped when a later one says it better; a tombstone is never skipped, because
// somebody may hold what it takes back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace waymark::sharing::alerts {

// Opaque to subscribers: "wm1-" and the entry's number as 16 hexadecimal digits.
std::string ToToken(uint64_t seq);
// nullopt for anything else.
std::optional<uint64_t> ParseToken(std::string_view token);

// "housing-system": 1 to 64 of a-z 0-9 - _.
bool IsSubscriptionName(std::string_view name);

enum class EntryKind { kAlert, kTombstone, kRetry };
std::string_view EntryKindName(EntryKind kind);  // "alert", "tombstone", "retry"
std::optional<EntryKind> ParseEntryKind(std::string_view name);

// Answered by the store, and by a map in tests.
class Feed {
 public:
  virtual ~Feed() = default;
  // The number of the newest entry; 0 for none.
  virtual uint64_t head() const = 0;
  virtual EntryKind KindAt(uint64_t seq) const = 0;
  // The newest entry of the same alert that says what it is now.
  virtual uint64_t NewestOfAlertAt(uint64_t seq) const = 0;
  // Whether some subscriber still lacks the personal part of the alert of this entry, because an
  // origin was away.
  virtual bool MissesShares(uint64_t seq) const = 0;
};

// The first entry after `after` that is worth sending; nullopt when there is none.
std::optional<uint64_t> NextEntry(const Feed& feed, uint64_t after);

}  // namespace waymark::sharing::alerts
