// The whole road in one thread: four gateways, intake, risk and casemgr with their real stores and
// the embedded log in one folder, on virtual time, and what each of them costs.
//
// Incidents go in through the gateways' streams in process (no TLS and no gRPC), a window of them
// at a time; then every part steps until nothing is left to do, timers included, and time moves on.
// Two partners subscribe to alerts and confirm each; nobody acts on a case, so every clock runs
// out. Every batch is one synced write, as in production.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "bench/incidents.h"
#include "cli/partnership/layout.h"
#include "cli/partnership/local_partnership.h"
#include "cli/story/subscriber.h"
#include "libs/base/clock.h"

namespace waymark::bench {

// What some incidents cost.
struct Costs {
  struct PartCost {
    absl::Duration cpu;
    uint64_t batches = 0;  // steps in which something was decided or published
    uint64_t inputs = 0;
    uint64_t events = 0;
    uint64_t published = 0;
  };
  uint64_t incidents = 0;
  uint64_t consents = 0;
  uint64_t alerts = 0;  // received by subscribers
  absl::Duration wall;
  absl::Duration door;                    // until the incident waits in its gateway
  absl::Duration background;              // threads of the stores: flushes and compactions
  absl::Duration all;                     // of the process, without making up the incidents
  std::map<std::string, PartCost> parts;  // "gateway" is all four
};

struct RoadOptions {
  cli::Layout layout;
  uint64_t incidents = 0;  // how many there will be in all: how large the district is
  size_t in_flight = 256;  // incidents between two rounds; at most 64 of them of one stream
  std::string source_folder = ".";  // holds packs/ and agreements/
  int first_port = 7700;            // see cli::SetUpOptions
};

class Road {
 public:
  // Sets the partnership up when the folder is empty; otherwise goes on after `from` incidents,
  // with virtual time at `clock`.
  static absl::StatusOr<std::unique_ptr<Road>> Open(RoadOptions options, uint64_t from,
                                                    absl::Time clock);
  ~Road();

  // Publishes incidents until there are `to`, and lives on until nothing is left to do. Refusals
  // and alarms end it with an error: a benchmark of errors is none.
  absl::StatusOr<Costs> Grow(uint64_t to);
  absl::Status Close();
  absl::Time now() const { return clock_->Now(); }

 private:
  class Gate;

  explicit Road(RoadOptions options);
  absl::Status OpenAll(uint64_t from, absl::Time clock);
  absl::Status RegisterStock();
  absl::Status Subscribe();
  absl::Status PublishWindow(const std::vector<Reported>& window, Costs& costs);
  absl::Status Consent(const Reported& reported, Costs& costs);
  absl::Status Pump(Costs& costs);
  absl::Status AdvanceTo(absl::Time to, Costs& costs);
  absl::Status CheckAlarms() const;
  std::shared_ptr<rpc::Channel> ChannelTo(const std::string& agency, const std::string& role);
  uint64_t AlertsReceived() const;

  const RoadOptions options_;
  const District district_;
  SystemClock real_clock_;
  SystemRandom random_;
  std::unique_ptr<ManualClock> clock_;
  std::unique_ptr<cli::LocalPartnership> partnership_;
  std::map<std::string, std::unique_ptr<Gate>> gates_;
  std::vector<std::shared_ptr<cli::story::Subscriber>> subscribers_;
  absl::Time next_due_ = absl::InfinitePast();
  uint64_t at_ = 0;
};

// Where virtual time begins, for a run of so many incidents in all: it ends in the past.
absl::Time FirstInstant(uint64_t incidents, absl::Time now);

// Between two incidents, so that a million make a year.
inline constexpr absl::Duration kIncidentsApart = absl::Milliseconds(31'536);

}  // namespace waymark::bench
