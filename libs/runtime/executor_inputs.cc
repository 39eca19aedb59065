// Each kind of input, up to its decision.
#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/base/bytes.h"
#include "libs/base/status.h"
#include "libs/runtime/executor.h"
#include "libs/runtime/idempotency.h"
#include "libs/runtime/keys.h"
#include "libs/runtime/timers.h"

namespace waymark::runtime {
namespace {

constexpr absl::Duration kReaderRetry = absl::Seconds(1);
// An answered question that brings nothing is asked this often before an operator hears of it.
constexpr uint64_t kAskedInVain = 3;

std::string Subject(const LaneId& id) { return absl::StrCat(id.first, " ", id.second); }

Input RecordInput(const CloudEvent& event) {
  Input input;
  input.cause = RecordCause{event.source, event.lane, event.epoch, event.seq};
  input.type = event.type;
  input.payload = event.payload;
  input.source = event.source;
  input.id = event.id;
  input.at = event.at;
  input.traceparent = event.traceparent;
  return input;
}

}  // namespace

absl::Status Executor::OpenReader() {
  std::vector<eventlog::Position> from;
  for (const auto& [at, shard] : shard_of_) {
    const absl::StatusOr<eventlog::OffsetRange> range = deps_.log.Range(at);
    WM_RETURN_IF_ERROR(range.status());
    eventlog::Position position{at, range->oldest};
    WM_ASSIGN_OR_RETURN(const std::optional<std::string> stored,
                        deps_.store.Get(kMetaCf, PositionKey(at)));
    if (stored.has_value()) {
      WM_ASSIGN_OR_RETURN(const uint64_t next, KeyReader(*stored).Number());
      position.offset = static_cast<int64_t>(next);
    }
    if (position.offset < range->oldest || position.offset > range->end) {
      deps_.alarms.Raise("input_out_of_range", eventlog::ToString(at),
                         "the log no longer holds the record to be read next; reading goes on with "
                         "the oldest one, and lanes ask their sources for what is missing");
      position.offset = range->oldest;
    }
    TellNextOffset(at, position.offset);
    from.push_back(position);
  }
  absl::StatusOr<std::unique_ptr<eventlog::Reader>> reader = deps_.log.OpenReader(from);
  WM_RETURN_IF_ERROR(reader.status());
  reader_ = *std::move(reader);
  reader_->OnReady([mailbox = mailbox_] { mailbox->Wake(); });
  return absl::OkStatus();
}

void Executor::TellNextOffset(const eventlog::TopicPartition& at, int64_t offset) {
  if (deps_.metrics == nullptr) return;
  telemetry::Gauge*& gauge = next_offsets_[at];
  if (gauge == nullptr) {
    gauge = &deps_.metrics->GaugeOf("waymark_runtime_next_offset",
                                    "Offset of the record to be read next",
                                    {{"source", config_.source},
                                     {"topic", at.topic},
                                     {"partition", absl::StrCat(at.partition)}});
  }
  gauge->Set(offset);
}

absl::Status Executor::Poll(StepReport& report) {
  if (shard_of_.empty() || now_ < reader_retry_) return absl::OkStatus();
  absl::Status status;
  if (reader_ == nullptr) status = OpenReader();
  if (status.ok()) {
    absl::StatusOr<std::vector<eventlog::Fetched>> polled =
        reader_->Poll(config_.limits.batch_inputs_max);
    status = polled.status();
    if (status.ok()) {
      report.taken += polled->size();
      for (const eventlog::Fetched& fetched : *polled) {
        WM_RETURN_IF_ERROR(TakeRecord(*shard_of_[fetched.at], fetched));
        positions_[fetched.at] = fetched.offset + 1;
      }
      for (const eventlog::Fetched& fetched : *polled) {
        const bool last = &fetched == &polled->back() || (&fetched)[1].at != fetched.at;
        if (last) TellNextOffset(fetched.at, fetched.offset + 1);
      }
      return absl::OkStatus();
    }
  }
  // The range has moved away under the reader: open another one where records are.
  if (absl::IsOutOfRange(status)) {
    reader_.reset();
    ++report.taken;
    return absl::OkStatus();
  }
  if (!absl::IsUnavailable(status)) return status;
  reader_retry_ = now_ + kReaderRetry;
  return absl::OkStatus();
}

absl::Status Executor::TakeRecord(Shard& shard, const eventlog::Fetched& fetched) {
  const absl::StatusOr<CloudEvent> event = FromRecord(fetched.record);
  if (!event.ok()) {
    ParkRecord(shard, fetched, "malformed_record", std::string(event.status().message()), false);
    return absl::OkStatus();
  }
  if (config_.core_topics.count(fetched.at.topic) == 0) {
    if (const absl::Status verified = VerifyRecord(fetched.at, *event); !verified.ok()) {
      ParkRecord(shard, fetched, "bad_signature", std::string(verified.message()), false);
      return absl::OkStatus();
    }
  }
  if (!absl::EndsWith(event->lane, absl::StrCat(">", eventlog::ToString(fetched.at)))) {
    ParkRecord(shard, fetched, "malformed_record", "the lane leads to another partition", false);
    return absl::OkStatus();
  }
  return Judge(shard, fetched, *event);
}

absl::Status Executor::VerifyRecord(const eventlog::TopicPartition& at, const CloudEvent& event) {
  if (!event.signature.has_value()) return absl::UnauthenticatedError("the record is not signed");
  WM_ASSIGN_OR_RETURN(std::string covered, CoveredBytes(at, event));
  Verified& latest = verified_[at];
  if (latest.source == event.source && latest.covered == covered &&
      latest.signature.key_id == event.signature->key_id &&
      latest.signature.bytes == event.signature->bytes) {
    return absl::OkStatus();
  }
  WM_RETURN_IF_ERROR(deps_.verifier.Verify(at, event.source, covered, *event.signature));
  latest = {event.source, std::move(covered), *event.signature};
  return absl::OkStatus();
}

absl::Status Executor::Judge(Shard& shard, const eventlog::Fetched& fetched,
                             const CloudEvent& event) {
  const LaneId id{event.source, event.lane};
  LaneInRow& row = shard.in[id];
  row.at = fetched.at;
  const bool stopped = row.stopped;
  const LaneJudgement judgement = JudgeLane(row, event);
  shard.in_changed.insert(id);
  if (judgement.source_lost_records) {
    deps_.alarms.Raise("lane_records_lost", Subject(id),
                       "the source has opened a new epoch and no longer knows records that were "
                       "taken from it: compare what both hold");
  }
  if (stopped && !row.stopped) LaneGoesOn(shard, id);
  if (row.stopped) shard.asks.try_emplace(id);
  switch (judgement.verdict) {
    case LaneVerdict::kTake:
      stats_.records_taken.Add();
      return DecideRecord(shard, fetched, event);
    case LaneVerdict::kOlderEpoch:
      ParkRecord(shard, fetched, "older_epoch", "written by a source that has been replaced since",
                 true);
      return absl::OkStatus();
    case LaneVerdict::kRepeat:
      stats_.records_repeated.Add();
      return absl::OkStatus();
    case LaneVerdict::kGap:
      stats_.records_after_gap.Add();
      return absl::OkStatus();
    case LaneVerdict::kOpened:
      return absl::OkStatus();
  }
  return absl::OkStatus();
}

absl::Status Executor::DecideRecord(Shard& shard, const eventlog::Fetched& fetched,
                                    const CloudEvent& event) {
  if (absl::StartsWith(event.type, absl::string_view(kReservedTypes.data(), kReservedTypes.size())))
    return absl::OkStatus();
  const Input input = RecordInput(event);
  WM_ASSIGN_OR_RETURN(const Outcome outcome,
                      Decide(shard, input, IdentityOf(config_.source, shard, input.cause, ""),
                             absl::ZeroDuration(), ""));
  if (!outcome.refusal.ok()) {
    ParkRecord(shard, fetched, "undecidable", std::string(outcome.refusal.message()), true);
  }
  return absl::OkStatus();
}

void Executor::LaneGoesOn(Shard& shard, const LaneId& id) {
  shard.asks.erase(id);
  deps_.alarms.Clear("lane_gap_unrepaired", Subject(id));
}

void Executor::TakeAskReply(const AskReply& reply) {
  const auto at = reply.shard->asks.find(reply.lane);
  if (at == reply.shard->asks.end()) return;
  at->second.waiting = false;
  if (reply.status.ok() && at->second.times < kAskedInVain) return;
  deps_.alarms.Raise("lane_gap_unrepaired", Subject(reply.lane),
                     reply.status.ok() ? "the source was asked several times and nothing has come"
                                       : absl::StrCat("the source cannot publish again: ",
                                                      reply.status.message()));
}

absl::Status Executor::TakeCommand(const WaitingCommand& waiting) {
  const Command& command = waiting.command;
  Shard& shard = *waiting.shard;
  const CommandCause cause{command.principal, command.method, command.key};
  Answer answer{command.on_reply, std::string(), {}};
  std::string digest;
  if (!command.key.empty()) {
    digest = RequestDigest(config_.request_digest_key,
                           command.same_as.empty() ? command.payload : command.same_as);
    WM_ASSIGN_OR_RETURN(
        const std::optional<ReplyRow> stored,
        FindReply(overlay_, shard.config.id, cause, now_ - config_.limits.reply_retention));
    if (stored.has_value()) {
      if (stored->request_digest == digest) {
        answer.reply = stored->reply;
        for (const auto& [name, lane] : shard.out) answer.needs.push_back({name, lane.last});
      } else {
        answer.reply = absl::AlreadyExistsError(
            "this idempotency key was used for another request; use a new key");
      }
      answers_.push_back(std::move(answer));
      return absl::OkStatus();
    }
  }
  Input input;
  input.cause = cause;
  input.type = command.method;
  input.payload = command.payload;
  input.source = command.principal;
  input.at = now_;
  input.traceparent = command.traceparent;
  const std::string salt =
      absl::StrCat(shard.row.events, "/", absl::ToUnixMicros(now_), "/", inputs_++);
  WM_ASSIGN_OR_RETURN(Outcome outcome,
                      Decide(shard, input, IdentityOf(config_.source, shard, input.cause, salt),
                             absl::ZeroDuration(), digest));
  if (outcome.refusal.ok()) {
    answer.reply = std::move(outcome.reply);
  } else {
    answer.reply = outcome.refusal;
  }
  answer.needs = std::move(outcome.written);
  answers_.push_back(std::move(answer));
  return absl::OkStatus();
}

absl::Status Executor::FireTimers() {
  const bool trusted = time_.trusted();
  for (Shard* shard : shards_) {
    WM_ASSIGN_OR_RETURN(
        const std::vector<TimerRow> due,
        DueTimers(deps_.store, *shard, now_, trusted, config_.limits.batch_inputs_max));
    for (const TimerRow& stored : due) {
      // An earlier input of this batch may have cancelled or replaced it.
      WM_ASSIGN_OR_RETURN(const std::optional<TimerRow> timer,
                          FindTimer(overlay_, shard->config.id, stored.id));
      if (!timer.has_value() || timer->armed_by != stored.armed_by || timer->due != stored.due) {
        continue;
      }
      Input input;
      input.cause = TimerCause{timer->id, timer->due};
      input.type = timer->kind;
      input.payload = timer->payload;
      input.at = now_;
      input.traceparent = timer->traceparent;
      applier_.Settle(*shard, input.cause);
      WM_RETURN_IF_ERROR(DecideOrPark(
          *shard, input, IdentityOf(config_.source, *shard, input.cause, timer->armed_by)));
    }
  }
  return absl::OkStatus();
}

absl::Status Executor::TakeEffectReply(const EffectReply& reply) {
  --effects_in_flight_;
  Shard& shard = *reply.shard;
  const auto at = shard.effects.find(reply.id);
  // Cancelled or replaced while it was being performed.
  if (at == shard.effects.end() || at->second.started_by != reply.started_by) {
    return absl::OkStatus();
  }
  const std::string key = EffectKey(shard.config.id, reply.id);
  const std::optional<std::string> stored = overlay_.Get(kEffectsCf, key);
  WM_RETURN_IF_ERROR(overlay_.status());
  if (!stored.has_value()) return absl::DataLossError("an effect's row is missing");
  WM_ASSIGN_OR_RETURN(EffectRow row, DecodeEffectRow(*stored));
  using Kind = EffectOutcome::Kind;
  if (reply.outcome.kind == Kind::kRetry && row.attempts + 1 < config_.limits.effect_attempts_max) {
    absl::Duration wait = config_.limits.effect_backoff_first;
    for (uint64_t i = 0; i < row.attempts && wait < config_.limits.effect_backoff_max; ++i) {
      wait *= 2;
    }
    ++row.attempts;
    row.due = now_ + std::min(wait, config_.limits.effect_backoff_max);
    overlay_.Put(kEffectsCf, key, Encode(row));
    shard.SetEffect(reply.id, {row.started_by, row.due, false});
    return absl::OkStatus();
  }
  Input input;
  input.cause = EffectCause{reply.id};
  input.type = row.kind;
  input.payload = reply.outcome.text;
  input.at = now_;
  input.traceparent = row.traceparent;
  if (reply.outcome.kind != Kind::kDone) {
    input.type += ".failed";
    deps_.alarms.Raise("effect_dead_end", absl::StrCat(shard.config.id, " ", reply.id),
                       absl::StrCat("effect of kind ", row.kind, " was given up after ",
                                    row.attempts + 1, " attempts: ", reply.outcome.text));
  }
  applier_.Settle(shard, input.cause);
  return DecideOrPark(shard, input, IdentityOf(config_.source, shard, input.cause, row.started_by));
}

absl::Status Executor::DecideOrPark(Shard& shard, const Input& input, const std::string& identity) {
  absl::Duration lateness = absl::ZeroDuration();
  if (const auto* timer = std::get_if<TimerCause>(&input.cause)) lateness = now_ - timer->due;
  WM_ASSIGN_OR_RETURN(const Outcome outcome, Decide(shard, input, identity, lateness, ""));
  if (outcome.refusal.ok()) return absl::OkStatus();
  DeadLetterRow letter;
  letter.reason = "undecidable";
  letter.detail = std::string(outcome.refusal.message());
  letter.cause = EncodeCause({input.cause, 0, 1, "", ""});
  letter.type = input.type;
  letter.payload = input.payload;
  letter.identity = identity;
  Park(shard, std::move(letter));
  return absl::OkStatus();
}

void Executor::ParkRecord(Shard& shard, const eventlog::Fetched& fetched, std::string_view reason,
                          std::string_view detail, bool lane_passed) {
  DeadLetterRow letter;
  letter.reason = reason;
  letter.detail = detail;
  letter.is_record = true;
  letter.lane_passed = lane_passed;
  letter.from = fetched.at;
  letter.offset = static_cast<uint64_t>(fetched.offset);
  letter.record = fetched.record;
  Park(shard, std::move(letter));
}

void Executor::Park(Shard& shard, DeadLetterRow letter) {
  stats_.parked.Add();
  letter.at = now_;
  const uint64_t number = shard.row.next_dead++;
  shard.row_changed = true;
  overlay_.Put(kDeadCf, DeadKey(shard.config.id, number), Encode(letter));
  deps_.alarms.Raise("dead_letter", shard.config.id,
                     absl::StrCat("an input is parked (", letter.reason,
                                  "): look at the dead letters of this shard, number ", number));
}

absl::Status Executor::TakeOrder(const ReplayOrder& order) {
  Shard& shard = *order.shard;
  const std::string key = DeadKey(shard.config.id, order.number);
  const std::optional<std::string> stored = overlay_.Get(kDeadCf, key);
  if (!stored.has_value()) return overlay_.status();
  WM_ASSIGN_OR_RETURN(const DeadLetterRow letter, DecodeDeadLetterRow(*stored));
  overlay_.Delete(kDeadCf, key);
  if (letter.is_record) {
    const eventlog::Fetched fetched{letter.from, static_cast<int64_t>(letter.offset),
                                    letter.record};
    if (letter.lane_passed) {
      WM_ASSIGN_OR_RETURN(const CloudEvent event, FromRecord(letter.record));
      WM_RETURN_IF_ERROR(DecideRecord(shard, fetched, event));
    } else {
      WM_RETURN_IF_ERROR(TakeRecord(shard, fetched));
    }
  } else {
    WM_ASSIGN_OR_RETURN(const JournalCause cause, DecodeCause(letter.cause));
    Input input;
    input.cause = cause.cause;
    input.type = letter.type;
    input.payload = letter.payload;
    input.at = now_;
    WM_RETURN_IF_ERROR(DecideOrPark(shard, input, letter.identity));
  }
  bool empty = true;
  const std::string prefix = DeadPrefix(shard.config.id);
  overlay_.Scan(kDeadCf, prefix, AfterPrefix(prefix), [&](std::string_view, std::string_view) {
    empty = false;
    return false;
  });
  if (empty) deps_.alarms.Clear("dead_letter", shard.config.id);
  return overlay_.status();
}

absl::Status Executor::TakeOrder(const LossOrder& order) {
  Shard& shard = *order.shard;
  const auto at = shard.in.find(order.lane);
  if (at == shard.in.end() || order.through_seq <= at->second.last) return absl::OkStatus();
  at->second.last = order.through_seq;
  at->second.stopped = false;
  shard.in_changed.insert(order.lane);
  LaneGoesOn(shard, order.lane);
  // What came after the gap was dropped while the lane stood still.
  deps_.repair.Ask({order.lane.first, order.lane.second, at->second.at, at->second.last + 1},
                   [mailbox = mailbox_, shard = order.shard, lane = order.lane](absl::Status s) {
                     mailbox->Post(AskReply{shard, lane, std::move(s)});
                   });
  return absl::OkStatus();
}

}  // namespace waymark::runtime
