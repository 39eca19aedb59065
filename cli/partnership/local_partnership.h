// A whole partnership in one process: intake, risk, casemgr and every agency's gateway, joined by
// the embedded event log and by the same mutually authenticated calls as between separate machines.
// The parts know nothing of each other but their topics and endpoints.
//
// Two ways to run it: StepUntilIdle on a clock that the caller moves (the story, tests), or Start
// with threads in real time. Open, Step* and Start belong to one thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cli/partnership/layout.h"
#include "libs/base/clock.h"
#include "libs/config/partnership.h"
#include "libs/pack/pack.h"
#include "libs/process/hooks.h"
#include "libs/process/part.h"

namespace waymark::cli {

using process::Hooks;
using process::Part;

class Composition;

struct LocalOptions {
  Layout layout;
  Clock& decision_clock;  // what services decide by
  Clock& real_clock;      // what certificates, tokens and deadlines go by
  bool listen = true;     // false: no ports; only LocalChannel reaches the endpoints
  std::string rebuild;    // a core service to rebuild from its topic: "intake", "risk", "casemgr"
  Hooks hooks = {};       // of a test program
};

class LocalPartnership {
 public:
  // FailedPrecondition, DataLoss or InvalidArgument say what was wrong, with what, and what to do.
  static absl::StatusOr<std::unique_ptr<LocalPartnership>> Open(const LocalOptions& options);
  ~LocalPartnership();

  // Without moving time, until no part has anything to do.
  absl::Status StepUntilIdle();
  // One round over all parts; true when something was done. For a caller that waits for an answer
  // from another thread.
  absl::StatusOr<bool> StepOnce();
  // Alert streams beat as time passes: call it every second or so, and after moving the clock.
  // Thread-safe.
  void Tick();
  // When a part next has something to do by itself, as of the last step.
  absl::Time next_due() const;

  absl::Status Start();
  void Stop(absl::Duration deadline);
  // OK while every part is healthy.
  absl::Status health() const;

  const config::Partnership& directory() const;
  const pack::Pack& pack() const;
  // In order: intake, risk, casemgr, then gateways by agency.
  const std::vector<std::unique_ptr<Part>>& parts() const;
  // Null when there is none: "intake", "risk", "casemgr" or an agency's id.
  Part* FindPart(std::string_view name) const;
  // "127.0.0.1:7520"
  const std::string& operator_endpoint() const;

 private:
  explicit LocalPartnership(std::unique_ptr<Composition> composition);
  std::unique_ptr<Composition> composition_;
};

}  // namespace waymark::cli
