// Column families and key layouts of the runtime, layout version 1. Parts are written by
// KeyBuilder (libs/base/bytes.h); rows by codec.h, their fields listed in rows.h.
//
//   column family  key                                                    row
//   rt_meta        "version"                                              Number
//                  "source"                                               text
//                  "now"                                                  Time of the latest batch
//                  "topic"    Text(topic)                                 Number(partitions)
//                  "position" Text(topic) Number(partition)               Number(next offset)
//                  "shard"    Text(shard)                                 ShardRow
//                  "lane_in"  Text(shard) Text(source) Text(lane)         LaneInRow
//                  "lane_out" Text(shard) Text(lane)                      LaneOutRow
//   rt_outbox      Text(lane) Number(seq)                                 OutboxRow
//   rt_timers      Text(shard) "due" Number(class) Number(due) Text(id)   TimerRow
//                  Text(shard) "id" Text(id)                              the key above
//   rt_effects     Text(shard) Text(id)                                   EffectRow
//   rt_replies     Text(shard) "key" Text(SHA-256 of the command's key)   ReplyRow
//                  Text(shard) "at" Number(at) Text(SHA-256)              ""
//   rt_dead        Text(shard) Number(number)                             DeadLetterRow
//   a domain's     Text(shard) then the service's own key                 the service's own
//
// Words in quotes are Text parts. Instants in keys are microseconds since 1970 plus 2^63, so that
// their order is the order of time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "libs/eventlog/event_log.h"

namespace waymark::runtime {

inline constexpr uint64_t kLayoutVersion = 1;

inline constexpr std::string_view kMetaCf = "rt_meta";
inline constexpr std::string_view kOutboxCf = "rt_outbox";
inline constexpr std::string_view kTimersCf = "rt_timers";
inline constexpr std::string_view kEffectsCf = "rt_effects";
inline constexpr std::string_view kRepliesCf = "rt_replies";
inline constexpr std::string_view kDeadCf = "rt_dead";

std::string MetaKey(std::string_view word);
std::string TopicKey(std::string_view topic);
std::string PositionKey(const eventlog::TopicPartition& at);
std::string ShardKey(std::string_view shard);
std::string LaneInPrefix(std::string_view shard);
std::string LaneInKey(std::string_view shard, std::string_view source, std::string_view lane);
std::string LaneOutPrefix(std::string_view shard);
std::string LaneOutKey(std::string_view shard, std::string_view lane);
std::string OutboxKey(std::string_view lane, uint64_t seq);
std::string TimerDuePrefix(std::string_view shard, uint64_t timer_class);
std::string TimerDueKey(std::string_view shard, uint64_t timer_class, absl::Time due,
                        std::string_view id);
// The first key after all timers of this class that are due at `now` or earlier.
std::string TimerDueEnd(std::string_view shard, uint64_t timer_class, absl::Time now);
std::string TimerIdKey(std::string_view shard, std::string_view id);
std::string EffectPrefix(std::string_view shard);
std::string EffectKey(std::string_view shard, std::string_view id);
std::string ReplyKey(std::string_view shard, std::string_view hash);
std::string ReplyAtPrefix(std::string_view shard);
std::string ReplyAtKey(std::string_view shard, absl::Time at, std::string_view hash);
std::string ReplyAtEnd(std::string_view shard, absl::Time until);
std::string DeadPrefix(std::string_view shard);
std::string DeadKey(std::string_view shard, uint64_t number);
std::string DomainPrefix(std::string_view shard);

// An instant as a part of a key, and back.
uint64_t TimePart(absl::Time at);
absl::Time TimeOfPart(uint64_t part);

}  // namespace waymark::runtime
