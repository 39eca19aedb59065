// What a runtime counts. Names are in the order of the work; each carries the label "source".
#pragma once

#include <string>

#include "libs/telemetry/metrics.h"

namespace waymark::runtime {

// Thread-safe. `metrics` must outlive it.
struct Stats {
  Stats(telemetry::Metrics& metrics, const std::string& source);

  telemetry::Counter& records_taken;
  telemetry::Counter& records_repeated;
  telemetry::Counter& records_after_gap;  // dropped until the lane is repaired
  telemetry::Counter& parked;             // dead letters
  telemetry::Counter& decided_records;
  telemetry::Counter& decided_commands;
  telemetry::Counter& decided_timers;
  telemetry::Counter& decided_effects;
  telemetry::Counter& events;
  telemetry::Counter& batches;  // committed
  telemetry::Counter& published;
  telemetry::Gauge& unacknowledged;  // rows that the log has not acknowledged

  telemetry::Counter& DecidedOf(size_t cause_index);
};

}  // namespace waymark::runtime
