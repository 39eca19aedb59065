// Structured logs: one JSON object a line. Only fields on the allow-list below can be written, so
// that no personal data gets into a log by a careless call; a field that is not on it cannot be
// named, because fields are an enum.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "absl/status/statusor.h"
#include "libs/base/clock.h"

namespace waymark::telemetry {

// The allow-list. A new field is added here, after asking whether any value of it could be about a
// person. `kDetail` is text of this source tree or of a library (an error message), never input.
enum class Field {
  kAlarm,
  kAttempt,
  kCode,
  kCount,
  kDetail,
  kDurationMs,
  kEffect,
  kEpoch,
  kFile,
  kLane,
  kMethod,
  kPartition,
  kPeer,  // the SPIFFE-style name of a system, never of a person
  kPort,
  kReason,
  kSeq,
  kService,
  kShard,
  kSubject,  // of an alarm: a part of the system
  kTimer,
  kTopic,
  kTraceparent,
  kVersion,
};

// The field's name in the JSON object, for instance "duration_ms".
std::string_view NameOf(Field field);

struct FieldValue {
  Field field;
  std::variant<int64_t, std::string_view> value;
};

enum class Level { kDebug, kInfo, kWarning, kError };

// Thread-safe. Writing never fails and never blocks for longer than the write to the sink.
class Log {
 public:
  virtual ~Log() = default;
  // `event` is a fixed word of this source tree ("lane_gap", "listening"), never composed from
  // input.
  virtual void Write(Level level, std::string_view event,
                     std::initializer_list<FieldValue> fields) = 0;
};

// Keys of each line: "at" (RFC 3339, from `clock`), "level", "service", "event", then the fields.
// `path` "" writes to standard error, otherwise the file is appended to; InvalidArgument when it
// cannot be opened. `clock` must outlive the log.
absl::StatusOr<std::unique_ptr<Log>> MakeJsonLog(std::string_view service, std::string_view path,
                                                 Level least, Clock& clock);

// Hands each line to `sink` in place of a file; for tests.
std::unique_ptr<Log> MakeJsonLog(std::string_view service,
                                 std::function<void(std::string_view)> sink, Level least,
                                 Clock& clock);

}  // namespace waymark::telemetry
