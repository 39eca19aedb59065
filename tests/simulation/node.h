// One process of the partnership: its disk, its clock, its part of the log, and while it is up its
// service behind a runtime and an endpoint. It dies at any point at which a process can die, and
// starts again from its disk.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "libs/crypto/slot_keys.h"
#include "libs/eventlog/memory_log.h"
#include "libs/rpc/method_table.h"
#include "libs/runtime/runtime.h"
#include "libs/telemetry/alarms.h"
#include "tests/simulation/disk.h"
#include "tests/simulation/network.h"
#include "tests/simulation/node_log.h"

namespace waymark::simulation {

class Node;

// What all nodes of a run share. Filled by Partnership; outlives every node.
struct World {
  World(uint64_t seed, absl::Time start, SeededFault fault, bool watched, bool print)
      : fault(fault),
        watched(watched),
        clock(start),
        dice(seed),
        random(seed ^ 0x5eed'5eed'5eed'5eedULL),
        trace(clock, print),
        network(clock, dice, trace) {}

  const SeededFault fault;
  // Gateways publish checkpoints of their audit logs and cosign each other's: most of the work of a
  // run that has it.
  const bool watched;
  ManualClock clock;
  Dice dice;
  SeededRandom random;  // keys, nonces, salts
  Trace trace;
  eventlog::MemoryLog log;
  Network network;
  runtime::RecordVerifier* verifier = nullptr;
  std::map<std::string, Node*> by_source;  // "gateway/police"
  // How often a node died at each named point ("commit" beside those of the runtime).
  std::map<std::string, int> crashes;
};

// The machine's wall clock of one node: somebody may set it wrong, and it never runs back as seen
// by a process.
class NodeClock : public Clock {
 public:
  explicit NodeClock(ManualClock& truth) : truth_(truth) {}
  absl::Time Now() override {
    latest_ = std::max(latest_, truth_.Now() + wrong_by_);
    return latest_;
  }
  absl::Duration Elapsed() override { return truth_.Elapsed(); }
  void SetWrongBy(absl::Duration by) { wrong_by_ = by; }
  // A new process on a machine whose clock is right.
  void Restart() {
    wrong_by_ = absl::ZeroDuration();
    latest_ = absl::InfinitePast();
  }

 private:
  ManualClock& truth_;
  absl::Duration wrong_by_;
  absl::Time latest_ = absl::InfinitePast();
};

// A key file as the disk keeps it: filled ahead of need, so that a slot which was taken and not
// stored by its user is handed out again after a restart; under a master key, so that old copies of
// it open for as long as the master is the same.
class SlotFile : public crypto::SlotKeys {
 public:
  SlotFile(Random& random, SeededFault fault) : random_(random), fault_(fault) {}
  void Reopen(uint64_t slots_in_use) { next_ = slots_in_use; }
  // What becomes of the next key that is destroyed, or of the next new master.
  void Arm(Disk::Next next) { next_change_ = next; }
  // Somebody who kept a copy of the file from before this slot was erased still has its key.
  bool OldCopiesOpen(uint64_t slot) const;
  absl::StatusOr<uint64_t> Take() override;
  absl::StatusOr<std::string> Key(uint64_t slot) const override;
  absl::Status Erase(uint64_t slot) override;
  std::vector<uint64_t> ErasedSlots() const override;
  absl::Status RewriteUnderNewMaster() override;

 private:
  // A change of the file, as the disk lets it happen.
  absl::Status Change(const std::function<void()>& change);

  Random& random_;
  const SeededFault fault_;
  std::map<uint64_t, std::string> keys_;
  std::map<uint64_t, int> erased_;  // under which master it was erased
  int master_ = 0;
  uint64_t next_ = 0;
  Disk::Next next_change_ = Disk::Next::kWrite;
};

// Every alarm that was ever raised by a node is in the trace.
class NodeAlarms : public telemetry::AlarmList {
 public:
  NodeAlarms(Clock& clock, Trace& trace, std::string who)
      : AlarmList(clock), trace_(trace), who_(std::move(who)) {}
  void Raise(std::string_view code, std::string_view subject, std::string_view detail) override;
  void Clear(std::string_view code, std::string_view subject) override;
  // Codes of this and earlier processes.
  const std::set<std::string>& ever() const { return ever_; }

