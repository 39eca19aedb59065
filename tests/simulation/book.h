// What clients asked and what they were told, in order: the outside view against which a run is
// judged.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tests/simulation/network.h"
#include "waymark/gateway/v1/alert.pb.h"

namespace waymark::simulation {

// One thing that a client wants done, asked until it is answered.
struct Request {
  size_t number = 0;
  std::string agency;
  std::string system, role;  // role "" when no person asks
  std::string path;
  std::string key;    // idempotency key, or ""
  std::string bytes;  // serialised
  std::string about;  // for a publish: the reference; for a withdrawal: the consent id
  bool read = false;  // asked once, whatever comes

  bool open = false;  // asked and not answered
  int asked = 0;
  uint64_t first_asked = 0;  // lines of the trace
  uint64_t answered = 0;
  absl::Time answered_at;
  // OK or a refusal; nothing while it is unknown whether it happened.
  std::optional<absl::StatusOr<std::string>> answer;

  bool ok() const { return answer.has_value() && answer->ok(); }
  bool settled() const { return answer.has_value(); }
};

// A message of an alert stream as its subscriber got it.
struct Received {
  std::string agency;
  uint64_t line = 0;  // of the trace
  absl::Time at;
  gateway::v1::SubscribeAlertsResponse message;
};

struct Book {
  // References stay valid.
  std::deque<Request> requests;
  std::vector<Received> received;
  std::vector<Exchange> fetches;  // of FetchShare, as origins answered
};

// True when it is certain that nothing happened.
inline bool IsRefusal(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kFailedPrecondition:
      return true;
    default:
      return false;
  }
}

}  // namespace waymark::simulation
