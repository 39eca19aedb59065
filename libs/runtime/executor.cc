#include "libs/runtime/executor.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/base/bytes.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/runtime/codec.h"
#include "libs/runtime/idempotency.h"
#include "libs/runtime/keys.h"
#include "libs/runtime/timers.h"

namespace waymark::runtime {
namespace {

constexpr absl::Duration kHousekeepingEvery = absl::Minutes(1);
constexpr size_t kEventBytesMax = eventlog::kRecordBytesMax - 50'000;
constexpr size_t kPurgeMax = 1'000;  // rows of one lane or shard in one batch

class BatchContext : public Context {
 public:
  BatchContext(absl::Time now, const std::string& shard, absl::Duration lateness,
               const std::string& identity)
      : now_(now), shard_(shard), lateness_(lateness), identity_(identity) {}
  absl::Time now() const override { return now_; }
  const std::string& shard() const override { return shard_; }
  absl::Duration lateness() const override { return lateness_; }
  std::string NewId(std::string_view kind) override {
    return DeriveId(identity_, absl::StrCat("new ", ToAbsl(kind)), asked_++);
  }

 private:
  const absl::Time now_;
  const std::string& shard_;
  const absl::Duration lateness_;
  const std::string& identity_;
  uint64_t asked_ = 0;
};

// A record must hold the event, and the reply beside it.
absl::Status CheckSizes(const Decision& decision) {
  for (const Event& event : decision.events) {
    if (event.payload.size() + decision.reply.size() * 3 / 2 > kEventBytesMax) {
      return absl::InvalidArgumentError(
          absl::StrCat("what comes of this input is too large: an event and its reply may have ",
                       kEventBytesMax, " bytes"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

Executor::Executor(const RuntimeConfig& config, const RuntimeDeps& deps, Stats& stats,
                   TimeKeeper& time, Relay& relay, std::vector<Shard*> shards)
    : config_(config),
      deps_(deps),
      stats_(stats),
      time_(time),
      relay_(relay),
      shards_(std::move(shards)),
      mailbox_(std::make_shared<Mailbox>(config.limits.waiting_commands_max)),
      overlay_(deps.store),
      applier_(deps.service, overlay_) {
  for (Shard* shard : shards_) {
    for (const eventlog::TopicPartition& at : shard->config.inputs) shard_of_[at] = shard;
  }
}

Executor::~Executor() { RefuseAll(absl::UnavailableError("this process is stopping")); }

absl::StatusOr<StepReport> Executor::Step(bool connected) {
  StepReport report;
  WM_RETURN_IF_ERROR(RunBatch(connected, report));
  return report;
}

absl::Status Executor::RunBatch(bool connected, StepReport& report) {
  now_ = time_.Now();
  decided_ = events_ = 0;
  Mail mail = mailbox_->Take(config_.limits.batch_inputs_max);
  report.taken = mail.commands.size() + mail.orders.size() + mail.asks.size() + mail.effects.size();
  // A member, so that whatever happens below each command gets an answer (RefuseAll).
  std::move(mail.commands.begin(), mail.commands.end(), std::back_inserter(undecided_));
  for (const Order& order : mail.orders) {
    WM_RETURN_IF_ERROR(std::visit([this](const auto& what) { return TakeOrder(what); }, order));
  }
  for (const AskReply& reply : mail.asks) TakeAskReply(reply);
  for (const EffectReply& reply : mail.effects) WM_RETURN_IF_ERROR(TakeEffectReply(reply));
  WM_RETURN_IF_ERROR(FireTimers());
  if (connected) WM_RETURN_IF_ERROR(Poll(report));
  for (; !undecided_.empty(); undecided_.pop_front()) {
    WM_RETURN_IF_ERROR(TakeCommand(undecided_.front()));
  }
  WM_RETURN_IF_ERROR(overlay_.status());
  deps_.crash_point("batch.decided");
  WM_RETURN_IF_ERROR(Commit());
  deps_.crash_point("batch.committed");
  AnswerAll();
  deps_.crash_point("batch.answered");
  WM_RETURN_IF_ERROR(RefreshTimers());
  AskLanes(report);
  WM_RETURN_IF_ERROR(PerformEffects(report));
  report.inputs = decided_;
  report.events = events_;
  report.next_due = NextDue();
  return absl::OkStatus();
}

absl::StatusOr<Executor::Outcome> Executor::Decide(Shard& shard, const Input& input,
                                                   const std::string& identity,
                                                   absl::Duration lateness,
                                                   const std::string& request_digest) {
  ++decided_;
  stats_.DecidedOf(input.cause.index()).Add();
  const OverlayView view(overlay_, shard.config.id);
  BatchContext context(now_, shard.config.id, lateness, identity);
  absl::StatusOr<Decision> decision = deps_.service.Decide(view, input, context);
  WM_RETURN_IF_ERROR(overlay_.status());
  Outcome outcome;
  if (absl::IsInvalidArgument(decision.status())) {
    outcome.refusal = decision.status();
    return outcome;
  }
  WM_RETURN_IF_ERROR(decision.status());
  outcome.refusal = decision->refusal;
  outcome.reply = std::move(decision->reply);
  outcome.events = decision->events.size();
  const bool silent = std::holds_alternative<TimerCause>(input.cause) ||
                      std::holds_alternative<EffectCause>(input.cause);
  // A rebuild must not fire it again.
  if (decision->events.empty() && silent && shard.config.journal.has_value()) {
    decision->events.push_back({std::string(kSettledType), ""});
  } else if (!outcome.refusal.ok() && !decision->events.empty()) {
    return absl::InternalError("a decision holds both a refusal and events");
  }
  if (const absl::Status size = CheckSizes(*decision); !size.ok()) {
    outcome = Outcome();
    outcome.refusal = size;
    return outcome;
  }
  std::vector<Happened> events;
  for (Event& event : decision->events) {
    if (absl::StartsWith(event.type, ToAbsl(kReservedTypes)) && event.type != kSettledType) {
      return absl::InternalError("a decider used a reserved event type");
    }
    Happened happened{std::move(event),
                      DeriveId(identity, "event", events.size()),
                      now_,
                      input.traceparent,
                      {input.cause, events.size(), decision->events.size(), "", ""}};
    if (events.empty() && !request_digest.empty()) {
      happened.cause.request_digest = request_digest;
      happened.cause.reply = outcome.reply;
    }
    events.push_back(std::move(happened));
  }
  events_ += outcome.events;
  stats_.events.Add(outcome.events);
  WM_RETURN_IF_ERROR(applier_.Apply(shard, events, outcome.written));
  return outcome;
}

absl::Status Executor::Commit() {
  bool changed = overlay_.dirty() || !positions_.empty();
  for (const Shard* shard : shards_) {
    changed =
        changed || shard->row_changed || !shard->in_changed.empty() || !shard->out_changed.empty();
  }
  if (!changed) return absl::OkStatus();
  CollectAcks();
  WM_RETURN_IF_ERROR(KeepHouse());
  std::vector<std::pair<Shard*, std::string>> lanes;
  for (Shard* shard : shards_) {
    for (const std::string& lane : shard->out_changed) lanes.emplace_back(shard, lane);
    shard->Save(overlay_);
  }
  for (const auto& [at, offset] : positions_) {
    overlay_.Put(kMetaCf, PositionKey(at), BigEndian64(static_cast<uint64_t>(offset)));
  }
  positions_.clear();
  overlay_.Put(kMetaCf, MetaKey("now"), Encoder().Time(now_).Take());
  WM_RETURN_IF_ERROR(overlay_.status());
  WM_RETURN_IF_ERROR(deps_.store.Commit(overlay_.Batch()));
  stats_.batches.Add();
  overlay_.Clear();
  for (const auto& [shard, lane] : lanes) {
    const std::string journal =
        shard->config.journal.has_value() ? LaneName(shard->config.id, *shard->config.journal) : "";
    relay_.Committed(shard->config.id, journal, lane, shard->out[lane]);
  }
  return absl::OkStatus();
}

// How far the log has acknowledged rides along with a batch that is written anyway: what is not
// yet recorded when the process dies is published once more, and receivers drop it.
void Executor::CollectAcks() {
  for (Shard* shard : shards_) {
    for (auto& [name, lane] : shard->out) {
      const std::optional<Relay::Acked> acked = relay_.AckedOf(name);
      if (!acked.has_value()) continue;
      if (acked->seq == lane.acked && acked->announced == !lane.announce) continue;
      lane.acked = acked->seq;
      lane.announce = !acked->announced;
      shard->out_changed.insert(name);
    }
  }
}

absl::Status Executor::KeepHouse() {
  if (now_ - last_housekeeping_ < kHousekeepingEvery) return absl::OkStatus();
  last_housekeeping_ = now_;
  for (Shard* shard : shards_) {
    PurgeOutbox(overlay_, *shard, now_, config_.limits.outbox_retention, kPurgeMax);
    WM_RETURN_IF_ERROR(PurgeReplies(deps_.store, overlay_, shard->config.id,
                                    now_ - config_.limits.reply_retention, kPurgeMax));
  }
  return absl::OkStatus();
}

void Executor::AnswerAll() {
  std::vector<Answer> answers = std::move(answers_);
  answers_.clear();
  for (Answer& answer : answers) {
    if (config_.ack == Ack::kReplicated && !answer.needs.empty()) {
      std::lock_guard lock(unreplicated_mutex_);
      unreplicated_.push_back(std::move(answer));
    } else {
      answer.on_reply(std::move(answer.reply));
    }
  }
  // The relay may have been faster.
  AnswerReplicated();
}

void Executor::AnswerReplicated() {
  while (true) {
    Answer answer;
    {
      std::lock_guard lock(unreplicated_mutex_);
      const auto ready =
          std::find_if(unreplicated_.begin(), unreplicated_.end(), [this](const Answer& waiting) {
            return std::all_of(waiting.needs.begin(), waiting.needs.end(),
                               [this](const Written& w) {
                                 const std::optional<Relay::Acked> acked = relay_.AckedOf(w.lane);
                                 return acked.has_value() && acked->seq >= w.seq;
                               });
          });
      if (ready == unreplicated_.end()) return;
      answer = std::move(*ready);
      unreplicated_.erase(ready);
    }
    answer.on_reply(std::move(answer.reply));
  }
}

void Executor::AskLanes(StepReport& report) {
  for (Shard* shard : shards_) {
    for (auto& [id, ask] : shard->asks) {
      if (ask.waiting || ask.due > now_) continue;
      ask.waiting = true;
      ask.backoff = ask.times == 0 ? config_.limits.lane_ask_first
                                   : std::min(ask.backoff * 2, config_.limits.lane_ask_max);
      ask.due = now_ + ask.backoff;
      ++ask.times;
      ++report.asked;
      const LaneInRow& row = shard->in[id];
      deps_.repair.Ask({id.first, id.second, row.at, row.last + 1},
                       [mailbox = mailbox_, shard, lane = id](absl::Status status) {
                         mailbox->Post(AskReply{shard, lane, std::move(status)});
                       });
    }
  }
}

absl::Status Executor::PerformEffects(StepReport& report) {
  for (Shard* shard : shards_) {
    while (!shard->effects_due.empty() && shard->effects_due.begin()->first <= now_ &&
           effects_in_flight_ < config_.limits.effects_in_flight_max) {
      const std::string id = shard->effects_due.begin()->second;
      EffectState state = shard->effects[id];
      WM_ASSIGN_OR_RETURN(const std::optional<std::string> stored,
                          deps_.store.Get(kEffectsCf, EffectKey(shard->config.id, id)));
      if (!stored.has_value()) return absl::DataLossError("an effect's row is missing");
      WM_ASSIGN_OR_RETURN(EffectRow row, DecodeEffectRow(*stored));
      state.in_flight = true;
      shard->SetEffect(id, std::move(state));
      ++effects_in_flight_;
      ++report.effects;
      Effect effect{shard->config.id, id, row.kind, row.payload, row.attempts + 1, row.traceparent};
      deps_.effects.Perform(
          effect, [mailbox = mailbox_, shard, id, by = row.started_by](EffectOutcome outcome) {
            mailbox->Post(EffectReply{shard, id, by, std::move(outcome)});
          });
      deps_.crash_point("effect.performed");
    }
  }
  return absl::OkStatus();
}

absl::Status Executor::RefreshTimers() {
  for (Shard* shard : shards_) {
    const bool stale = std::any_of(std::begin(shard->timer_next), std::end(shard->timer_next),
                                   [this](absl::Time next) { return next <= now_; });
    if (stale) WM_RETURN_IF_ERROR(FindNextTimers(deps_.store, *shard));
  }
  return absl::OkStatus();
}

absl::Time Executor::NextDue() const {
  absl::Time due = absl::InfiniteFuture();
  if (reader_retry_ > now_) due = reader_retry_;
  const bool trusted = time_.trusted();
  for (const Shard* shard : shards_) {
    due = std::min(due, shard->timer_next[static_cast<int>(TimerClass::kProtective)]);
    if (trusted) due = std::min(due, shard->timer_next[static_cast<int>(TimerClass::kDestructive)]);
    for (const auto& [id, ask] : shard->asks) {
      if (!ask.waiting) due = std::min(due, ask.due);
    }
    if (!shard->effects_due.empty() && effects_in_flight_ < config_.limits.effects_in_flight_max) {
      due = std::min(due, shard->effects_due.begin()->first);
    }
  }
  return due;
}

absl::Status Executor::Finish() {
  now_ = time_.Now();
  CollectAcks();
  return Commit();
}

void Executor::RefuseAll(const absl::Status& why) {
  mailbox_->Close();
  std::vector<Answer> answers = std::move(answers_);
  answers_.clear();
  {
    std::lock_guard lock(unreplicated_mutex_);
    std::move(unreplicated_.begin(), unreplicated_.end(), std::back_inserter(answers));
    unreplicated_.clear();
  }
  for (Answer& answer : answers) answer.on_reply(why);
  for (WaitingCommand& waiting : undecided_) waiting.command.on_reply(why);
  undecided_.clear();
  while (mailbox_->has_commands()) {
    for (WaitingCommand& waiting : mailbox_->Take(config_.limits.batch_inputs_max).commands) {
      waiting.command.on_reply(why);
    }
  }
}

}  // namespace waymark::runtime