 private:
  Trace& trace_;
  const std::string who_;
  std::set<std::string> ever_, raised_;
};

class Node : public Party {
 public:
  Node(World& world, std::string source);
  ~Node() override;

  enum class How { kOpen, kRebuild };
  // Whatever goes wrong here is a violation: a disk that only lost power must open.
  absl::Status Start(How how = How::kOpen);
  // From its disk, or from its journal when the disk is gone.
  absl::Status Restart() { return Start(rebuild_next_ ? How::kRebuild : How::kOpen); }
  void SetRebuildNext() { rebuild_next_ = true; }
  // Power loss.
  void Die(const std::string& where);
  // Core services: the disk is gone.
  void LoseDisk();
  bool up() const { return runtime_ != nullptr; }

  // One step; it may die at it. Nothing while it is down. Returns false when there was nothing to
  // do. An error of the runtime is final: a process that fails so must be restarted.
  bool Step();
  // When it next has something to do by itself, as of the last step.
  absl::Time next_due() const { return up() && !paused_ ? next_due_ : absl::InfiniteFuture(); }
  // It stands still and knows nothing of it, as when a process is stopped by a signal.
  void SetPaused(bool paused) { paused_ = paused; }
  // It dies at the point of this number, counted from now over all named points.
  void DieAtPoint(int point) { points_left_ = point; }
  // It fails as Disk::Arm says, at the next commit.
  void ArmDisk(Disk::Next next) { disk_->Arm(next); }
  // Its key file; null when it has none.
  virtual SlotFile* slots() { return nullptr; }

  // Passing time reaches open calls and streams.
  virtual void Tick();

  const std::string& name() const override { return source_; }
  uint64_t incarnation() const override { return incarnation_; }
  std::shared_ptr<rpc::Endpoint> endpoint() const override { return endpoint_; }
  Clock& clock() override { return clock_; }
  NodeClock& wall() { return clock_; }
  NodeLog& log() { return log_; }
  Disk& disk() { return *disk_; }
  runtime::Runtime& runtime() { return *runtime_; }
  NodeAlarms& alarms() { return *alarms_; }
  // Highest epoch seen of each lane it reads; "" or what went backwards.
  std::string CheckEpochs();

  virtual runtime::RuntimeConfig Config() const = 0;
  // The service with all it needs for this one process.
  virtual std::unique_ptr<runtime::Service> MakeService() = 0;
  std::vector<std::string> Families();

 protected:
  virtual absl::Status BeforeOpen(How) { return absl::OkStatus(); }
  virtual absl::Status AfterOpen() { return absl::OkStatus(); }
  virtual rpc::MethodTable Methods() = 0;
  virtual rpc::PersonVerifier* persons() { return nullptr; }
  virtual std::string agency() const { return ""; }
  virtual runtime::RecordSigner& signer() { return runtime::RefusingSigner(); }
  virtual runtime::EffectPerformer& effects();
  virtual void Stopped() {}

  World& world_;
  std::unique_ptr<runtime::Service> service_;

 private:
  class Repair;

  void Reached(std::string_view point);

  const std::string source_;
  NodeClock clock_;
  NodeLog log_;
  std::unique_ptr<Disk> disk_;
  std::unique_ptr<NodeAlarms> alarms_;
  std::unique_ptr<Repair> repair_;
  std::unique_ptr<runtime::EffectPerformer> no_effects_;
  std::unique_ptr<runtime::Runtime> runtime_;
  std::shared_ptr<rpc::Endpoint> endpoint_;
  uint64_t incarnation_ = 0;
  absl::Time next_due_ = absl::InfinitePast();
  bool paused_ = false;
  bool rebuild_next_ = false;
  int points_left_ = -1;
  std::string last_point_;
  std::map<std::string, uint64_t> epochs_;
};

}  // namespace waymark::simulation
