#include "services/sharing/alerts/domain/feed.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "libs/base/text.h"

namespace waymark::sharing::alerts {
namespace {

constexpr std::string_view kPrefix = "wm1-";
constexpr size_t kDigits = 16;
constexpr size_t kNameMax = 64;

constexpr std::array<std::pair<EntryKind, std::string_view>, 3> kKinds = {
    {{EntryKind::kAlert, "alert"},
     {EntryKind::kTombstone, "tombstone"},
     {EntryKind::kRetry, "retry"}}};

bool WorthSending(const Feed& feed, uint64_t seq) {
  switch (feed.KindAt(seq)) {
    case EntryKind::kTombstone:
      return true;
    case EntryKind::kAlert:
      return feed.NewestOfAlertAt(seq) <= seq;
    case EntryKind::kRetry:
      return feed.NewestOfAlertAt(seq) <= seq && feed.MissesShares(seq);
  }
  return false;
}

}  // namespace

std::string ToToken(uint64_t seq) {
  return absl::StrCat(ToAbsl(kPrefix), absl::Hex(seq, absl::kZeroPad16));
}

std::optional<uint64_t> ParseToken(std::string_view token) {
  if (token.size() != kPrefix.size() + kDigits) return std::nullopt;
  if (token.substr(0, kPrefix.size()) != kPrefix) return std::nullopt;
  const std::string_view digits = token.substr(kPrefix.size());
  uint64_t seq = 0;
  for (const char digit : digits) {
    const bool lower = digit >= 'a' && digit <= 'f';
    if (!lower && !(digit >= '0' && digit <= '9')) return std::nullopt;
    seq = seq * 16 + static_cast<uint64_t>(lower ? digit - 'a' + 10 : digit - '0');
  }
  return seq;
}

bool IsSubscriptionName(std::string_view name) {
  const auto allowed = [](char c) {
    return absl::ascii_islower(static_cast<unsigned char>(c)) ||
           absl::ascii_isdigit(static_cast<unsigned char>(c)) || c == '-' || c == '_';
  };
  return !name.empty() && name.size() <= kNameMax && std::all_of(name.begin(), name.end(), allowed);
}

std::string_view EntryKindName(EntryKind kind) {
  for (const auto& [known, name] : kKinds) {
    if (known == kind) return name;
  }
  return "";
}

std::optional<EntryKind> ParseEntryKind(std::string_view name) {
  for (const auto& [kind, known] : kKinds) {
    if (known == name) return kind;
  }
  return std::nullopt;
}

std::optional<uint64_t> NextEntry(const Feed& feed, uint64_t after) {
  for (uint64_t seq = after + 1; seq <= feed.head(); ++seq) {
    if (WorthSending(feed, seq)) return seq;
  }
  return std::nullopt;
}

}  // namespace waymark::sharing::alerts
