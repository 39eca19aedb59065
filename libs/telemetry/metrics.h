// Counters and gauges, shown in the Prometheus text format (version 0.0.4,
// https://prometheus.io/docs/instrumenting/exposition_formats/).
//
// Label values are names of parts of the system (a shard, a topic, a method), never personal data,
// tokens or ids of people.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace waymark::telemetry {

// Thread-safe; adding is one atomic instruction.
class Counter {
 public:
  void Add(uint64_t by = 1) { value_.fetch_add(by, std::memory_order_relaxed); }
  uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

// Thread-safe.
class Gauge {
 public:
  void Set(int64_t value) { value_.store(value, std::memory_order_relaxed); }
  void Add(int64_t by) { value_.fetch_add(by, std::memory_order_relaxed); }
  int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<int64_t> value_{0};
};

using Labels = std::vector<std::pair<std::string, std::string>>;

// Thread-safe. What it hands out lives as long as it does; keep the reference, do not look it up
// for each event.
class Metrics {
 public:
  // The same name and labels give the same object. `name`: [a-z_]+, a counter's ends in "_total".
  // `help` is taken from the first call for the name. One name is either a counter or a gauge.
  Counter& CounterOf(std::string_view name, std::string_view help, const Labels& labels = {});
  Gauge& GaugeOf(std::string_view name, std::string_view help, const Labels& labels = {});

  // All of it, by name and labels.
  std::string PrometheusText() const;

 private:
  struct Family {
    std::string help;
    std::map<std::string, std::unique_ptr<Counter>> counters;  // by rendered labels
    std::map<std::string, std::unique_ptr<Gauge>> gauges;
  };
  Family& FamilyOf(std::string_view name, std::string_view help);

  mutable std::mutex mutex_;
  std::map<std::string, Family, std::less<>> families_;
};

}  // namespace waymark::telemetry
