#include "libs/runtime/keys.h"

#include "libs/base/bytes.h"
#include "libs/runtime/runtime.h"

namespace waymark::runtime {

std::vector<std::string> RuntimeColumnFamilies() {
  std::vector<std::string> all;
  for (const std::string_view name :
       {kMetaCf, kOutboxCf, kTimersCf, kEffectsCf, kRepliesCf, kDeadCf}) {
    all.emplace_back(name);
  }
  return all;
}

uint64_t TimePart(absl::Time at) {
  return static_cast<uint64_t>(absl::ToUnixMicros(at)) + (uint64_t{1} << 63);
}

absl::Time TimeOfPart(uint64_t part) {
  return absl::FromUnixMicros(static_cast<int64_t>(part - (uint64_t{1} << 63)));
}

std::string MetaKey(std::string_view word) { return KeyBuilder().Text(word).Take(); }

std::string TopicKey(std::string_view topic) {
  return KeyBuilder().Text("topic").Text(topic).Take();
}

std::string PositionKey(const eventlog::TopicPartition& at) {
  return KeyBuilder()
      .Text("position")
      .Text(at.topic)
      .Number(static_cast<uint64_t>(at.partition))
      .Take();
}

std::string ShardKey(std::string_view shard) {
  return KeyBuilder().Text("shard").Text(shard).Take();
}

std::string LaneInPrefix(std::string_view shard) {
  return KeyBuilder().Text("lane_in").Text(shard).Take();
}

std::string LaneInKey(std::string_view shard, std::string_view source, std::string_view lane) {
  return KeyBuilder().Text("lane_in").Text(shard).Text(source).Text(lane).Take();
}

std::string LaneOutPrefix(std::string_view shard) {
  return KeyBuilder().Text("lane_out").Text(shard).Take();
}

std::string LaneOutKey(std::string_view shard, std::string_view lane) {
  return KeyBuilder().Text("lane_out").Text(shard).Text(lane).Take();
}

std::string OutboxKey(std::string_view lane, uint64_t seq) {
  return KeyBuilder().Text(lane).Number(seq).Take();
}

std::string TimerDuePrefix(std::string_view shard, uint64_t timer_class) {
  return KeyBuilder().Text(shard).Text("due").Number(timer_class).Take();
}

std::string TimerDueKey(std::string_view shard, uint64_t timer_class, absl::Time due,
                        std::string_view id) {
  return KeyBuilder()
      .Text(shard)
      .Text("due")
      .Number(timer_class)
      .Number(TimePart(due))
      .Text(id)
      .Take();
}

std::string TimerDueEnd(std::string_view shard, uint64_t timer_class, absl::Time now) {
  return KeyBuilder().Text(shard).Text("due").Number(timer_class).Number(TimePart(now) + 1).Take();
}

std::string TimerIdKey(std::string_view shard, std::string_view id) {
  return KeyBuilder().Text(shard).Text("id").Text(id).Take();
}

std::string EffectPrefix(std::string_view shard) { return KeyBuilder().Text(shard).Take(); }

std::string EffectKey(std::string_view shard, std::string_view id) {
  return KeyBuilder().Text(shard).Text(id).Take();
}

std::string ReplyKey(std::string_view shard, std::string_view hash) {
  return KeyBuilder().Text(shard).Text("key").Text(hash).Take();
}

std::string ReplyAtPrefix(std::string_view shard) {
  return KeyBuilder().Text(shard).Text("at").Take();
}

std::string ReplyAtKey(std::string_view shard, absl::Time at, std::string_view hash) {
  return KeyBuilder().Text(shard).Text("at").Number(TimePart(at)).Text(hash).Take();
}

std::string ReplyAtEnd(std::string_view shard, absl::Time until) {
  return KeyBuilder().Text(shard).Text("at").Number(TimePart(until)).Take();
}

std::string DeadPrefix(std::string_view shard) { return KeyBuilder().Text(shard).Take(); }

std::string DeadKey(std::string_view shard, uint64_t number) {
  return KeyBuilder().Text(shard).Number(number).Take();
}

std::string DomainPrefix(std::string_view shard) { return KeyBuilder().Text(shard).Take(); }

}  // namespace waymark::runtime
