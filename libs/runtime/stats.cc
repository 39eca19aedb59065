#include "libs/runtime/stats.h"

namespace waymark::runtime {
namespace {

telemetry::Counter& Records(telemetry::Metrics& metrics, const std::string& source,
                            const std::string& verdict) {
  return metrics.CounterOf("waymark_runtime_records_total", "Records read, by what became of them",
                           {{"source", source}, {"verdict", verdict}});
}

telemetry::Counter& Decided(telemetry::Metrics& metrics, const std::string& source,
                            const std::string& kind) {
  return metrics.CounterOf("waymark_runtime_inputs_total", "Inputs decided, by kind",
                           {{"source", source}, {"kind", kind}});
}

}  // namespace

Stats::Stats(telemetry::Metrics& metrics, const std::string& source)
    : records_taken(Records(metrics, source, "taken")),
      records_repeated(Records(metrics, source, "repeated")),
      records_after_gap(Records(metrics, source, "after_gap")),
      parked(metrics.CounterOf("waymark_runtime_parked_total", "Inputs parked as dead letters",
                               {{"source", source}})),
      decided_records(Decided(metrics, source, "record")),
      decided_commands(Decided(metrics, source, "command")),
      decided_timers(Decided(metrics, source, "timer")),
      decided_effects(Decided(metrics, source, "effect")),
      events(metrics.CounterOf("waymark_runtime_events_total", "Events decided",
                               {{"source", source}})),
      batches(metrics.CounterOf("waymark_runtime_batches_total", "Batches committed",
                                {{"source", source}})),
      published(metrics.CounterOf("waymark_runtime_published_total",
                                  "Records acknowledged by the log", {{"source", source}})),
      unacknowledged(metrics.GaugeOf("waymark_runtime_unacknowledged",
                                     "Outbox rows that the log has not acknowledged",
                                     {{"source", source}})) {}

telemetry::Counter& Stats::DecidedOf(size_t cause_index) {
  // In the order of Cause (decider.h).
  telemetry::Counter* const counters[] = {&decided_records, &decided_commands, &decided_timers,
                                          &decided_effects};
  return *counters[cause_index];
}

}  // namespace waymark::runtime
