#include "libs/eventlog/kafka_reader.h"

#include <librdkafka/rdkafka.h>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"

namespace waymark::eventlog::internal {
namespace {

// librdkafka tells of a refusal once, so what was refused is begun anew after this pause.
constexpr absl::Duration kRefusedPause = absl::Seconds(5);

Settings ReaderSettings(const KafkaOptions& options) {
  return {
      {"auto.offset.reset", "error"},
      {"enable.auto.commit", "false"},
      {"enable.auto.offset.store", "false"},
      {"auto.commit.enable", "false"},
      {"allow.auto.create.topics", "false"},
      {"enable.partition.eof", "false"},
      {"check.crcs", "true"},
      {"fetch.wait.max.ms", "250"},
      {"fetch.min.bytes", "1"},
      // Of one partition in one answer; a larger record comes all the same.
      {"fetch.message.max.bytes", "262144"},
      {"fetch.max.bytes", "4194304"},
      {"fetch.error.backoff.ms", "200"},
      {"queued.min.messages", "1000"},
      {"queued.max.messages.kbytes", absl::StrCat(options.read_ahead_kbytes)},
  };
}

Record ToRecord(const rd_kafka_message_t& message) {
  Record record;
  record.key.assign(static_cast<const char*>(message.key), message.key_len);
  record.value.assign(static_cast<const char*>(message.payload), message.len);
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return record;
  const char* name = nullptr;
  const void* value = nullptr;
  size_t size = 0;
  for (size_t i = 0;
       rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR;
       ++i) {
    record.headers.push_back({name, std::string(static_cast<const char*>(value), size)});
  }
  return record;
}

}  // namespace

struct KafkaReader::Part {
  TopicPartition at;
  int64_t next = 0;
  std::shared_ptr<Waker> waker;
  rd_kafka_topic_t* topic = nullptr;
  rd_kafka_queue_t* queue = nullptr;
  // Something may be in the queue. Set from librdkafka's threads.
  std::atomic<bool> ready = true;
  enum class Refused { kNo, kYes, kTriedAgain };
  Refused refused = Refused::kNo;
  absl::Duration since;  // of the refusal, or of the new try
};

KafkaReader::KafkaReader(Desk& desk) : desk_(desk), waker_(desk.wakers().Make()) {}

absl::StatusOr<std::unique_ptr<KafkaReader>> KafkaReader::Open(Desk& desk,
                                                               const std::vector<Position>& from) {
  std::unique_ptr<KafkaReader> reader(new KafkaReader(desk));
  WM_RETURN_IF_ERROR(reader->Connect());
  for (const Position& position : from) WM_RETURN_IF_ERROR(reader->Add(position));
  return reader;
}

KafkaReader::~KafkaReader() {
  waker_->Set(nullptr);
  for (const auto& part : parts_) {
    Stop(*part);
    if (part->refused != Part::Refused::kNo) desk_.SetTrouble(part->at.topic, "");
  }
}

absl::Status KafkaReader::Connect() {
  credentials_ = desk_.credentials();
  WM_ASSIGN_OR_RETURN(Handle fresh,
                      NewHandle(desk_.options(), {.role = Role::kConsumer,
                                                  .more = ReaderSettings(desk_.options()),
                                                  .told = &desk_.told()}));
  for (const auto& part : parts_) Stop(*part);
  handle_ = std::move(fresh);
  for (const auto& part : parts_) WM_RETURN_IF_ERROR(Start(*part));
  return absl::OkStatus();
}

absl::Status KafkaReader::Start(Part& part) {
  part.topic = rd_kafka_topic_new(handle_.get(), part.at.topic.c_str(), nullptr);
  part.queue = rd_kafka_queue_new(handle_.get());
  part.ready = true;
  rd_kafka_queue_cb_event_enable(
      part.queue,
      [](rd_kafka_t*, void* opaque) {
        Part& ready = *static_cast<Part*>(opaque);
        ready.ready = true;
        ready.waker->Fire();
      },
      &part);
  if (rd_kafka_consume_start_queue(part.topic, part.at.partition, part.next, part.queue) != 0) {
    return TopicError(rd_kafka_last_error(), part.at.topic, "begin to read");
  }
  return absl::OkStatus();
}

void KafkaReader::Stop(Part& part) {
  if (part.queue == nullptr) return;
  rd_kafka_queue_cb_event_enable(part.queue, nullptr, nullptr);
  rd_kafka_consume_stop(part.topic, part.at.partition);
  rd_kafka_queue_destroy(std::exchange(part.queue, nullptr));
  rd_kafka_topic_destroy(std::exchange(part.topic, nullptr));
}

absl::Status KafkaReader::Add(const Position& from) {
  if (!final_.ok()) return final_;
  for (const auto& part : parts_) {
    if (part->at == from.at) return AlreadyRead(from.at);
  }
  WM_ASSIGN_OR_RETURN(const int count, desk_.PartitionCount(from.at.topic));
  if (from.at.partition < 0 || from.at.partition >= count) return UnknownPartition(from.at, count);
  // Offsets below zero are words of librdkafka's, not places.
  if (from.offset < 0) {
    WM_ASSIGN_OR_RETURN(const OffsetRange range, desk_.Range(from.at));
    return OffsetOutOfRange(from, range);
  }
  auto part = std::make_unique<Part>();
  part->at = from.at;
  part->next = from.offset;
  part->waker = waker_;
  if (const absl::Status status = Start(*part); !status.ok()) {
    Stop(*part);
    return status;
  }
  parts_.push_back(std::move(part));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Fetched>> KafkaReader::Poll(size_t max_records) {
  if (!final_.ok()) return final_;
  rd_kafka_poll(handle_.get(), 0);
  if (credentials_ != desk_.credentials()) WM_RETURN_IF_ERROR(Connect());
  WM_RETURN_IF_ERROR(RetryRefused());
  waker_->Arm();
  std::vector<Fetched> all;
  for (bool some = true; some && all.size() < max_records;) {
    some = false;
    for (size_t i = 0; i < parts_.size() && all.size() < max_records; ++i) {
      Part& part = *parts_[turn_++ % parts_.size()];
      if (!part.ready) continue;
      const size_t before = all.size();
      const absl::Status status = Take(part, all);
      if (!status.ok()) {
        // What was taken first is given first; the error comes again, or the next call finds it.
        if (!absl::IsUnavailable(status)) final_ = status;
        if (all.empty()) return status;
        return all;
      }
      some = some || all.size() > before;
    }
  }
  if (all.empty()) WM_RETURN_IF_ERROR(desk_.Reached());
  return all;
}

absl::Status KafkaReader::RetryRefused() {
  bool again = false;
  for (const auto& part : parts_) {
    if (part->refused == Part::Refused::kNo || desk_.Elapsed() - part->since < kRefusedPause) {
      continue;
    }
    if (part->refused == Part::Refused::kTriedAgain) {
      part->refused = Part::Refused::kNo;
      desk_.SetTrouble(part->at.topic, "");
      continue;
    }
    part->refused = Part::Refused::kTriedAgain;
    part->since = desk_.Elapsed();
    again = true;
  }
  return again ? Connect() : absl::OkStatus();
}

absl::Status KafkaReader::Take(Part& part, std::vector<Fetched>& into) {
  part.ready = false;
  rd_kafka_message_t* raw = rd_kafka_consume_queue(part.queue, 0);
  if (raw == nullptr) return absl::OkStatus();
  part.ready = true;
  const std::unique_ptr<rd_kafka_message_t, void (*)(rd_kafka_message_t*)> message(
      raw, &rd_kafka_message_destroy);
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return Refusal(part, message->err, rd_kafka_message_errstr(message.get()));
  }
  // A consumer that was started again may have fetched from before its start.
  if (message->offset < part.next) return absl::OkStatus();
  if (part.refused != Part::Refused::kNo) {
    part.refused = Part::Refused::kNo;
    desk_.SetTrouble(part.at.topic, "");
  }
  into.push_back({part.at, message->offset, ToRecord(*message)});
  part.next = message->offset + 1;
  return absl::OkStatus();
}

absl::Status KafkaReader::Refusal(Part& part, int code, const char* said) {
  const std::string at = ToString(part.at);
  switch (code) {
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET: {
      const absl::StatusOr<OffsetRange> range = desk_.Range(part.at);
      if (range.ok()) return OffsetOutOfRange({part.at, part.next}, *range);
      return absl::OutOfRangeError(absl::StrCat("offset ", part.next, " of ", at,
                                                " cannot be read: the log no longer ",
                                                "holds it, or has lost it"));
    }
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED: {
      const absl::Status denied = TopicError(code, part.at.topic, "read");
      part.refused = Part::Refused::kYes;
      part.since = desk_.Elapsed();
      desk_.SetTrouble(part.at.topic, std::string(denied.message()));
      return absl::UnavailableError(denied.message());
    }
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION: {
      const absl::StatusOr<int> count = desk_.PartitionCountNow(part.at.topic);
      if (absl::IsNotFound(count.status())) return count.status();
      break;
    }
    default:
      break;
  }
  return absl::UnavailableError(absl::StrCat(at, " cannot be read: ", WithRemedy(said)));
}

void KafkaReader::OnReady(std::function<void()> wake) { waker_->Set(std::move(wake)); }

}  // namespace waymark::eventlog::internal
