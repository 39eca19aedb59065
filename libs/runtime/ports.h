// What the runtime needs from outside besides the store, the event log, the clock and the alarms.
// Each port is small and implemented by the service's composition root or its adapters.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/eventlog/event_log.h"

namespace waymark::runtime {

// A durable task, as handed to the performer.
struct Effect {
  std::string shard;
  std::string id;
  std::string kind;
  std::string payload;
  uint64_t attempt = 1;  // 1 for the first
  std::string traceparent;
};

struct EffectOutcome {
  enum class Kind { kDone, kRetry, kGaveUp };
  Kind kind = Kind::kRetry;
  // kDone: the result's bytes. Otherwise the reason in words, without personal data.
  std::string text;

  static EffectOutcome Done(std::string result) { return {Kind::kDone, std::move(result)}; }
  static EffectOutcome Retry(std::string why) { return {Kind::kRetry, std::move(why)}; }
  static EffectOutcome GaveUp(std::string why) { return {Kind::kGaveUp, std::move(why)}; }
};

// Does what StartEffect asked for. Perform is called by the shard's executor and must return at
// once; `done` is called exactly once, from any thread, inside Perform or later, also after the
// runtime is gone (then it does nothing). The same effect may be performed more than once, by this
// process or the next: make it idempotent by (shard, id).
class EffectPerformer {
 public:
  virtual ~EffectPerformer() = default;
  virtual void Perform(const Effect& effect, std::function<void(EffectOutcome)> done) = 0;
};

struct Signature {
  std::string key_id;
  std::string bytes;
};

// Signs what is published on every topic that is not listed in RuntimeConfig::core_topics.
// Thread-safe. `bytes` stand for one record, or for a group of records published together, each
// whole: topic, partition, source, lane, epoch, seq, type, id, time, value and the rest
// (CoveredBytes in cloud_event.h).
class RecordSigner {
 public:
  virtual ~RecordSigner() = default;
  virtual absl::StatusOr<Signature> Sign(std::string_view bytes) = 0;
};

// Checks what is read from every topic that is not a core topic, before anything else is believed.
// Thread-safe. `source` and `at` are what the record claims and where it was read: the verifier
// refuses a key that does not belong to that source, and a source that has no business on that
// topic. PermissionDenied or any other error parks the record.
class RecordVerifier {
 public:
  virtual ~RecordVerifier() = default;
  virtual absl::Status Verify(const eventlog::TopicPartition& at, std::string_view source,
                              std::string_view bytes, const Signature& signature) = 0;
};

// For processes whose topics are all core topics: it signs nothing and believes nothing, so a
// topic left out of core_topics by mistake fails loudly.
RecordSigner& RefusingSigner();
RecordVerifier& RefusingVerifier();

// A receiver misses records of a lane from `from_seq` on.
struct LaneGap {
  std::string source;
  std::string lane;
  eventlog::TopicPartition at;  // where the lane is read
  uint64_t from_seq = 0;
};

// Asks the source of a lane to publish again (its Runtime::Republish). Ask returns at once; `done`
// is called exactly once, from any thread, inside Ask or later. An error raises the alarm
// "lane_gap_unrepaired" and is asked again later; success only means that the source will publish.
class LaneRepair {
 public:
  virtual ~LaneRepair() = default;
  virtual void Ask(const LaneGap& gap, std::function<void(absl::Status)> done) = 0;
};

}  // namespace waymark::runtime
