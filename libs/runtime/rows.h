// The runtime's rows. Each is written field by field in the order of its declaration (codec.h).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/eventlog/event_log.h"
#include "libs/runtime/decider.h"
#include "libs/runtime/runtime.h"

namespace waymark::runtime {

struct ShardRow {
  uint64_t epoch = 0;      // of all lanes that this shard writes
  uint64_t events = 0;     // decided so far
  uint64_t next_dead = 1;  // number of the next dead letter
};

// A lane that a shard reads.
struct LaneInRow {
  uint64_t epoch = 0;
  uint64_t base = 0;  // the last seq of the epochs before this one, as its source says
  uint64_t last = 0;  // the last seq that was taken
  bool stopped = false;
  eventlog::TopicPartition at;
};

// A lane that a shard writes.
struct LaneOutRow {
  eventlog::TopicPartition to;
  uint64_t epoch = 0;
  uint64_t base = 0;
  uint64_t last = 0;      // allocated
  uint64_t acked = 0;     // acknowledged by the log
  bool announce = false;  // the opening of `epoch` has not been published
  // Rows up to mark_seq were acknowledged at mark_at or earlier; they go a retention period later.
  uint64_t mark_seq = 0;
  absl::Time mark_at = absl::UnixEpoch();
  uint64_t first = 1;  // the oldest row that is still there
};

// A cause as the journal keeps it: which event of how many of that input's decision.
struct JournalCause {
  Cause cause;
  uint64_t number = 0;  // from 0
  uint64_t count = 1;
  std::string request_digest;  // of a command with an idempotency key, with its first event
  std::string reply;           // the same
};

struct OutboxRow {
  uint64_t epoch = 0;
  uint64_t base = 0;
  std::string id;
  std::string type;
  std::string payload;
  absl::Time at;
  std::string traceparent;
  // Not before the shard's journal is acknowledged up to here: what others are told must be in the
  // journal, or a rebuild would not know of it.
  uint64_t after_journal = 0;
  std::string cause;  // EncodeCause(); "" outside the journal
};

struct TimerRow {
  std::string id;
  absl::Time due;
  std::string kind;
  std::string payload;
  std::string armed_by;  // the id of the event
  std::string traceparent;
};

struct EffectRow {
  std::string kind;
  std::string payload;
  std::string started_by;  // the id of the event and which of its effects
  uint64_t attempts = 0;   // that failed
  absl::Time due;
  std::string traceparent;
};

struct ReplyRow {
  std::string request_digest;
  std::string reply;
  absl::Time at;
};

// What is parked: a record as it was read, or an input that could not be decided.
struct DeadLetterRow {
  std::string reason;
  std::string detail;
  absl::Time at;
  bool is_record = false;
  bool lane_passed = false;  // the lane has moved on past it: decide it without looking at the lane
  eventlog::TopicPartition from;
  uint64_t offset = 0;
  eventlog::Record record;
  std::string cause;  // of any other input: EncodeCause(), type, payload
  std::string type;
  std::string payload;
  std::string identity;  // what its ids derive from
};

std::string Encode(const ShardRow& row);
std::string Encode(const LaneInRow& row);
std::string Encode(const LaneOutRow& row);
std::string Encode(const OutboxRow& row);
std::string Encode(const TimerRow& row);
std::string Encode(const EffectRow& row);
std::string Encode(const ReplyRow& row);
std::string Encode(const DeadLetterRow& row);
std::string EncodeCause(const JournalCause& cause);

// DataLoss when the bytes were not written by Encode.
absl::StatusOr<ShardRow> DecodeShardRow(std::string_view bytes);
absl::StatusOr<LaneInRow> DecodeLaneInRow(std::string_view bytes);
absl::StatusOr<LaneOutRow> DecodeLaneOutRow(std::string_view bytes);
absl::StatusOr<OutboxRow> DecodeOutboxRow(std::string_view bytes);
absl::StatusOr<TimerRow> DecodeTimerRow(std::string_view bytes);
absl::StatusOr<EffectRow> DecodeEffectRow(std::string_view bytes);
absl::StatusOr<ReplyRow> DecodeReplyRow(std::string_view bytes);
absl::StatusOr<DeadLetterRow> DecodeDeadLetterRow(std::string_view bytes);
absl::StatusOr<JournalCause> DecodeCause(std::string_view bytes);

}  // namespace waymark::runtime
