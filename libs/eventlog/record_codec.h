// A record of the embedded log as bytes. The format, numbers big-endian:
//
//   stored := version:1 = 0x01, appended:8, bytes(key), count:4, count * header, bytes(value)
//   header := bytes(name), bytes(value)
//   bytes  := length:4, length * byte
//
// `appended` is microseconds since 1970-01-01T00:00:00Z.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/eventlog/event_log.h"

namespace waymark::eventlog {

std::string EncodeRecord(absl::Time appended, const Record& record);

// DataLoss for anything EncodeRecord does not write.
absl::StatusOr<Record> DecodeRecord(std::string_view bytes);
absl::StatusOr<absl::Time> DecodeAppended(std::string_view bytes);

}  // namespace waymark::eventlog
