// Look-ups during a call, open loop: they are sent at fixed instants whether or not earlier ones
// have been answered, and each is timed from the instant at which it was to be sent. So a stall
// counts for everyone it delays (no coordinated omission).
//
// Over mutual TLS to the gateways, which ask intake and casemgr over mutual TLS, all in this
// process with its threads. Beside it, at the same rate over the same connections, a health check:
// what an empty call costs.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "bench/histogram.h"
#include "bench/incidents.h"
#include "cli/partnership/layout.h"

namespace waymark::bench {

struct LookUpOptions {
  double per_second = 200;
  absl::Duration warm_up = absl::Seconds(2);  // not counted
  absl::Duration length = absl::Seconds(10);
};

struct LookUpResult {
  Histogram look_ups;
  Histogram empty_calls;
  absl::Duration cpu;             // of the whole process for each look-up
  uint64_t failed = 0;            // refused, or later than its deadline
  uint64_t without_partners = 0;  // answered from the own gateway's knowledge alone
  absl::Time clock;               // virtual time at the end
};

// On a partnership that Road made, whose virtual time stands at `clock`.
absl::StatusOr<LookUpResult> MeasureLookUps(const cli::Layout& layout, const District& district,
                                            const LookUpOptions& options, absl::Time clock);

}  // namespace waymark::bench
