// Durable timers, kept in due order (keys.h). All of it is used by the shard's executor.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/runtime/decider.h"
#include "libs/runtime/overlay.h"
#include "libs/runtime/rows.h"
#include "libs/store/store.h"

namespace waymark::runtime {

struct Shard;

// Replaces a timer with the same id.
void ArmTimer(Overlay& overlay, Shard& shard, const TimerRow& timer, TimerClass timer_class);
void CancelTimer(Overlay& overlay, const std::string& shard, std::string_view id);
// Cancels the timer `id` only while it is due at `due`: what firing does.
void SettleTimer(Overlay& overlay, const std::string& shard, std::string_view id, absl::Time due);

// nullopt when it is not armed.
absl::StatusOr<std::optional<TimerRow>> FindTimer(const Overlay& overlay, const std::string& shard,
                                                  std::string_view id);

// Up to `max` timers of the committed state that are due at `now`, earliest first. Destructive
// timers are left out unless `trusted`. A timer may have been cancelled since by the same batch.
absl::StatusOr<std::vector<TimerRow>> DueTimers(const store::Store& store, const Shard& shard,
                                                absl::Time now, bool trusted, size_t max);

// Sets shard.timer_next from the store.
absl::Status FindNextTimers(const store::Store& store, Shard& shard);

}  // namespace waymark::runtime
