// What waits for an executor. Thread-safe. Shared with the callbacks of effects and repairs, so
// that an answer which comes after the runtime is gone falls into a closed box.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/runtime/ports.h"
#include "libs/runtime/runtime.h"
#include "libs/runtime/shard.h"

namespace waymark::runtime {

struct WaitingCommand {
  Shard* shard = nullptr;
  Command command;
};

struct EffectReply {
  Shard* shard = nullptr;
  std::string id;
  std::string started_by;
  EffectOutcome outcome;
};

struct AskReply {
  Shard* shard = nullptr;
  LaneId lane;
  absl::Status status;
};

struct ReplayOrder {
  Shard* shard = nullptr;
  uint64_t number = 0;
};

struct LossOrder {
  Shard* shard = nullptr;
  LaneId lane;
  uint64_t through_seq = 0;
};

using Order = std::variant<ReplayOrder, LossOrder>;

struct Mail {
  std::vector<WaitingCommand> commands;
  std::vector<EffectReply> effects;
  std::vector<AskReply> asks;
  std::vector<Order> orders;
};

class Mailbox {
 public:
  explicit Mailbox(size_t commands_max) : commands_max_(commands_max) {}

  // ResourceExhausted or Unavailable when it is not taken; the command is then left alone.
  absl::Status Submit(WaitingCommand& command);
  void Post(EffectReply reply);
  void Post(AskReply reply);
  void Post(Order order);
  void Wake();

  // Everything, but no more than `commands_max` commands.
  Mail Take(size_t commands_max);

  // No more commands are taken; what waits stays.
  void Close();
  bool closed() const;
  bool has_commands() const;

  // Until something arrives that Take has not seen (true), or `timeout` is over.
  bool Wait(absl::Duration timeout);

 private:
  template <typename T>
  void Add(std::vector<T>& to, T item);

  const size_t commands_max_;
  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<WaitingCommand> commands_;
  Mail mail_;  // its commands are not used
  bool woken_ = false;
  bool closed_ = false;
};

}  // namespace waymark::runtime
