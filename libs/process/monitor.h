// Watches the one part of a process: whether it is ready and why not, and what Prometheus is told.
// README.md names every metric. Look() is called by the process's main thread every second; the
// rest is thread-safe.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "libs/base/clock.h"
#include "libs/eventlog/event_log.h"
#include "libs/process/operator_port.h"
#include "libs/process/part.h"
#include "libs/telemetry/metrics.h"

namespace waymark::process {

// More records than this waiting in the event log: behind, hence not ready.
inline constexpr int64_t kLagMax = 1'000;

class Monitor {
 public:
  struct World {
    std::string service;  // "intake", "gateway"
    std::string agency;   // "" for a core service
    std::string version;
    std::function<absl::Status()> log_health;  // OK while the event log answers; never waits
    eventlog::EventLog& log;
    Clock& clock;  // real time
  };
  Monitor(World world, telemetry::Metrics& metrics);

  // Not ready, and why: "starting: waiting for the event log". Until the next call.
  void NotReadyBecause(std::string reason);
  // From now on the part says; null: there is none (any more).
  void Watch(Part* part);
  // Looks at the part, the event log and the process itself.
  void Look();

  Reasons Readiness() const;
  std::string Metrics();

 private:
  // Records that wait in the log; nullopt when that cannot be said.
  std::optional<int64_t> Lag();
  void LookAtAlarms();
  void LookAtProcess();
  telemetry::Gauge& GaugeOf(std::string_view name, std::string_view help,
                            telemetry::Labels labels = {});

  const World world_;
  telemetry::Metrics& metrics_;
  Part* part_ = nullptr;  // main thread
  std::set<std::string> alarms_told_;

  mutable std::mutex mutex_;
  Reasons reasons_;
};

}  // namespace waymark::process
