#include "tests/simulation/faults.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/config/topics.h"
#include "libs/runtime/cloud_event.h"

namespace waymark::simulation {
namespace {

absl::Status Away() { return absl::UnavailableError("the log is away"); }

}  // namespace

Faults::Faults(World& world, Partnership& partnership, Clients& clients)
    : world_(world), partnership_(partnership), clients_(clients) {
  for (Node* node : partnership.nodes()) {
    const runtime::RuntimeConfig config = node->Config();
    for (const runtime::ShardConfig& shard : config.shards) {
      for (const auto& input : shard.inputs) partition_readers_[input].push_back(node);
      if (shard.journal) partitions_.push_back(*shard.journal);
    }
  }
  for (const std::string& agency : partnership.agencies()) {
    partitions_.push_back({config::MemberOutTopic(kPartnership, agency), 0});
    partitions_.push_back({config::MemberInboxTopic(kPartnership, agency), 0});
    partitions_.push_back({config::MemberAuditTopic(kPartnership, agency), 0});
  }
}

void Faults::Strike() {
  Node& node = *world_.dice.Pick(partnership_.nodes());
  const uint64_t roll = world_.dice.Below(16);
  if (roll < 6) return StrikeNode(node);
  if (roll < 9) return StrikeLog();
  if (roll < 12) return StrikeNetwork();
  if (roll < 14) return StrikeClock(node);
  if (roll < 15) return LoseDisk();
  clients_.DropOne();
}

void Faults::StrikeNode(Node& node) {
  if (!node.up()) return;
  const std::vector<Disk::Next> bad = {Disk::Next::kCrashBefore, Disk::Next::kCrashAfter,
                                       Disk::Next::kFail, Disk::Next::kFailButWritten};
  switch (world_.dice.Below(8)) {
    case 0:
      return node.Die("between two steps");
    case 1:
    case 2:
      return node.DieAtPoint(static_cast<int>(world_.dice.Below(14)));
    case 3:
    case 4:
    case 5:
      return node.ArmDisk(world_.dice.Pick(bad));
    case 6:
      // It comes true when a key is destroyed next.
      if (node.slots() != nullptr) node.slots()->Arm(world_.dice.Pick(bad));
      return;
    default:
      world_.trace.Say(node.name(), "is stopped for a while");
      node.SetPaused(true);
      return Later([&node] { node.SetPaused(false); });
  }
}

void Faults::StrikeLog() {
  const eventlog::TopicPartition& at = world_.dice.Pick(partitions_);
  switch (world_.dice.Below(5)) {
    case 0:
      world_.trace.Say("log", absl::StrCat("repeats the end of ", eventlog::ToString(at)));
      return world_.log.RepeatLast(at, 1 + world_.dice.Below(4));
    case 1:
      world_.trace.Say("log", absl::StrCat("loses the end of ", eventlog::ToString(at)));
      lost_tails_.insert(at);
      return world_.log.DropTail(at, 1 + world_.dice.Below(3));
    case 2:
      world_.trace.Say("log", "fails an append");
      return world_.log.FailNextAppends(1, Away(), world_.dice.Below(3));
    case 3:
      world_.trace.Say("log", "fails a poll");
      return world_.log.FailNextPolls(1, Away());
    default: {
      Node& node = *world_.dice.Pick(partnership_.nodes());
      world_.trace.Say(node.name(), "does not reach the log");
      node.log().SetAway(true);
      // Every try to publish signs what waits: hours of it would be most of a run.
      world_.network.At(
          world_.clock.Now() + world_.dice.Between(absl::Seconds(1), absl::Minutes(15)),
          [&node] { node.log().SetAway(false); });
      return;
    }
  }
}

void Faults::StrikeNetwork() {
  const std::string one = world_.dice.Pick(partnership_.nodes())->name();
  std::string other = world_.dice.Pick(partnership_.nodes())->name();
  if (one == other) other = world_.dice.Pick(partnership_.agencies()) + "/systems";
  switch (world_.dice.Below(3)) {
    case 0:
      world_.trace.Say("network", absl::StrCat("cuts ", one, " from ", other));
      world_.network.Cut(one, other);
      break;
    case 1:
      world_.trace.Say("network", absl::StrCat("is slow between ", one, " and ", other));
      world_.network.Slow(one, other);
      break;
    default:
      world_.trace.Say("network", "loses answers");
      world_.network.LoseAnswers(3);
  }
  Later([this] {
    world_.trace.Say("network", "is well again");
    world_.network.Heal();
  });
}

// A step small enough to be taken for true, or one that must not be believed.
void Faults::StrikeClock(Node& node) {
  if (!node.up()) return;
  const std::vector<absl::Duration> steps = {
      absl::Seconds(80), -absl::Seconds(80), absl::Minutes(10),  -absl::Minutes(10),
      absl::Hours(1),    -absl::Hours(1),    absl::Hours(24 * 3)};
  const absl::Duration by = world_.dice.Pick(steps);
  world_.trace.Say(node.name(), absl::StrCat("has its clock wrong by ", absl::FormatDuration(by)));
  node.wall().SetWrongBy(by);
  Later([&node] { node.wall().SetWrongBy(absl::ZeroDuration()); });
}

// A core service may lose its disk once the log has all of its journal: what was not yet published
// is gone with the disk, and nobody promises otherwise.
void Faults::LoseDisk() {
  Node& node = *partnership_.nodes()[world_.dice.Below(3)];
  if (!JournalIsWhole(node)) return;
  node.LoseDisk();
  const absl::Status rebuilt = node.Start(Node::How::kRebuild);
  if (rebuilt.ok()) return;
  // Only while the log is away; then the operator tries again, and the disk is still empty.
  world_.trace.Say(node.name(), absl::StrCat("cannot be rebuilt now: ", rebuilt.ToString()));
  node.SetRebuildNext();
}

bool Faults::JournalIsWhole(Node& node) {
  if (!node.up() || node.log().away()) return false;
  for (const runtime::OutboxStatus& lane : node.runtime().Outbox()) {
    if (lane.acked_seq < lane.last_seq) return false;
    if (lane.to != *node.Config().shards[0].journal) continue;
    std::set<uint64_t> held;
    for (const eventlog::Record& record : world_.log.Records(lane.to)) {
      const auto event = runtime::FromRecord(record);
      if (event.ok() && event->type != runtime::kLaneOpenedType) held.insert(event->seq);
    }
    if (held.size() < lane.last_seq) return false;
  }
  return true;
}

void Faults::Later(std::function<void()> end) {
  const absl::Duration after = world_.dice.OneIn(4)
                                   ? world_.dice.Between(absl::Minutes(1), absl::Hours(5))
                                   : world_.dice.Between(absl::Seconds(1), absl::Minutes(2));
  world_.network.At(world_.clock.Now() + after, std::move(end));
}

absl::Status Faults::RestartSome() {
  for (Node* node : partnership_.nodes()) {
    if (node->up() || !world_.dice.OneIn(6)) continue;
    const absl::Status started = node->Restart();
    if (!started.ok()) {
      return absl::InternalError(
          absl::StrCat(node->name(), " does not start again: ", started.ToString()));
    }
  }
  return absl::OkStatus();
}

absl::Status Faults::HealAll() {
  world_.trace.Say("run", "everything heals");
  world_.network.Heal();
  world_.log.FailNextAppends(0, Away());
  world_.log.FailNextPolls(0, Away());
  for (Node* node : partnership_.nodes()) {
    node->log().SetAway(false);
    node->SetPaused(false);
    node->wall().SetWrongBy(absl::ZeroDuration());
    node->DieAtPoint(-1);
    if (node->up()) node->ArmDisk(Disk::Next::kWrite);
    if (node->slots() != nullptr) node->slots()->Arm(Disk::Next::kWrite);
    if (node->up()) continue;
    const absl::Status started = node->Restart();
    if (!started.ok()) {
      return absl::InternalError(
          absl::StrCat(node->name(), " does not start again: ", started.ToString()));
    }
  }
  return absl::OkStatus();
}

void Faults::RestartMisled() {
  for (Node* node : partnership_.nodes()) {
    if (!node->up() || node->runtime().time_trusted()) continue;
    world_.trace.Say("operator", absl::StrCat("restarts ", node->name()));
    node->Die("a restart by its operator");
    const absl::Status started = node->Restart();
    if (!started.ok()) world_.trace.Say("operator", started.ToString());
  }
}

// A journal must be whole, or nothing can be rebuilt from it; of any other lane a record that its
// reader has taken is not missed.
uint64_t Faults::FirstMissing(Node& source, const runtime::OutboxStatus& lane) {
  const std::optional<eventlog::TopicPartition> journal = source.Config().shards[0].journal;
  if (journal && *journal == lane.to) {
    std::set<uint64_t> held;
    for (const eventlog::Record& record : world_.log.Records(lane.to)) {
      const auto event = runtime::FromRecord(record);
      if (event.ok() && event->type != runtime::kLaneOpenedType) held.insert(event->seq);
    }
    for (uint64_t seq = 1; seq <= lane.last_seq; ++seq) {
      if (held.count(seq) == 0) return seq;
    }
  }
  uint64_t first = lane.last_seq + 1;
  for (Node* reader : partition_readers_[lane.to]) {
    const auto lanes = reader->runtime().Lanes();
    uint64_t taken = 0;
    for (const runtime::LaneStatus& in : lanes.value_or(std::vector<runtime::LaneStatus>())) {
      if (in.source == source.name() && in.lane == lane.lane) taken = in.last_seq;
    }
    first = std::min(first, taken + 1);
  }
  return first;
}

void Faults::RepairLostTails() {
  for (Node* node : partnership_.nodes()) {
    for (const runtime::OutboxStatus& lane : node->runtime().Outbox()) {
      if (lost_tails_.count(lane.to) == 0) continue;
      const uint64_t from = FirstMissing(*node, lane);
      if (from > lane.last_seq) continue;
      world_.trace.Say("operator", absl::StrCat("has ", lane.lane, " published from ", from));
      const absl::Status told = node->runtime().Republish(lane.lane, from);
      if (!told.ok()) world_.trace.Say("operator", told.ToString());
    }
  }
}

}  // namespace waymark::simulation
