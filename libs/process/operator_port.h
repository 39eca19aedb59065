// The operator's port of a process, plain HTTP: /livez, /readyz and /metrics. It tells names of
// parts, counts and words of this source tree, never personal data; all the same it belongs on the
// machine's or the operator's network only, since anyone who reaches it may read it.
//
//   /livez     200 while the process answers at all: restart it when it does not
//   /readyz    200, or 503; both with {"ready": ..., "reasons": ["log_unreachable: ...", ...]}
//   /metrics   Prometheus text (README.md names them all)
//
// Thread-safe. Answers come from threads of its own, so they come while a start or stop takes long.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace waymark::process {

// Each begins with a fixed word, then says more: "starting: opening the store". Empty: ready.
using Reasons = std::vector<std::string>;

class OperatorPort {
 public:
  struct Answers {
    std::function<Reasons()> readiness;
    std::function<std::string()> metrics;
  };
  // Both functions are called on any thread and must be quick. Unavailable, with what to do, when
  // `address` ("host:port", port 0 for any) cannot be listened on.
  static absl::StatusOr<std::unique_ptr<OperatorPort>> Listen(const std::string& address,
                                                              Answers answers);
  ~OperatorPort();

  int port() const;

 private:
  struct Impl;
  explicit OperatorPort(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace waymark::process
