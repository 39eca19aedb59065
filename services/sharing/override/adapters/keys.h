// Column families and keys of the room `override`, and the names of its inputs. Values are messages
// of override_kept.proto.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "libs/base/bytes.h"

namespace waymark::sharing::overrides {

// override id -> StoredOverride
inline constexpr std::string_view kOverrides = "gateway.override.overrides";
// person id, override id -> ""
inline constexpr std::string_view kByPerson = "gateway.override.by_person";
// 2^64 - 1 - decided at (Unix microseconds), override id -> "": the newest first
inline constexpr std::string_view kByTime = "gateway.override.by_time";
// override id, share id -> ""
inline constexpr std::string_view kShares = "gateway.override.shares";

inline std::string TimeKey(absl::Time at, std::string_view override_id) {
  const auto micros = static_cast<uint64_t>(absl::ToUnixMicros(at));
  return KeyBuilder().Number(~micros).Text(override_id).Take();
}

inline constexpr std::string_view kRecord = "/waymark.gateway.v1.OverrideService/RecordOverride";
inline constexpr std::string_view kReview = "/waymark.gateway.v1.OverrideService/ReviewOverride";
inline constexpr std::string_view kList = "/waymark.gateway.v1.OverrideService/ListOverrides";
inline constexpr std::string_view kShow = "/waymark.gateway.v1.OverrideService/ShowOverride";

// Timers; their ids are "<kind>/<override id>".
inline constexpr std::string_view kDueSoonTimer = "override.due_soon";
inline constexpr std::string_view kOverdueTimer = "override.overdue";

}  // namespace waymark::sharing::overrides
