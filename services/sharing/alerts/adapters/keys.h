// Column families, keys, commands and timers of the room alerts. Values are messages of
// alert_kept.proto.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "libs/base/bytes.h"

namespace waymark::sharing::alerts {

// alert id -> StoredAlert
inline constexpr std::string_view kAlerts = "gateway.alerts.alerts";
// case id, alert id -> ""
inline constexpr std::string_view kOfCase = "gateway.alerts.of_case";
// 2^64 - 1 - queued at (Unix microseconds), alert id -> "": the newest first
inline constexpr std::string_view kByTime = "gateway.alerts.by_time";
// number -> FeedEntry
inline constexpr std::string_view kFeed = "gateway.alerts.feed";
// "feed" -> number of the newest entry (8 bytes, big-endian)
inline constexpr std::string_view kHead = "gateway.alerts.head";
inline constexpr std::string_view kFeedKey = "feed";
// name -> StoredSubscription
inline constexpr std::string_view kSubscriptions = "gateway.alerts.subscriptions";
// subscription, number -> StoredDelivery
inline constexpr std::string_view kDeliveries = "gateway.alerts.deliveries";
// at (Unix microseconds), alert id, kind -> AlertReminder
inline constexpr std::string_view kReminders = "gateway.alerts.reminders";

// Timers.
inline constexpr std::string_view kRemind = "alerts.remind";
inline constexpr std::string_view kUnacknowledged = "alerts.unacknowledged";
inline constexpr std::string_view kRetry = "alerts.retry";
// Effects: wakes the streams; raises or clears the operator's alarm.
inline constexpr std::string_view kWake = "alerts.wake";
inline constexpr std::string_view kAlarm = "alerts.alarm";
// Commands of a stream.
inline constexpr std::string_view kOpen = "alerts.open";
inline constexpr std::string_view kNext = "alerts.next";
inline constexpr std::string_view kRecordSend = "alerts.record_send";
inline constexpr std::string_view kTakeReceipt = "alerts.take_receipt";

inline std::string AlertTimeKey(absl::Time at, std::string_view alert_id) {
  const auto micros = static_cast<uint64_t>(absl::ToUnixMicros(at));
  return KeyBuilder().Number(~micros).Text(alert_id).Take();
}
inline std::string DeliveryKey(std::string_view subscription, uint64_t seq) {
  return KeyBuilder().Text(subscription).Number(seq).Take();
}
inline std::string ReminderKey(absl::Time at, std::string_view alert_id, std::string_view kind) {
  const auto micros = static_cast<uint64_t>(absl::ToUnixMicros(at));
  return KeyBuilder().Number(micros).Text(alert_id).Text(kind).Take();
}

}  // namespace waymark::sharing::alerts
