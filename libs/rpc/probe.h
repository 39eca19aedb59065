// One question to a server, for diagnosis: is it reached, is it who it should be, does it serve,
// and what time does it think it is?
#pragma once

#include <optional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/rpc/channel.h"

namespace waymark::rpc {

// Metadata that goes with every answer to a health check: milliseconds since 1970 by the server's
// clock.
inline constexpr char kTimeMetadata[] = "waymark-unix-ms";

struct Probe {
  // OK when it answered. Otherwise as the transport says, with its reason in the text.
  absl::Status answered;
  bool serving = false;
  std::optional<absl::Time> its_time;  // nullopt: it did not say
  absl::Duration took;                 // from asking to its answer, a new connection included
};

// Blocks for up to `timeout`. With a new connection, which is closed again.
Probe ProbeServer(const GrpcChannelConfig& config, absl::Duration timeout, Clock& clock);

}  // namespace waymark::rpc
