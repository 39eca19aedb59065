// What is behind Runtime: executors over its shards, one relay, one clock. Private to this library.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "libs/runtime/executor.h"
#include "libs/runtime/mailbox.h"
#include "libs/runtime/relay.h"
#include "libs/runtime/runtime.h"
#include "libs/runtime/shard.h"
#include "libs/runtime/stats.h"
#include "libs/runtime/timekeeper.h"

namespace waymark::runtime {

class Runtime::Impl {
 public:
  enum class Start { kNormal, kRebuild, kRestored };

  Impl(RuntimeConfig config, RuntimeDeps deps);
  ~Impl();

  absl::Status Open(Start start);
  void Submit(std::string_view shard, Command command);
  absl::StatusOr<StepReport> Step();
  absl::Status StartThreads();
  void Stop(absl::Duration deadline);
  absl::Status failure() const;
  absl::StatusOr<const Shard*> FindShard(std::string_view shard) const;
  absl::Status Republish(std::string_view lane, uint64_t from_seq);
  absl::Status Post(std::string_view shard, const std::function<Order(Shard*)>& order);
  void WakeAll();

  const RuntimeConfig config_;
  const RuntimeDeps deps_;
  telemetry::Metrics nowhere_;  // counts are kept here when nobody wants them
  Stats stats_;
  TimeKeeper time_;
  Relay relay_;
  // Not changed after Open; what a Shard points to beyond `config` is its executor's.
  std::map<std::string, std::unique_ptr<Shard>, std::less<>> shards_;

 private:
  absl::Status LoadShards(Start start, absl::Time now);
  absl::Status Connect();
  void Fail(const absl::Status& why);
  void RunExecutor(Executor& executor);
  void RunRelay();
  absl::StatusOr<size_t> Publish();
  void Flush(absl::Duration deadline);

  std::vector<std::unique_ptr<Executor>> executors_;
  std::map<std::string, Executor*> executor_of_;
  std::map<std::string, LaneOutRow> journal_at_open_;  // by shard
  bool open_ = false;
  bool stopped_ = false;
  std::atomic<bool> connected_{false};
  absl::Time connect_retry_ = absl::InfinitePast();

  mutable std::mutex mutex_;
  absl::Status failure_;

  std::vector<std::thread> threads_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> relay_stopping_{false};
  Mailbox relay_wakes_{0};  // there may be something to publish
  Mailbox relay_stop_{0};   // or the relay should end
};

}  // namespace waymark::runtime
