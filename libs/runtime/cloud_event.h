// Records as CloudEvents 1.0 in Kafka's binary mode
// (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md).
//
// Headers: ce_specversion "1.0", ce_id, ce_source, ce_type, ce_time, content-type
// "application/protobuf", traceparent (plain, where there is one), and the extensions
//   ce_wmlane   the lane's name
//   ce_wmepoch, ce_wmbase, ce_wmseq   decimal; base is the last seq before this epoch
//   ce_wmcause  of a journal record: EncodeCause (rows.h) in URL-safe base64
//   ce_wmkeyid, ce_wmsignature   who signed, and the signature in URL-safe base64
//   ce_wmgroup  of a record that shares a signature: its place (signed_group.h) in URL-safe base64
// The record's key is the shard that wrote it, its value the protobuf message.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/eventlog/event_log.h"
#include "libs/runtime/ports.h"

namespace waymark::runtime {

// Types of the runtime's own records begin with this; they never reach a service.
inline constexpr std::string_view kReservedTypes = "waymark.runtime.";
// A lane enters a new epoch: carries no seq of its own, ce_wmseq is the base.
inline constexpr std::string_view kLaneOpenedType = "waymark.runtime.LaneOpened";
// In a journal: a timer or an effect is settled, and nothing else came of it.
inline constexpr std::string_view kSettledType = "waymark.runtime.Settled";

struct CloudEvent {
  std::string key;
  std::string id;
  std::string source;
  std::string type;
  absl::Time at;  // microseconds
  std::string traceparent;
  std::string lane;
  uint64_t epoch = 0;
  uint64_t base = 0;
  uint64_t seq = 0;
  std::string cause;
  std::string payload;
  std::optional<Signature> signature;
  std::string group;  // its place among the records under that signature; "" when it is alone
};

eventlog::Record ToRecord(const CloudEvent& event);

// InvalidArgument says which header is missing or not as it should be, never its content.
absl::StatusOr<CloudEvent> FromRecord(const eventlog::Record& record);

// What stands for a record: LengthPrefixed (libs/base/bytes.h) of "waymark-record-v1", topic,
// partition, key, source, lane, epoch, base, seq, type, id, time, traceparent, cause, payload;
// numbers in decimal, the time as it stands in the header.
std::string SignedBytes(const eventlog::TopicPartition& at, const CloudEvent& event);

// What the record's signature must be over: SignedBytes, or GroupBytes of the group it has a place
// in. InvalidArgument when ce_wmgroup is no place.
absl::StatusOr<std::string> CoveredBytes(const eventlog::TopicPartition& at,
                                         const CloudEvent& event);

}  // namespace waymark::runtime
