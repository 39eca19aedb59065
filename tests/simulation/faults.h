// Everything that goes wrong in a run, drawn from the seed, and how it ends.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/simulation/clients.h"
#include "tests/simulation/partnership.h"

namespace waymark::simulation {

// Used by one thread.
class Faults {
 public:
  // All outlive this.
  Faults(World& world, Partnership& partnership, Clients& clients);

  // One more thing goes wrong; some of them pass by themselves after a while.
  void Strike();
  // Some of the nodes that are down start again. An error is a violation: a node that only lost
  // power must start.
  absl::Status RestartSome();
  // Everything is right again and every node is up.
  absl::Status HealAll();
  // The operator restarts the nodes that do not believe their clocks, which are right again.
  void RestartMisled();
  // The log has told its operator that it lost records it had acknowledged. Where a later record of
  // a lane shows the gap, its reader has asked; the operator has published what nobody could miss.
  void RepairLostTails();

  // Partitions of which the log lost the end at some time.
  const std::set<eventlog::TopicPartition>& lost_tails() const { return lost_tails_; }

 private:
  void StrikeNode(Node& node);
  void StrikeLog();
  void StrikeNetwork();
  void StrikeClock(Node& node);
  void LoseDisk();
  bool JournalIsWhole(Node& node);
  uint64_t FirstMissing(Node& source, const runtime::OutboxStatus& lane);
  void Later(std::function<void()> end);

  World& world_;
  Partnership& partnership_;
  Clients& clients_;
  std::vector<eventlog::TopicPartition> partitions_;  // that are written
  std::map<eventlog::TopicPartition, std::vector<Node*>> partition_readers_;
  std::set<eventlog::TopicPartition> lost_tails_;
};

}  // namespace waymark::simulation
