// An endpoint: one method table behind one door. Whatever transport brings a call (Server over
// mTLS, LocalChannel in process), the same endpoint admits or refuses it, by the same rules and
// limits, before a byte of the request is read. Thread-safe.
//
// An endpoint also answers grpc.health.v1.Health (Check and Watch) for its own services, to anyone
// with a certificate of the trust domain. Health starts as NOT_SERVING and tells what SetServing
// was last told; a service not in the table is unknown (NOT_FOUND, or SERVICE_UNKNOWN on Watch);
// the empty name is SERVING when every service is and the endpoint does not drain.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/base/clock.h"
#include "libs/rpc/identity.h"
#include "libs/rpc/method_table.h"

namespace waymark::rpc {

struct Limits {
  size_t message_bytes_max = 1 << 20;   // of one message received; more: RESOURCE_EXHAUSTED
  size_t response_bytes_max = 4 << 20;  // of one message sent
  double calls_per_second = 1000;       // for each principal; unary calls and new streams
  double calls_burst = 2000;
  double stream_items_per_second = 20000;  // for each principal; messages received on streams
  double stream_items_burst = 40000;
  size_t calls_open_max = 10000;  // unary calls and streams together, all principals
  size_t streams_open_per_principal_max = 64;
  size_t stream_pending_messages = 16;  // taken by Write and not yet sent, per stream
  absl::Duration unary_deadline_default = absl::Seconds(10);  // for a call without a deadline
  absl::Duration unary_deadline_max = absl::Minutes(2);       // a longer one is cut to this
  absl::Duration stream_age_max =
      absl::Hours(1);  // then the stream ends, and the client reconnects
};

// One call that ended, for metrics and logs. Holds no request or response.
struct CallRecord {
  std::string method;     // "" when the path is not in the table (a caller may send anything)
  std::string principal;  // "" when the caller could not be named
  absl::StatusCode code = absl::StatusCode::kOk;
  absl::Duration took;
  std::string traceparent;
};

struct EndpointConfig {
  std::string trust_domain;  // callers of any other are refused
  std::string own_agency;    // the agency whose systems and people may call; "" for a core service
  Limits limits;
  // Called once for each call, also for refused ones, on the thread that ended it; must not block.
  std::function<void(const CallRecord&)> on_call;
};

// What a caller says beside the request.
struct CallMetadata {
  std::string bearer_token;  // "" when none
  std::string idempotency_key;
  std::string traceparent;
  absl::Time deadline = absl::InfiniteFuture();
};

class Endpoint {
 public:
  // `persons` may be nullptr when no rule of `table` needs a person (then a token is refused).
  // `clock` must be real time when a Server serves this endpoint. Both must outlive it.
  static std::shared_ptr<Endpoint> Create(EndpointConfig config, MethodTable table,
                                          PersonVerifier* persons, Clock& clock);
  virtual ~Endpoint() = default;

  // `service` must be in the table.
  virtual void SetServing(std::string_view service, bool serving) = 0;
  virtual void SetAllServing(bool serving) = 0;

  // From now on: new calls get UNAVAILABLE, health says NOT_SERVING, server streams end with
  // UNAVAILABLE after what is pending, and on bidirectional streams Read gives nullopt so that the
  // service finishes what it has taken. Calls already in go on. There is no way back.
  virtual void BeginDrain() = 0;
  // Calls and streams that have not ended.
  virtual size_t open_calls() const = 0;

  virtual const MethodTable& table() const = 0;
  virtual const EndpointConfig& config() const = 0;
};

// Adds server reflection (grpc.reflection.v1alpha and v1) for `services`, to operators only. Put it
// in the table of an operator's port. Describes what the process's descriptor pool knows: every
// service in the linked protos.
void AddReflection(MethodTable& table, std::vector<std::string> services);

}  // namespace waymark::rpc
