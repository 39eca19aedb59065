#include "tests/simulation/run.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/config/all_topics.h"
#include "libs/config/topics.h"
#include "tests/simulation/checks.h"
#include "tests/simulation/faults.h"
#include "tests/simulation/people.h"

namespace waymark::simulation {
namespace {

// When runs begin: ordinary days, nights on which the clocks change, days on which offices close.
const std::vector<std::string> kStarts = {"2026-03-03T10:00:00Z", "2026-03-28T20:00:00Z",
                                          "2026-10-24T20:00:00Z", "2026-04-02T15:00:00Z",
                                          "2026-12-23T14:00:00Z", "2026-06-19T15:50:00Z"};

// Every clock of a case runs out; where audit logs are watched, those of the first day.
constexpr absl::Duration kRestAfter = absl::Hours(24 * 5);
constexpr absl::Duration kRestWatched = absl::Hours(26);
constexpr absl::Duration kMaintainEvery = absl::Minutes(20);

absl::Time StartOf(uint64_t seed) {
  absl::Time start;
  WM_CHECK(absl::ParseTime(absl::RFC3339_full, kStarts[seed % kStarts.size()], &start, nullptr),
           "a start is no instant");
  return start;
}

// Three agencies or four.
std::vector<std::string> AgenciesOf(uint64_t seed) {
  if (seed % 3 == 0) return {"council", "fire", "housing", "police"};
  return {"council", "housing", "police"};
}

bool Watched(const Options& options) {
  return options.fault == SeededFault::kLeafForgotten ||
         (options.fault == SeededFault::kNone && options.seed % 4 == 0);
}

class Runner {
 public:
  explicit Runner(const Options& options)
      : options_(options),
        world_(options.seed, StartOf(options.seed), options.fault, Watched(options), options.print),
        partnership_(world_, AgenciesOf(options.seed)),
        clients_(world_, partnership_),
        faults_(world_, partnership_, clients_) {
    world_.log.ShuffleAcross(options.seed);
    world_.network.on_exchange = [this](const Exchange& exchange) { Saw(exchange); };
    if (options.fault == SeededFault::kCachedShare) world_.network.Cache(kFetchShare);
  }

  Outcome Run() {
    const absl::Status started = partnership_.StartAll();
    if (!started.ok()) violations_.push_back(started.ToString());
    for (int turn = 0; turn < options_.steps && violations_.empty(); ++turn) Turn();
    if (violations_.empty()) Heal();
    if (violations_.empty()) {
      Judge judge{world_, partnership_, clients_, faults_.lost_tails(), violations_};
      CheckEverything(judge);
    }
    return Told();
  }

 private:
  void Turn() {
    if (world_.dice.OneIn(2)) clients_.Act();
    if (world_.dice.OneIn(5)) clients_.AskOneAgain();
    if (world_.dice.OneIn(3)) clients_.Maintain();
    if (world_.dice.OneIn(7)) faults_.Strike();
    Must(faults_.RestartSome());
    world_.network.Deliver();
    std::vector<Node*> nodes = partnership_.nodes();
    world_.dice.Shuffle(nodes);
    for (Node* node : nodes) {
      if (!world_.dice.OneIn(3)) node->Step();
    }
    const std::string epochs = nodes.front()->CheckEpochs();
    if (!epochs.empty()) violations_.push_back(epochs);
    PassTime();
    if (world_.dice.OneIn(3)) partnership_.Tick();
  }

  void PassTime() {
    const uint64_t roll = world_.dice.Below(100);
    absl::Duration by = world_.dice.Between(absl::ZeroDuration(), absl::Milliseconds(20));
    if (roll >= 70) by = world_.dice.Between(absl::Milliseconds(100), absl::Seconds(20));
    if (roll >= 90) by = world_.dice.Between(absl::Minutes(1), absl::Minutes(40));
    if (roll >= 97) by = world_.dice.Between(absl::Hours(1), absl::Hours(9));
    // Now and then nothing happens at its time: every machine was asleep.
    if (roll >= 90 && !world_.dice.OneIn(3)) return RunFor(by, kMaintainEvery);
    world_.clock.Advance(by);
  }

