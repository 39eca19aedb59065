// What the parts of a partnership work with and do not own, and where one of them has its seat. The
// same for a process that is one part (services/*/main.cc) and for one that is a whole partnership
// (cli/partnership).
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "libs/base/clock.h"
#include "libs/eventlog/event_log.h"
#include "libs/process/hooks.h"
#include "libs/process/place.h"
#include "libs/process/rulebook.h"
#include "libs/rpc/channel.h"
#include "libs/runtime/runtime.h"
#include "libs/telemetry/call_times.h"
#include "libs/telemetry/log.h"
#include "libs/telemetry/metrics.h"

namespace waymark::process {

// Makes a channel to the process at `endpoint`, which must be `server`, as `caller` with the
// certificate in `tls`. Calls may fail with Unavailable until that process runs; making the channel
// does not.
using Connector = std::function<absl::StatusOr<std::shared_ptr<rpc::Channel>>(
    const rpc::Principal& caller, const std::string& tls, const std::string& endpoint,
    const rpc::Principal& server)>;

// All outlive the parts; those that may be null say so.
struct World {
  const Rulebook& rulebook;
  eventlog::EventLog& log;
  Clock& decision_clock;  // what services decide by
  Clock& real_clock;      // what certificates, tokens and deadlines go by
  Random& random;
  Connector connect;
  const Hooks& hooks;
  telemetry::Metrics* metrics = nullptr;  // null: nothing is counted
  telemetry::CallTimes* call_times = nullptr;
  telemetry::Log* logbook = nullptr;  // null: nothing is logged
};

struct Seat {
  Place place;
  std::string listen;  // "127.0.0.1:7511"
  std::string agency;  // of a gateway; "" for a core service
  runtime::Ack ack = runtime::Ack::kLocal;
  bool rebuild = false;  // a core service: from its own topic into an empty store
};

// How a process is reached and who it must be, by the name under which it publishes ("intake",
// "gateway/police").
struct Address {
  std::string endpoint;
  rpc::Principal principal;
};
absl::StatusOr<Address> AddressOf(const config::Partnership& directory, const std::string& source);

// gRPC over mutual TLS.
Connector ConnectOverTls();

}  // namespace waymark::process
