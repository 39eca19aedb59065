#include "libs/runtime/rows.h"

#include "libs/base/status.h"
#include "libs/runtime/codec.h"

namespace waymark::runtime {
namespace {

void Put(Encoder& out, const eventlog::TopicPartition& at) {
  out.Text(at.topic).Number(static_cast<uint64_t>(at.partition));
}

eventlog::TopicPartition TakeTopicPartition(Decoder& in) {
  eventlog::TopicPartition at;
  at.topic = in.Text();
  at.partition = static_cast<int>(in.Number());
  return at;
}

void Put(Encoder& out, const eventlog::Record& record) {
  out.Text(record.key).Number(record.headers.size());
  for (const eventlog::Header& header : record.headers) out.Text(header.name).Text(header.value);
  out.Text(record.value);
}

eventlog::Record TakeRecord(Decoder& in) {
  eventlog::Record record;
  record.key = in.Text();
  for (uint64_t left = in.Number(); left > 0; --left) {
    eventlog::Header header;
    header.name = in.Text();
    header.value = in.Text();
    if (header.name.empty()) break;  // damaged: Finish() will say so
    record.headers.push_back(std::move(header));
  }
  record.value = in.Text();
  return record;
}

template <typename Row>
absl::StatusOr<Row> Finished(const Decoder& in, std::string_view what, Row row) {
  WM_RETURN_IF_ERROR(in.Finish(what));
  return row;
}

}  // namespace

std::string Encode(const ShardRow& row) {
  return Encoder().Number(row.epoch).Number(row.events).Number(row.next_dead).Take();
}

absl::StatusOr<ShardRow> DecodeShardRow(std::string_view bytes) {
  Decoder in(bytes);
  ShardRow row;
  row.epoch = in.Number();
  row.events = in.Number();
  row.next_dead = in.Number();
  return Finished(in, "a shard's row", row);
}

std::string Encode(const LaneInRow& row) {
  Encoder out;
  out.Number(row.epoch).Number(row.base).Number(row.last).Number(row.stopped ? 1 : 0);
  Put(out, row.at);
  return out.Take();
}

absl::StatusOr<LaneInRow> DecodeLaneInRow(std::string_view bytes) {
  Decoder in(bytes);
  LaneInRow row;
  row.epoch = in.Number();
  row.base = in.Number();
  row.last = in.Number();
  row.stopped = in.Number() != 0;
  row.at = TakeTopicPartition(in);
  return Finished(in, "the row of a lane that is read", std::move(row));
}

std::string Encode(const LaneOutRow& row) {
  Encoder out;
  Put(out, row.to);
  out.Number(row.epoch).Number(row.base).Number(row.last).Number(row.acked);
  out.Number(row.announce ? 1 : 0).Number(row.mark_seq).Time(row.mark_at).Number(row.first);
  return out.Take();
}

absl::StatusOr<LaneOutRow> DecodeLaneOutRow(std::string_view bytes) {
  Decoder in(bytes);
  LaneOutRow row;
  row.to = TakeTopicPartition(in);
  row.epoch = in.Number();
  row.base = in.Number();
  row.last = in.Number();
  row.acked = in.Number();
  row.announce = in.Number() != 0;
  row.mark_seq = in.Number();
  row.mark_at = in.Time();
  row.first = in.Number();
  return Finished(in, "the row of a lane that is written", std::move(row));
}

std::string Encode(const OutboxRow& row) {
  return Encoder()
      .Number(row.epoch)
      .Number(row.base)
      .Text(row.id)
      .Text(row.type)
      .Text(row.payload)
      .Time(row.at)
      .Text(row.traceparent)
      .Number(row.after_journal)
      .Text(row.cause)
      .Take();
}

absl::StatusOr<OutboxRow> DecodeOutboxRow(std::string_view bytes) {
  Decoder in(bytes);
  OutboxRow row;
  row.epoch = in.Number();
  row.base = in.Number();
  row.id = in.Text();
  row.type = in.Text();
  row.payload = in.Text();
  row.at = in.Time();
  row.traceparent = in.Text();
  row.after_journal = in.Number();
  row.cause = in.Text();
  return Finished(in, "an outbox row", std::move(row));
}

std::string Encode(const TimerRow& row) {
  return Encoder()
      .Text(row.id)
      .Time(row.due)
      .Text(row.kind)
      .Text(row.payload)
      .Text(row.armed_by)
      .Text(row.traceparent)
      .Take();
}

absl::StatusOr<TimerRow> DecodeTimerRow(std::string_view bytes) {
  Decoder in(bytes);
  TimerRow row;
  row.id = in.Text();
  row.due = in.Time();
  row.kind = in.Text();
  row.payload = in.Text();
  row.armed_by = in.Text();
  row.traceparent = in.Text();
  return Finished(in, "a timer's row", std::move(row));
}

std::string Encode(const EffectRow& row) {
  return Encoder()
      .Text(row.kind)
      .Text(row.payload)
      .Text(row.started_by)
      .Number(row.attempts)
      .Time(row.due)
      .Text(row.traceparent)
      .Take();
}

absl::StatusOr<EffectRow> DecodeEffectRow(std::string_view bytes) {
  Decoder in(bytes);
  EffectRow row;
  row.kind = in.Text();
  row.payload = in.Text();
  row.started_by = in.Text();
  row.attempts = in.Number();
  row.due = in.Time();
  row.traceparent = in.Text();
  return Finished(in, "an effect's row", std::move(row));
}

std::string Encode(const ReplyRow& row) {
  return Encoder().Text(row.request_digest).Text(row.reply).Time(row.at).Take();
}

absl::StatusOr<ReplyRow> DecodeReplyRow(std::string_view bytes) {
  Decoder in(bytes);
  ReplyRow row;
  row.request_digest = in.Text();
  row.reply = in.Text();
  row.at = in.Time();
  return Finished(in, "a stored reply", std::move(row));
}

std::string Encode(const DeadLetterRow& row) {
  Encoder out;
  out.Text(row.reason).Text(row.detail).Time(row.at);
  out.Number(row.is_record ? 1 : 0).Number(row.lane_passed ? 1 : 0);
  Put(out, row.from);
  out.Number(row.offset);
  Put(out, row.record);
  return out.Text(row.cause).Text(row.type).Text(row.payload).Text(row.identity).Take();
}

absl::StatusOr<DeadLetterRow> DecodeDeadLetterRow(std::string_view bytes) {
  Decoder in(bytes);
  DeadLetterRow row;
  row.reason = in.Text();
  row.detail = in.Text();
  row.at = in.Time();
  row.is_record = in.Number() != 0;
  row.lane_passed = in.Number() != 0;
  row.from = TakeTopicPartition(in);
  row.offset = in.Number();
  row.record = TakeRecord(in);
  row.cause = in.Text();
  row.type = in.Text();
  row.payload = in.Text();
  row.identity = in.Text();
  return Finished(in, "a dead letter's row", std::move(row));
}

// Number(index of the alternative), its fields, then number, count, request digest and reply.
std::string EncodeCause(const JournalCause& journal) {
  Encoder out;
  out.Number(journal.cause.index());
  if (const auto* record = std::get_if<RecordCause>(&journal.cause)) {
    out.Text(record->source).Text(record->lane).Number(record->epoch).Number(record->seq);
  } else if (const auto* command = std::get_if<CommandCause>(&journal.cause)) {
    out.Text(command->principal).Text(command->method).Text(command->key);
  } else if (const auto* timer = std::get_if<TimerCause>(&journal.cause)) {
    out.Text(timer->timer).Time(timer->due);
  } else {
    out.Text(std::get<EffectCause>(journal.cause).effect);
  }
  return out.Number(journal.number)
      .Number(journal.count)
      .Text(journal.request_digest)
      .Text(journal.reply)
      .Take();
}

absl::StatusOr<JournalCause> DecodeCause(std::string_view bytes) {
  Decoder in(bytes);
  JournalCause journal;
  switch (in.Number()) {
    case 0: {
      RecordCause cause;
      cause.source = in.Text();
      cause.lane = in.Text();
      cause.epoch = in.Number();
      cause.seq = in.Number();
      journal.cause = std::move(cause);
      break;
    }
    case 1: {
      CommandCause cause;
      cause.principal = in.Text();
      cause.method = in.Text();
      cause.key = in.Text();
      journal.cause = std::move(cause);
      break;
    }
    case 2: {
      TimerCause cause;
      cause.timer = in.Text();
      cause.due = in.Time();
      journal.cause = std::move(cause);
      break;
    }
    case 3:
      journal.cause = EffectCause{in.Text()};
      break;
    default:
      return absl::DataLossError("a cause is damaged or of another layout");
  }
  journal.number = in.Number();
  journal.count = in.Number();
  journal.request_digest = in.Text();
  journal.reply = in.Text();
  return Finished(in, "a cause", std::move(journal));
}

}  // namespace waymark::runtime
