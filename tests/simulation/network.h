// What lies between the nodes: lines over which calls take their time, get lost or get no answer.
// Everything is an entry in one queue, in order of virtual time.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "libs/base/clock.h"
#include "libs/rpc/channel.h"
#include "libs/rpc/endpoint.h"
#include "tests/simulation/dice.h"
#include "tests/simulation/trace.h"

namespace waymark::simulation {

// One call as its server saw it.
struct Exchange {
  std::string from, to, path, request;
  uint64_t arrived = 0;  // line of the trace at which the server got it
  absl::StatusOr<std::string> answer;
};

// A process that calls and is called. Its number grows with each start: what belongs to an earlier
// one is forgotten.
class Party {
 public:
  virtual ~Party() = default;
  virtual const std::string& name() const = 0;
  virtual uint64_t incarnation() const = 0;
  // Null while it is down.
  virtual std::shared_ptr<rpc::Endpoint> endpoint() const = 0;
  virtual Clock& clock() = 0;
};

// Used by one thread.
class Network {
 public:
  // All outlive this.
  Network(ManualClock& clock, Dice& dice, Trace& trace)
      : clock_(clock), dice_(dice), trace_(trace) {}

  void At(absl::Time when, std::function<void()> what) {
    if (!closed_) queue_.emplace(std::make_pair(when, ++queued_), std::move(what));
  }
  // Does what is due; false when nothing was.
  bool Deliver();
  absl::Time next_due() const {
    return queue_.empty() ? absl::InfiniteFuture() : queue_.begin()->first.first;
  }

  // Between two parties, in both directions.
  void Cut(const std::string& one, const std::string& other) { cut_.insert({one, other}); }
  void Slow(const std::string& one, const std::string& other) { slow_.insert({one, other}); }
  // Of answers on every line, one in so many is lost; 0 for none.
  void LoseAnswers(uint64_t one_in) { lose_one_in_ = one_in; }
  void Heal();
  // At the end of a run, while the nodes are still there: nothing that is on its way arrives, nor
  // what is sent because of that.
  void Forget() {
    closed_ = true;
    queue_.clear();
  }
  bool IsCut(const std::string& one, const std::string& other) const {
    return Has(cut_, one, other);
  }

  // A line from one party to another, as this principal.
  std::shared_ptr<rpc::Channel> Line(Party& from, Party& to, rpc::Principal principal);

  // Answers to this path come again without the server being asked, when the request is the same.
  void Cache(std::string path) { cached_ = std::move(path); }
  std::function<void(const Exchange&)> on_exchange;

 private:
  class LineChannel;
  struct Pending;

  using Pairs = std::set<std::pair<std::string, std::string>>;
  static bool Has(const Pairs& pairs, const std::string& one, const std::string& other) {
    return pairs.count({one, other}) != 0 || pairs.count({other, one}) != 0;
  }
  absl::Duration Delay(const std::string& from, const std::string& to);

  ManualClock& clock_;
  Dice& dice_;
  Trace& trace_;
  std::map<std::pair<absl::Time, uint64_t>, std::function<void()>> queue_;
  uint64_t queued_ = 0;
  bool closed_ = false;
  Pairs cut_, slow_;
  uint64_t lose_one_in_ = 0;
  std::string cached_;
  std::map<std::string, std::string> cache_;  // by request
};

}  // namespace waymark::simulation
