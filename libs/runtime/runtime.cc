#include "libs/runtime/runtime.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/status.h"
#include "libs/runtime/journal.h"
#include "libs/runtime/outbox.h"
#include "libs/runtime/rebuild.h"
#include "libs/runtime/runtime_impl.h"
#include "libs/runtime/startup.h"

namespace waymark::runtime {
namespace {

constexpr absl::Duration kConnectRetry = absl::Seconds(1);

class RefuseToSign : public RecordSigner {
 public:
  absl::StatusOr<Signature> Sign(std::string_view) override {
    return absl::FailedPreconditionError("this process has no key to sign with");
  }
};

class RefuseToVerify : public RecordVerifier {
 public:
  absl::Status Verify(const eventlog::TopicPartition&, std::string_view, std::string_view,
                      const Signature&) override {
    return absl::PermissionDeniedError("this process verifies no signatures");
  }
};

absl::Status HasFailed() {
  return absl::UnavailableError("this process has failed and must be restarted");
}

RuntimeDeps Complete(RuntimeDeps deps) {
  if (!deps.crash_point) deps.crash_point = [](std::string_view) {};
  return deps;
}

}  // namespace

RecordSigner& RefusingSigner() {
  static RefuseToSign signer;
  return signer;
}

RecordVerifier& RefusingVerifier() {
  static RefuseToVerify verifier;
  return verifier;
}

Runtime::Impl::Impl(RuntimeConfig config, RuntimeDeps deps)
    : config_(std::move(config)),
      deps_(Complete(std::move(deps))),
      stats_(deps_.metrics != nullptr ? *deps_.metrics : nowhere_, config_.source),
      time_(deps_.clock, deps_.alarms, config_.limits.clock_jump_max),
      relay_({config_.source, config_.core_topics, config_.limits.relay_backoff_max}, deps_.store,
             deps_.log, deps_.signer, deps_.alarms, deps_.crash_point) {}

Runtime::Impl::~Impl() { Stop(absl::ZeroDuration()); }

absl::Status Runtime::Impl::Open(Start start) {
  WM_CHECK(!open_, "a runtime was opened twice");
  WM_RETURN_IF_ERROR(CheckConfig(config_));
  WM_ASSIGN_OR_RETURN(const Layout layout, CheckLayout(config_, deps_.store));
  time_.Restore(layout.latest);
  const absl::Time now = time_.Now();
  if (start == Start::kRebuild) {
    if (!layout.fresh) {
      return absl::FailedPreconditionError(
          "a rebuild wants an empty store: move this one away first");
    }
    WM_RETURN_IF_ERROR(CheckTopics(config_, deps_.log));
    for (const ShardConfig& shard : config_.shards) {
      if (!shard.journal.has_value()) {
        return absl::InvalidArgumentError(
            absl::StrCat("shard ", shard.id, " has no journal to be rebuilt from"));
      }
      WM_RETURN_IF_ERROR(FoldJournal(config_, deps_, shard, now));
    }
  }
  WM_RETURN_IF_ERROR(LoadShards(start, now));
  std::vector<std::vector<Shard*>> dealt(static_cast<size_t>(config_.workers));
  size_t next = 0;
  for (auto& [id, shard] : shards_) dealt[next++ % dealt.size()].push_back(shard.get());
  for (std::vector<Shard*>& shards : dealt) {
    executors_.push_back(std::make_unique<Executor>(config_, deps_, stats_, time_, relay_, shards));
    for (const Shard* shard : shards) executor_of_[shard->config.id] = executors_.back().get();
  }
  const absl::Status connected = Connect();
  if (!connected.ok() && !absl::IsUnavailable(connected)) return connected;
  open_ = true;
  return absl::OkStatus();
}

absl::Status Runtime::Impl::LoadShards(Start start, absl::Time now) {
  Overlay overlay(deps_.store);
  for (const ShardConfig& config : config_.shards) {
    auto shard = std::make_unique<Shard>();
    shard->config = config;
    WM_RETURN_IF_ERROR(shard->Load(deps_.store));
    const bool fresh = shard->row.epoch == 0;
    if (fresh) {
      shard->row.epoch = NextEpoch(*shard, now);
      shard->row_changed = true;
    } else if (start != Start::kNormal) {
      OpenEpoch(*shard, NextEpoch(*shard, now));
    }
    LaneOutRow& journal = journal_at_open_[config.id];
    if (config.journal.has_value()) journal = shard->LaneTo(*config.journal).second;
    // Whatever a journal holds, a new store knows less.
    if (fresh) journal.epoch = 0;
    shard->Save(overlay);
    shards_[config.id] = std::move(shard);
  }
  WriteLayout(config_, overlay);
  WM_RETURN_IF_ERROR(deps_.store.Commit(overlay.Batch()));
  for (const auto& [id, shard] : shards_) {
    const std::string journal =
        shard->config.journal.has_value() ? LaneName(id, *shard->config.journal) : "";
    for (const auto& [lane, row] : shard->out) relay_.Committed(id, journal, lane, row);
  }
  return absl::OkStatus();
}

// What can only be checked against the log. It may be away at the start: a gateway takes incidents
// all the same, and neither reads nor publishes before this has passed.
absl::Status Runtime::Impl::Connect() {
  if (connected_) return absl::OkStatus();
  WM_RETURN_IF_ERROR(CheckTopics(config_, deps_.log));
  for (const ShardConfig& shard : config_.shards) {
    if (!shard.journal.has_value()) continue;
    WM_ASSIGN_OR_RETURN(const uint64_t held,
                        CheckJournalEnd(config_, deps_, shard, journal_at_open_[shard.id]));
    relay_.LogHoldsOnly(LaneName(shard.id, *shard.journal), held);
  }
  connected_ = true;
  return absl::OkStatus();
}

void Runtime::Impl::Submit(std::string_view shard, Command command) {
  WM_CHECK(open_, "a command was submitted before Open");
  const auto at = shards_.find(shard);
  if (at == shards_.end()) {
    command.on_reply(absl::NotFoundError("this process does not own that shard"));
    return;
  }
  WaitingCommand waiting{at->second.get(), std::move(command)};
  const absl::Status taken = executor_of_[at->first]->mailbox().Submit(waiting);
  if (!taken.ok()) waiting.command.on_reply(taken);
}

absl::StatusOr<StepReport> Runtime::Impl::Step() {
  WM_CHECK(open_ && threads_.empty(), "Step wants an open runtime that was not started");
  WM_RETURN_IF_ERROR(failure());
  StepReport report;
  const absl::StatusOr<size_t> before = Publish();
  absl::Status status = before.status();
  if (before.ok()) report.published += *before;
  for (auto& executor : executors_) {
    if (!status.ok()) break;
    const absl::StatusOr<StepReport> part = executor->Step(connected_);
    status = part.status();
    if (!part.ok()) break;
    report.taken += part->taken;
    report.inputs += part->inputs;
    report.events += part->events;
    report.effects += part->effects;
    report.asked += part->asked;
    report.next_due = std::min(report.next_due, part->next_due);
  }
  if (status.ok()) {
    const absl::StatusOr<size_t> after = Publish();
    status = after.status();
    if (after.ok()) report.published += *after;
  }
  if (!status.ok()) {
    Fail(status);
    return status;
  }
  if (relay_.backoff() > absl::ZeroDuration()) {
    report.next_due = std::min(report.next_due, deps_.clock.Now() + relay_.backoff());
  }
  if (!connected_) report.next_due = std::min(report.next_due, connect_retry_);
  return report;
}

// Zero while the log is away; its return is tried after a pause, told by relay_.backoff() and
// connect_retry_.
absl::StatusOr<size_t> Runtime::Impl::Publish() {
  if (!connected_) {
    const absl::Time now = deps_.clock.Now();
    if (now < connect_retry_) return size_t{0};
    const absl::Status connected = Connect();
    if (absl::IsUnavailable(connected)) {
      connect_retry_ = now + kConnectRetry;
      return size_t{0};
    }
    WM_RETURN_IF_ERROR(connected);
    WakeAll();
  }
  const absl::StatusOr<size_t> published = relay_.PublishOnce();
  stats_.unacknowledged.Set(static_cast<int64_t>(relay_.unacknowledged()));
  if (absl::IsUnavailable(published.status())) return size_t{0};
  if (published.ok() && *published > 0) {
    stats_.published.Add(*published);
    for (auto& executor : executors_) executor->AnswerReplicated();
  }
  return published;
}

absl::Status Runtime::Impl::StartThreads() {
  WM_CHECK(open_ && threads_.empty(), "Start wants an open runtime that was not started");
  WM_RETURN_IF_ERROR(failure());
  for (auto& executor : executors_) {
    threads_.emplace_back([this, worker = executor.get()] { RunExecutor(*worker); });
  }
  threads_.emplace_back([this] { RunRelay(); });
  return absl::OkStatus();
}

void Runtime::Impl::RunExecutor(Executor& executor) {
  while (failure().ok()) {
    const absl::StatusOr<StepReport> report = executor.Step(connected_);
    if (!report.ok()) {
      Fail(report.status());
      break;
    }
    if (relay_.pending()) relay_wakes_.Wake();
    if (stopping_ && !executor.mailbox().has_commands()) return;
    if (report->idle()) executor.mailbox().Wait(report->next_due - time_.Now());
  }
  executor.RefuseAll(HasFailed());
}

void Runtime::Impl::RunRelay() {
  while (failure().ok() && !relay_stopping_) {
    relay_wakes_.Take(0);
    const absl::StatusOr<size_t> published = Publish();
    if (!published.ok()) return Fail(published.status());
    absl::Duration wait = relay_.backoff();
    if (!connected_) wait = kConnectRetry;
    if (wait > absl::ZeroDuration()) {
      // Rows that wait meanwhile must not cut the pause short; a stop must.
      relay_stop_.Wait(wait);
    } else if (*published == 0) {
      relay_wakes_.Wait(absl::InfiniteDuration());
    }
  }
}

void Runtime::Impl::Stop(absl::Duration deadline) {
  if (!open_ || stopped_) return;
  stopped_ = true;
  for (auto& executor : executors_) executor->mailbox().Close();
  stopping_ = true;
  if (threads_.empty() && failure().ok() && deadline > absl::ZeroDuration()) {
    const absl::StatusOr<StepReport> last = Step();
    if (!last.ok()) Fail(last.status());
  }
  relay_stopping_ = true;
  WakeAll();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  if (failure().ok() && deadline > absl::ZeroDuration()) Flush(deadline);
  for (auto& executor : executors_) {
    executor->RefuseAll(absl::UnavailableError("this process is stopping"));
  }
}

void Runtime::Impl::Flush(absl::Duration deadline) {
  Mailbox nobody(0);
  for (absl::Duration waited; relay_.pending() && waited < deadline;) {
    const absl::StatusOr<size_t> published = Publish();
    if (!published.ok()) return Fail(published.status());
    if (*published > 0) continue;
    const absl::Duration pause = std::max(relay_.backoff(), absl::Milliseconds(20));
    nobody.Wait(pause);
    waited += pause;
  }
  for (auto& executor : executors_) {
    const absl::Status finished = executor->Finish();
    if (!finished.ok()) return Fail(finished);
  }
}

void Runtime::Impl::Fail(const absl::Status& why) {
  {
    std::lock_guard lock(mutex_);
    if (!failure_.ok()) return;
    failure_ = why;
  }
  deps_.alarms.Raise("runtime_stopped", config_.source, std::string(why.message()));
  for (auto& executor : executors_) executor->mailbox().Close();
  WakeAll();
  // With threads, each refuses its own.
  if (threads_.empty()) {
    for (auto& executor : executors_) executor->RefuseAll(HasFailed());
  }
}

absl::Status Runtime::Impl::failure() const {
  std::lock_guard lock(mutex_);
  return failure_;
}

absl::StatusOr<const Shard*> Runtime::Impl::FindShard(std::string_view shard) const {
  const auto at = shards_.find(shard);
  if (at == shards_.end()) return absl::NotFoundError("this process does not own that shard");
  return at->second.get();
}

absl::Status Runtime::Impl::Republish(std::string_view lane, uint64_t from_seq) {
  WM_RETURN_IF_ERROR(relay_.Republish(lane, from_seq));
  relay_wakes_.Wake();
  return absl::OkStatus();
}

absl::Status Runtime::Impl::Post(std::string_view shard,
                                 const std::function<Order(Shard*)>& order) {
  const auto at = shards_.find(shard);
  if (at == shards_.end()) return absl::NotFoundError("this process does not own that shard");
  executor_of_[at->first]->mailbox().Post(order(at->second.get()));
  return absl::OkStatus();
}

void Runtime::Impl::WakeAll() {
  for (auto& executor : executors_) executor->mailbox().Wake();
  if (relay_stopping_ || !failure().ok()) relay_stop_.Wake();
  relay_wakes_.Wake();
}

Runtime::Runtime(RuntimeConfig config, RuntimeDeps deps)
    : impl_(std::make_unique<Impl>(std::move(config), std::move(deps))) {}
Runtime::~Runtime() = default;

absl::Status Runtime::Open() { return impl_->Open(Impl::Start::kNormal); }
absl::Status Runtime::Rebuild() { return impl_->Open(Impl::Start::kRebuild); }
absl::Status Runtime::OpenRestored() { return impl_->Open(Impl::Start::kRestored); }
void Runtime::Submit(std::string_view shard, Command command) {
  impl_->Submit(shard, std::move(command));
}
absl::StatusOr<StepReport> Runtime::Step() { return impl_->Step(); }
absl::Status Runtime::Start() { return impl_->StartThreads(); }
void Runtime::Stop(absl::Duration deadline) { impl_->Stop(deadline); }
bool Runtime::healthy() const { return impl_->failure().ok(); }
absl::Status Runtime::failure() const { return impl_->failure(); }
void Runtime::Wake() { impl_->WakeAll(); }
bool Runtime::time_trusted() const { return impl_->time_.trusted(); }

void Runtime::AdoptTime() {
  impl_->time_.Adopt();
  impl_->WakeAll();
}

absl::Status Runtime::Republish(std::string_view lane, uint64_t from_seq) {
  return impl_->Republish(lane, from_seq);
}

}  // namespace waymark::runtime
