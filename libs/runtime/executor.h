// Drives some shards of a runtime: takes what waits, decides it, commits one batch, then tells
// everybody. Step belongs to one thread; the mailbox is for all.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/runtime/applier.h"
#include "libs/runtime/mailbox.h"
#include "libs/runtime/overlay.h"
#include "libs/runtime/relay.h"
#include "libs/runtime/runtime.h"
#include "libs/runtime/shard.h"
#include "libs/runtime/stats.h"
#include "libs/runtime/timekeeper.h"

namespace waymark::runtime {

class Executor {
 public:
  // All must outlive it.
  Executor(const RuntimeConfig& config, const RuntimeDeps& deps, Stats& stats, TimeKeeper& time,
           Relay& relay, std::vector<Shard*> shards);
  ~Executor();

  Mailbox& mailbox() { return *mailbox_; }

  // One batch. `connected`: the log has passed its checks and may be read. An error is final.
  absl::StatusOr<StepReport> Step(bool connected);

  // Answers the commands whose records the log has acknowledged (Ack::kReplicated).
  void AnswerReplicated();

  // At the end: keeps how far the log has acknowledged, and refuses what still waits.
  absl::Status Finish();
  void RefuseAll(const absl::Status& why);

 private:
  // A command that has been decided.
  struct Answer {
    std::function<void(absl::StatusOr<std::string>)> on_reply;
    absl::StatusOr<std::string> reply;
    std::vector<Written> needs;  // what must be acknowledged first
  };
  struct Outcome {
    absl::Status refusal;
    std::string reply;
    size_t events = 0;
    std::vector<Written> written;
  };

  // executor.cc: the batch.
  absl::Status RunBatch(bool connected, StepReport& report);
  absl::Status Commit();
  void CollectAcks();
  absl::Status KeepHouse();
  void AnswerAll();
  void AskLanes(StepReport& report);
  absl::Status PerformEffects(StepReport& report);
  absl::Status RefreshTimers();
  absl::Time NextDue() const;
  absl::StatusOr<Outcome> Decide(Shard& shard, const Input& input, const std::string& identity,
                                 absl::Duration lateness, const std::string& request_digest);

  // executor_inputs.cc: one kind of input each.
  absl::Status Poll(StepReport& report);
  absl::Status OpenReader();
  void TellNextOffset(const eventlog::TopicPartition& at, int64_t offset);
  absl::Status TakeRecord(Shard& shard, const eventlog::Fetched& fetched);
  absl::Status VerifyRecord(const eventlog::TopicPartition& at, const CloudEvent& event);
  absl::Status Judge(Shard& shard, const eventlog::Fetched& fetched, const CloudEvent& event);
  absl::Status DecideRecord(Shard& shard, const eventlog::Fetched& fetched,
                            const CloudEvent& event);
  absl::Status TakeCommand(const WaitingCommand& waiting);
  absl::Status FireTimers();
  absl::Status TakeEffectReply(const EffectReply& reply);
  void TakeAskReply(const AskReply& reply);
  absl::Status TakeOrder(const ReplayOrder& order);
  absl::Status TakeOrder(const LossOrder& order);
  // Decides an input that is neither a record nor a command; parks it when it is undecidable.
  absl::Status DecideOrPark(Shard& shard, const Input& input, const std::string& identity);
  void Park(Shard& shard, DeadLetterRow letter);
  void ParkRecord(Shard& shard, const eventlog::Fetched& fetched, std::string_view reason,
                  std::string_view detail, bool lane_passed);
  void LaneGoesOn(Shard& shard, const LaneId& id);

  const RuntimeConfig& config_;
  const RuntimeDeps& deps_;
  Stats& stats_;
  TimeKeeper& time_;
  Relay& relay_;
  const std::vector<Shard*> shards_;
  std::map<eventlog::TopicPartition, Shard*> shard_of_;
  const std::shared_ptr<Mailbox> mailbox_;

  std::unique_ptr<eventlog::Reader> reader_;
  absl::Time reader_retry_ = absl::InfinitePast();
  std::map<eventlog::TopicPartition, int64_t> positions_;               // next offsets that changed
  std::map<eventlog::TopicPartition, telemetry::Gauge*> next_offsets_;  // as told to metrics

  // The latest signature of each partition that was found to hold, and what it was over: the other
  // records of its group have the same.
  struct Verified {
    std::string source;
    std::string covered;
    Signature signature;
  };
  std::map<eventlog::TopicPartition, Verified> verified_;

  // Of the present batch.
  Overlay overlay_;
  Applier applier_;
  absl::Time now_ = absl::UnixEpoch();
  uint64_t inputs_ = 0;  // commands so far in this process; tells apart those without a key
  size_t decided_ = 0;
  size_t events_ = 0;
  std::deque<WaitingCommand> undecided_;
  std::vector<Answer> answers_;

  std::mutex unreplicated_mutex_;
  std::deque<Answer> unreplicated_;
  size_t effects_in_flight_ = 0;
  absl::Time last_housekeeping_ = absl::InfinitePast();
};

}  // namespace waymark::runtime