  void RunFor(absl::Duration by, absl::Duration maintain_every) {
    const bool rested = partnership_.RunFor(by, [this, maintain_every] {
      if (world_.clock.Now() < maintain_) return;
      maintain_ = world_.clock.Now() + maintain_every;
      clients_.Maintain();
      partnership_.Tick();
    });
    if (!rested) violations_.push_back("the partnership never comes to rest");
  }

  void Must(const absl::Status& status) {
    if (!status.ok()) violations_.push_back(std::string(status.message()));
  }

  // All faults end; clients get their answers; every clock runs out.
  void Heal() {
    Must(faults_.HealAll());
    if (!violations_.empty()) return;
    // Where the run is long enough, wrong clocks are waited out.
    if (world_.watched) faults_.RestartMisled();
    RunFor(absl::Minutes(3), absl::Seconds(20));
    for (int round = 0; round < 20 && violations_.empty(); ++round) {
      if (clients_.AskAllAgain()) break;
      RunFor(absl::Seconds(20), absl::Seconds(5));
    }
    for (const Request& request : clients_.book().requests) {
      if (request.settled() || request.read) continue;
      violations_.push_back(absl::StrCat("request ", request.number, " (", request.path, ", ",
                                         request.agency, ") never gets an answer"));
    }
    if (!violations_.empty()) return;
    Probe();
    faults_.RepairLostTails();
    RunFor(absl::Minutes(5), absl::Seconds(20));
    RunFor(world_.watched ? kRestWatched : kRestAfter, absl::Hours(1));
  }

  // Two agencies report the same person, one of them at HIGH: the other must hear of it at once.
  void Probe() {
    const std::string one = world_.dice.Pick(partnership_.agencies());
    std::string other = one;
    while (other == one) other = world_.dice.Pick(partnership_.agencies());
    const int person = static_cast<int>(world_.dice.Below(kPeople));
    const Request& first = clients_.PublishHigh(other, person);
    RunFor(absl::Minutes(1), absl::Seconds(5));
    const Request& second = clients_.PublishHigh(one, person);
    RunFor(absl::Minutes(2), absl::Seconds(5));
    if (!first.ok() || !second.ok()) {
      violations_.push_back("an incident is not taken although all has healed");
    }
  }

  void Saw(const Exchange& exchange) {
    if (exchange.path != kFetchShare) return;
    world_.trace.Say(exchange.to,
                     absl::StrCat("answers FetchShare of ", exchange.from, ": ",
                                  absl::StatusCodeToString(exchange.answer.status().code())));
    if (exchange.answer.ok()) clients_.book().fetches.push_back(exchange);
  }

  Outcome Told() {
    Outcome outcome;
    outcome.violations = std::move(violations_);
    outcome.tail.assign(world_.trace.tail().begin(), world_.trace.tail().end());
    outcome.digest = world_.trace.digest();
    outcome.crashes = world_.crashes;
    outcome.requests = clients_.book().requests.size();
    outcome.alerts = clients_.book().received.size();
    outcome.fetches = clients_.book().fetches.size();
    for (const auto& [topic, partitions] : config::AllTopics(partnership_.directory())) {
      for (int i = 0; i < partitions; ++i) outcome.records += world_.log.Records({topic, i}).size();
    }
    return outcome;
  }

  const Options options_;
  std::vector<std::string> violations_;
  World world_;
  Partnership partnership_;
  Clients clients_;
  Faults faults_;
  absl::Time maintain_ = absl::InfinitePast();
};

}  // namespace

Outcome Run(const Options& options) { return Runner(options).Run(); }

}  // namespace waymark::simulation
