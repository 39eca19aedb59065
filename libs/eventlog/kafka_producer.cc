#include "libs/eventlog/kafka_producer.h"

#include <librdkafka/rdkafka.h>

#include <chrono>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"

namespace waymark::eventlog::internal {
namespace {

constexpr int kPollMs = 100;
// What was purged is reported by this process's own threads.
constexpr auto kPurgeWait = std::chrono::seconds(5);

const Settings& ProducerSettings() {
  static const auto& settings = *new Settings{
      {"enable.idempotence", "true"},
      {"enable.gapless.guarantee", "true"},
      {"acks", "all"},
      {"message.timeout.ms", "0"},
      {"request.timeout.ms", "10000"},
      {"max.in.flight.requests.per.connection", "5"},
      {"queue.buffering.max.messages", "20000"},
      {"queue.buffering.max.kbytes", "32768"},
      {"linger.ms", "1"},
      {"compression.type", "lz4"},
      {"retry.backoff.ms", "50"},
  };
  return settings;
}

rd_kafka_vu_t Argument(rd_kafka_vtype_t type) {
  rd_kafka_vu_t one = {};
  one.vtype = type;
  return one;
}

rd_kafka_vu_t Bytes(rd_kafka_vtype_t type, const std::string& bytes) {
  rd_kafka_vu_t one = Argument(type);
  one.u.mem.ptr = const_cast<char*>(bytes.data());  // librdkafka copies it
  one.u.mem.size = bytes.size();
  return one;
}

}  // namespace

// Guarded by the producer's mutex.
struct Producer::Call {
  size_t pending = 0;
  int code = RD_KAFKA_RESP_ERR_NO_ERROR;  // the first error
  std::string at_fault;                   // its topic
};

// Travels with a record and keeps the call until its report is here.
struct Producer::Message {
  Producer* producer;
  std::shared_ptr<Call> call;
  const std::string topic;
};

absl::StatusOr<std::shared_ptr<Producer>> Producer::Make(const KafkaOptions& options, Told* told) {
  std::shared_ptr<Producer> producer(new Producer(options, told));
  WM_ASSIGN_OR_RETURN(producer->handle_, NewHandle(options, {.role = Role::kProducer,
                                                             .more = ProducerSettings(),
                                                             .told = told,
                                                             .delivered = &Delivered}));
  producer->thread_ = std::thread([raw = producer.get()] { raw->Run(); });
  return producer;
}

Producer::~Producer() {
  GiveUp();
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

void Producer::Run() {
  for (bool stopping = false; !stopping;) {
    rd_kafka_poll(handle_.get(), kPollMs);
    char why[512];
    const bool fatal =
        rd_kafka_fatal_error(handle_.get(), why, sizeof(why)) != RD_KAFKA_RESP_ERR_NO_ERROR;
    if (fatal && !ended()) GiveUp();
    std::lock_guard lock(mutex_);
    stopping = stopping_;
  }
  // Whatever has been purged is reported, so that nothing of a message is left.
  rd_kafka_poll(handle_.get(), 0);
}

bool Producer::ended() const {
  std::lock_guard lock(mutex_);
  return ended_;
}

void Producer::GiveUp() {
  {
    std::lock_guard lock(mutex_);
    ended_ = true;
  }
  rd_kafka_purge(handle_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT |
                                    RD_KAFKA_PURGE_F_NON_BLOCKING);
  changed_.notify_all();
}

void Producer::Delivered(void* message_opaque, int code) {
  const std::unique_ptr<Message> message(static_cast<Message*>(message_opaque));
  Producer& producer = *message->producer;
  bool failed = false;
  {
    std::lock_guard lock(producer.mutex_);
    Call& call = *message->call;
    --call.pending;
    failed = code != RD_KAFKA_RESP_ERR_NO_ERROR;
    // A purge follows an error; the error says more.
    const bool purged = call.code == RD_KAFKA_RESP_ERR__PURGE_QUEUE ||
                        call.code == RD_KAFKA_RESP_ERR__PURGE_INFLIGHT;
    if (failed && (call.code == RD_KAFKA_RESP_ERR_NO_ERROR || purged)) {
      call.code = code;
      call.at_fault = message->topic;
    }
    failed = failed && !producer.ended_;
  }
  if (failed) producer.GiveUp();
  producer.changed_.notify_all();
}

absl::Status Producer::SendOne(const TopicPartition& at, const Record& record,
                               const std::shared_ptr<Call>& call) {
  std::vector<rd_kafka_vu_t> arguments;
  rd_kafka_vu_t topic = Argument(RD_KAFKA_VTYPE_TOPIC);
  topic.u.cstr = at.topic.c_str();
  rd_kafka_vu_t partition = Argument(RD_KAFKA_VTYPE_PARTITION);
  partition.u.i32 = at.partition;
  rd_kafka_vu_t flags = Argument(RD_KAFKA_VTYPE_MSGFLAGS);
  flags.u.i = RD_KAFKA_MSG_F_COPY;
  auto message = std::make_unique<Message>(Message{this, call, at.topic});
  rd_kafka_vu_t opaque = Argument(RD_KAFKA_VTYPE_OPAQUE);
  opaque.u.ptr = message.get();
  arguments = {topic,
               partition,
               flags,
               opaque,
               Bytes(RD_KAFKA_VTYPE_KEY, record.key),
               Bytes(RD_KAFKA_VTYPE_VALUE, record.value)};
  for (const Header& header : record.headers) {
    rd_kafka_vu_t one = Argument(RD_KAFKA_VTYPE_HEADER);
    one.u.header.name = header.name.c_str();
    one.u.header.val = header.value.data();
    one.u.header.size = static_cast<ssize_t>(header.value.size());
    arguments.push_back(one);
  }
  while (true) {
    {
      std::lock_guard lock(mutex_);
      if (ended_) return absl::UnavailableError("this producer was given up");
      ++call->pending;
    }
    rd_kafka_error_t* error = rd_kafka_produceva(handle_.get(), arguments.data(), arguments.size());
    if (error == nullptr) {
      static_cast<void>(message.release());  // comes back with its report
      return absl::OkStatus();
    }
    const auto code = rd_kafka_error_code(error);
    rd_kafka_error_destroy(error);
    std::unique_lock lock(mutex_);
    --call->pending;
    if (code != RD_KAFKA_RESP_ERR__QUEUE_FULL)
      return TopicError(code, at.topic, "take a record of");
    // Acknowledgements make room; the caller's own wait bounds this one.
    if (changed_.wait_for(lock, std::chrono::milliseconds(absl::ToInt64Milliseconds(
                                    options_.append_wait))) == std::cv_status::timeout) {
      return absl::UnavailableError("the broker does not take records as fast as they come");
    }
  }
}

absl::Status Producer::Send(const EventLog::Batches& batches, const std::shared_ptr<Call>& call) {
  for (const auto& [at, records] : batches) {
    for (const Record& record : records) WM_RETURN_IF_ERROR(SendOne(at, record, call));
  }
  return absl::OkStatus();
}

absl::Status Producer::Append(const EventLog::Batches& batches, std::string* at_fault) {
  const auto call = std::make_shared<Call>();
  const absl::Status sent = Send(batches, call);
  if (!sent.ok()) GiveUp();
  std::unique_lock lock(mutex_);
  const auto done = [&] { return call->pending == 0; };
  const auto wait = std::chrono::milliseconds(absl::ToInt64Milliseconds(options_.append_wait));
  const bool answered = changed_.wait_for(lock, wait, [&] { return ended_ || done(); }) && !ended_;
  if (!answered && !done()) {
    lock.unlock();
    GiveUp();
    lock.lock();
    changed_.wait_for(lock, kPurgeWait, done);
  }
  *at_fault = call->at_fault;
  if (done() && call->code == RD_KAFKA_RESP_ERR_NO_ERROR && sent.ok()) return absl::OkStatus();
  const int code = call->code;
  lock.unlock();
  char why[512] = "";
  const auto fatal = rd_kafka_fatal_error(handle_.get(), why, sizeof(why));
  if (fatal == RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED) {
    return TopicError(fatal, *at_fault, "take a record of");
  }
  switch (code) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
      return sent.ok() ? NotReached(options_, told_->Latest()) : sent;
    case RD_KAFKA_RESP_ERR__PURGE_QUEUE:
    case RD_KAFKA_RESP_ERR__PURGE_INFLIGHT:
    case RD_KAFKA_RESP_ERR__FATAL:
    case RD_KAFKA_RESP_ERR__GAPLESS_GUARANTEE:
      if (fatal != RD_KAFKA_RESP_ERR_NO_ERROR) return absl::UnavailableError(WithRemedy(why));
      return NotReached(options_, told_->Latest());
    default:
      return TopicError(code, *at_fault, "take a record of");
  }
}

}  // namespace waymark::eventlog::internal
