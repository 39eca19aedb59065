// Runs whole partnerships by seed:
//
//   simulation --seed 17 [--steps 300] [--trace]    one seed, again and the same every time
//   simulation --seeds 1-200 [--steps 300]          one after the other, until one fails
//   simulation --minutes 30                         seeds that nobody has run yet, for so long
//   simulation --fault NAME --seeds 1-40            with a seeded fault: a seed must fail
//
// Exit code 0: every promise held (or, with --fault, was seen to be broken); 1: not; 2: usage.
#include <cstdio>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/base/clock.h"
#include "tests/simulation/run.h"

namespace waymark::simulation {
namespace {

struct Arguments {
  Options options;
  uint64_t first = 1, last = 0;
  double minutes = 0;
  bool twice = false;
};

const std::map<std::string, SeededFault>& SeededFaults() {
  static const auto* const faults = new std::map<std::string, SeededFault>{
      {"unsynced", SeededFault::kUnsynced},
      {"position-before-state", SeededFault::kPositionBeforeState},
      {"lane-forgotten", SeededFault::kLaneForgotten},
      {"leaf-left-out", SeededFault::kLeafLeftOut},
      {"name-in-topic", SeededFault::kNameInTopic},
      {"cached-share", SeededFault::kCachedShare},
      {"key-kept", SeededFault::kKeyKept},
      {"leaf-forgotten", SeededFault::kLeafForgotten},
      {"reversal-forgotten", SeededFault::kReversalForgotten}};
  return *faults;
}

bool TakeValue(const std::string& name, const std::string& value, Arguments& arguments) {
  if (name == "--seed" && absl::SimpleAtoi(value, &arguments.first)) {
    arguments.last = arguments.first;
    return true;
  }
  if (name == "--seeds") {
    const std::vector<std::string> ends = absl::StrSplit(value, '-');
    return ends.size() == 2 && absl::SimpleAtoi(ends[0], &arguments.first) &&
           absl::SimpleAtoi(ends[1], &arguments.last) && arguments.first <= arguments.last;
  }
  if (name == "--steps") return absl::SimpleAtoi(value, &arguments.options.steps);
  if (name == "--minutes") {
    return absl::SimpleAtod(value, &arguments.minutes) && arguments.minutes > 0;
  }
  const auto fault = SeededFaults().find(value);
  if (name != "--fault" || fault == SeededFaults().end()) return false;
  arguments.options.fault = fault->second;
  return true;
}

bool Parse(const std::vector<std::string>& words, Arguments& arguments) {
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--trace") {
      arguments.options.print = true;
    } else if (words[i] == "--twice") {
      arguments.twice = true;
    } else if (i + 1 >= words.size() || !TakeValue(words[i], words[i + 1], arguments)) {
      return false;
    } else {
      ++i;
    }
  }
  return arguments.last >= arguments.first || arguments.minutes > 0;
}

struct Totals {
  uint64_t seeds = 0, requests = 0, records = 0, alerts = 0, fetches = 0;
  std::map<std::string, int> crashes;

  void Add(const Outcome& outcome) {
    ++seeds;
    requests += outcome.requests;
    records += outcome.records;
    alerts += outcome.alerts;
    fetches += outcome.fetches;
    for (const auto& [point, times] : outcome.crashes) crashes[point] += times;
  }
  void Print(absl::Duration took) const {
    std::printf(
        "%llu seeds in %s: %llu requests, %llu records, %llu alert messages, %llu shares "
        "fetched\ncrashes:",
        static_cast<unsigned long long>(seeds), absl::FormatDuration(took).c_str(),
        static_cast<unsigned long long>(requests), static_cast<unsigned long long>(records),
        static_cast<unsigned long long>(alerts), static_cast<unsigned long long>(fetches));
    for (const auto& [point, times] : crashes) std::printf(" %d at %s;", times, point.c_str());
    std::puts("");
  }
};

void PrintFailure(const Options& options, const Outcome& outcome) {
  std::printf("seed %llu fails:\n", static_cast<unsigned long long>(options.seed));
  for (size_t i = 0; i < outcome.violations.size() && i < 10; ++i) {
    std::printf("  %s\n", outcome.violations[i].c_str());
  }
  if (!options.print) {
    std::puts("the latest of what happened:");
    for (const std::string& line : outcome.tail) std::puts(line.c_str());
  }
  std::printf("run it again: build/bin/simulation --seed %llu --steps %d --trace\n",
              static_cast<unsigned long long>(options.seed), options.steps);
}

// True when the seed holds what it must.
bool RunSeed(const Arguments& arguments, uint64_t seed, Totals& totals) {
  Options options = arguments.options;
  options.seed = seed;
  const Outcome outcome = Run(options);
  totals.Add(outcome);
  if (!outcome.violations.empty()) {
    PrintFailure(options, outcome);
    return false;
  }
  if (arguments.twice && Run(options).digest != outcome.digest) {
    std::printf("seed %llu is not the same run twice\n", static_cast<unsigned long long>(seed));
    return false;
  }
  return true;
}

int RunAll(const Arguments& arguments) {
  SystemClock clock;
  const absl::Duration start = clock.Elapsed();
  Totals totals;
  // Nobody has run these: they begin where the clock stands.
  uint64_t seed = arguments.minutes > 0 ? static_cast<uint64_t>(absl::ToUnixMillis(clock.Now()))
                                        : arguments.first;
  bool failed = false;
  while (!failed) {
    const absl::Duration took = clock.Elapsed() - start;
    if (arguments.minutes > 0 ? took >= absl::Minutes(arguments.minutes) : seed > arguments.last) {
      break;
    }
    failed = !RunSeed(arguments, seed++, totals);
    std::fflush(stdout);
  }
  totals.Print(clock.Elapsed() - start);
  if (arguments.options.fault == SeededFault::kNone) return failed ? 1 : 0;
  std::puts(failed ? "the seeded fault was found" : "NO SEED FOUND THE SEEDED FAULT");
  return failed ? 0 : 1;
}

}  // namespace
}  // namespace waymark::simulation

int main(int argc, char** argv) {
  waymark::simulation::Arguments arguments;
  if (!waymark::simulation::Parse({argv + 1, argv + argc}, arguments)) {
    std::fputs(
        "usage: simulation --seed N | --seeds FIRST-LAST | --minutes N  [--steps N] "
        "[--trace] [--twice] [--fault NAME]\n",
        stderr);
    return 2;
  }
  return waymark::simulation::RunAll(arguments);
}
