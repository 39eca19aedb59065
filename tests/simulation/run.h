// One run: a partnership, its clients and everything that goes wrong, from one seed; then all
// heals, everything comes to rest, and the checks look at what is left.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/simulation/clients.h"
#include "tests/simulation/partnership.h"

namespace waymark::simulation {

struct Options {
  uint64_t seed = 1;
  int steps = 300;
  bool print = false;  // every line of the trace
  SeededFault fault = SeededFault::kNone;
};

struct Outcome {
  // What does not hold, in words; empty when all is well.
  std::vector<std::string> violations;
  std::vector<std::string> tail;       // the latest lines of the trace
  std::string digest;                  // of the trace
  std::map<std::string, int> crashes;  // how often at each named point
  uint64_t requests = 0, records = 0, alerts = 0, fetches = 0;
};

Outcome Run(const Options& options);

}  // namespace waymark::simulation
