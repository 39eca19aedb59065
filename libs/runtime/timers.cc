#include "libs/runtime/timers.h"

#include <algorithm>

#include "libs/base/bytes.h"
#include "libs/base/status.h"
#include "libs/runtime/keys.h"
#include "libs/runtime/shard.h"

namespace waymark::runtime {
namespace {

constexpr TimerClass kClasses[] = {TimerClass::kProtective, TimerClass::kDestructive};

}  // namespace

void ArmTimer(Overlay& overlay, Shard& shard, const TimerRow& timer, TimerClass timer_class) {
  CancelTimer(overlay, shard.config.id, timer.id);
  const auto number = static_cast<uint64_t>(timer_class);
  const std::string key = TimerDueKey(shard.config.id, number, timer.due, timer.id);
  overlay.Put(kTimersCf, key, Encode(timer));
  overlay.Put(kTimersCf, TimerIdKey(shard.config.id, timer.id), key);
  shard.timer_next[number] = std::min(shard.timer_next[number], timer.due);
}

void CancelTimer(Overlay& overlay, const std::string& shard, std::string_view id) {
  const std::string id_key = TimerIdKey(shard, id);
  const std::optional<std::string> key = overlay.Get(kTimersCf, id_key);
  if (!key.has_value()) return;
  overlay.Delete(kTimersCf, *key);
  overlay.Delete(kTimersCf, id_key);
}

void SettleTimer(Overlay& overlay, const std::string& shard, std::string_view id, absl::Time due) {
  const std::optional<std::string> key = overlay.Get(kTimersCf, TimerIdKey(shard, id));
  if (!key.has_value()) return;
  for (const TimerClass timer_class : kClasses) {
    if (*key != TimerDueKey(shard, static_cast<uint64_t>(timer_class), due, id)) continue;
    CancelTimer(overlay, shard, id);
    return;
  }
}

absl::StatusOr<std::optional<TimerRow>> FindTimer(const Overlay& overlay, const std::string& shard,
                                                  std::string_view id) {
  const std::optional<std::string> key = overlay.Get(kTimersCf, TimerIdKey(shard, id));
  if (!key.has_value()) return std::nullopt;
  const std::optional<std::string> stored = overlay.Get(kTimersCf, *key);
  if (!stored.has_value()) return absl::DataLossError("a timer's row is missing");
  WM_ASSIGN_OR_RETURN(TimerRow timer, DecodeTimerRow(*stored));
  return timer;
}

absl::StatusOr<std::vector<TimerRow>> DueTimers(const store::Store& store, const Shard& shard,
                                                absl::Time now, bool trusted, size_t max) {
  std::vector<TimerRow> due;
  for (const TimerClass timer_class : kClasses) {
    const auto number = static_cast<uint64_t>(timer_class);
    if (shard.timer_next[number] > now) continue;
    if (timer_class == TimerClass::kDestructive && !trusted) continue;
    absl::Status status;
    size_t taken = 0;
    WM_RETURN_IF_ERROR(store.Scan(kTimersCf, TimerDuePrefix(shard.config.id, number),
                                  TimerDueEnd(shard.config.id, number, now),
                                  [&](std::string_view key, std::string_view value) {
                                    absl::StatusOr<TimerRow> timer = DecodeTimerRow(value);
                                    status = timer.status();
                                    if (!status.ok()) return false;
                                    due.push_back(*std::move(timer));
                                    return ++taken < max;
                                  }));
    WM_RETURN_IF_ERROR(status);
  }
  std::stable_sort(due.begin(), due.end(),
                   [](const TimerRow& a, const TimerRow& b) { return a.due < b.due; });
  if (due.size() > max) due.resize(max);
  return due;
}

absl::Status FindNextTimers(const store::Store& store, Shard& shard) {
  for (const TimerClass timer_class : kClasses) {
    const auto number = static_cast<uint64_t>(timer_class);
    const std::string prefix = TimerDuePrefix(shard.config.id, number);
    absl::Time next = absl::InfiniteFuture();
    absl::Status status;
    WM_RETURN_IF_ERROR(store.Scan(
        kTimersCf, prefix, AfterPrefix(prefix), [&](std::string_view key, std::string_view) {
          const absl::StatusOr<uint64_t> due = KeyReader(key.substr(prefix.size())).Number();
          status = due.status();
          if (due.ok()) next = TimeOfPart(*due);
          return false;
        }));
    WM_RETURN_IF_ERROR(status);
    shard.timer_next[number] = next;
  }
  return absl::OkStatus();
}

}  // namespace waymark::runtime
