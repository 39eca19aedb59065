#include "libs/eventlog/kafka_desk.h"

#include <librdkafka/rdkafka.h>

#include <chrono>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/base/text.h"

namespace waymark::eventlog::internal {
namespace {

constexpr int kTurnMs = 200;        // of the thread
constexpr int kTurnsPerProbe = 25;  // while the cluster answers
constexpr int kTurnsPerRetry = 2;   // while it does not
constexpr int kTurnsPerLook = 10;   // at the certificate files
constexpr int kProbeMs = 2000;
constexpr int kSettleTurns = 50;  // until a new topic must have become visible

struct Free {
  void operator()(const rd_kafka_metadata_t* one) const { rd_kafka_metadata_destroy(one); }
  void operator()(rd_kafka_topic_t* one) const { rd_kafka_topic_destroy(one); }
  void operator()(rd_kafka_NewTopic_t* one) const { rd_kafka_NewTopic_destroy(one); }
  void operator()(rd_kafka_AdminOptions_t* one) const { rd_kafka_AdminOptions_destroy(one); }
  void operator()(rd_kafka_queue_t* one) const { rd_kafka_queue_destroy(one); }
  void operator()(rd_kafka_event_t* one) const { rd_kafka_event_destroy(one); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

bool SaysNothingReached(int code) {
  switch (code) {
    case RD_KAFKA_RESP_ERR__TIMED_OUT:
    case RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE:
    case RD_KAFKA_RESP_ERR__TRANSPORT:
    case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
    case RD_KAFKA_RESP_ERR__SSL:
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
    case RD_KAFKA_RESP_ERR__RESOLVE:
    case RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT:
      return true;
    default:
      return false;
  }
}

int Milliseconds(absl::Duration wait) { return static_cast<int>(absl::ToInt64Milliseconds(wait)); }

}  // namespace

Desk::Desk(const KafkaOptions& options, Clock& clock)
    : options_(options), clock_(clock), told_(options.tell) {}

absl::StatusOr<std::unique_ptr<Desk>> Desk::Open(const KafkaOptions& options, Clock& clock) {
  WM_RETURN_IF_ERROR(CheckTlsFiles(options.tls, clock.Now()));
  std::unique_ptr<Desk> desk(new Desk(options, clock));
  desk->mark_ = TlsFilesMark(options.tls);
  WM_ASSIGN_OR_RETURN(desk->handle_, desk->Connect());
  desk->thread_ = std::thread([raw = desk.get()] { raw->Run(); });
  return desk;
}

Desk::~Desk() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  if (thread_.joinable()) thread_.join();
}

// A consumer, since a producer asks for topics to be made that it cannot find.
absl::StatusOr<Handle> Desk::Connect() {
  return NewHandle(
      options_,
      {.role = Role::kConsumer, .more = {{"allow.auto.create.topics", "false"}}, .told = &told_});
}

Handle Desk::handle() const {
  std::lock_guard lock(mutex_);
  return handle_;
}

void Desk::Run() {
  for (int turn = 1;; ++turn) {
    {
      std::unique_lock lock(mutex_);
      if (stop_.wait_for(lock, std::chrono::milliseconds(kTurnMs), [this] { return stopping_; })) {
        return;
      }
    }
    rd_kafka_poll(handle().get(), 0);
    const int pause = Reached().ok() ? kTurnsPerProbe : kTurnsPerRetry;
    if (turn == 1 || turn % pause == 0 || (Reached().ok() && told_.TakeSuspicion())) Probe();
    if (turn % kTurnsPerLook == 0) LookAtCertificates();
    if (turn % kTurnsPerProbe == 0 && Reached().ok() && !Health().ok()) wakers_.FireAll();
  }
}

void Desk::Probe() {
  const Handle handle = this->handle();
  const rd_kafka_metadata_t* raw = nullptr;
  const auto err = rd_kafka_metadata(handle.get(), 0, nullptr, &raw, kProbeMs);
  rd_kafka_poll(handle.get(), 0);
  if (err == RD_KAFKA_RESP_ERR_NO_ERROR) Owned<const rd_kafka_metadata_t>{raw};
  if (err == RD_KAFKA_RESP_ERR_NO_ERROR || SaysNothingReached(err)) {
    SetHealth(err == RD_KAFKA_RESP_ERR_NO_ERROR);
  }
}

void Desk::SetHealth(bool answers) {
  bool changed;
  {
    std::lock_guard lock(mutex_);
    changed = answers_ != answers;
    answers_ = answers;
  }
  if (answers) told_.Clear();
  if (!changed) return;
  told_.Tell(answers ? "Kafka answers again"
                     : std::string(NotReached(options_, told_.Latest()).message()));
  if (answers) wakers_.FireAll();
}

absl::Status Desk::Health() const {
  WM_RETURN_IF_ERROR(Reached());
  std::lock_guard lock(mutex_);
  if (troubles_.empty()) return absl::OkStatus();
  return absl::UnavailableError(troubles_.begin()->second);
}

void Desk::SetTrouble(const std::string& topic, const std::string& reason) {
  {
    std::lock_guard lock(mutex_);
    if (reason.empty()) {
      troubles_.erase(topic);
      return;
    }
    troubles_[topic] = reason;
  }
  told_.Tell(reason);
}

absl::Status Desk::Reached() const {
  {
    std::lock_guard lock(mutex_);
    if (answers_) return absl::OkStatus();
  }
  return NotReached(options_, told_.Latest());
}

void Desk::LookAtCertificates() {
  const std::string mark = TlsFilesMark(options_.tls);
  if (mark.empty() || mark == mark_ || mark == refused_mark_) return;
  const absl::Status holds = CheckTlsFiles(options_.tls, clock_.Now());
  // Files that were looked at while they were being written have another mark in a moment.
  refused_mark_ = mark;
  if (!holds.ok()) {
    told_.Tell(absl::StrCat("new certificate files are not used: ", holds.message()));
    return;
  }
  absl::StatusOr<Handle> fresh = Connect();
  if (!fresh.ok()) {
    told_.Tell(absl::StrCat("new certificate files are not used: ", fresh.status().message()));
    return;
  }
  mark_ = mark;
  Handle before;
  {
    std::lock_guard lock(mutex_);
    before = std::exchange(handle_, *std::move(fresh));
  }
  ++credentials_;
  told_.Tell("connections to Kafka are being made anew with new certificate files");
  wakers_.FireAll();
}

absl::Status Desk::Failed(int code, std::string_view topic, std::string_view doing) {
  rd_kafka_poll(handle().get(), 0);
  if (!SaysNothingReached(code)) return TopicError(code, topic, doing);
  SetHealth(false);
  return NotReached(options_, told_.Latest());
}

absl::StatusOr<int> Desk::PartitionCount(std::string_view topic) {
  {
    std::lock_guard lock(mutex_);
    if (const auto at = counts_.find(topic); at != counts_.end()) return at->second;
  }
  return PartitionCountNow(topic);
}

absl::StatusOr<int> Desk::PartitionCountNow(std::string_view topic) {
  WM_RETURN_IF_ERROR(Reached());
  const Handle handle = this->handle();
  const std::string name(topic);
  const Owned<rd_kafka_topic_t> local(rd_kafka_topic_new(handle.get(), name.c_str(), nullptr));
  if (local == nullptr) return UnknownTopic(topic);
  const rd_kafka_metadata_t* raw = nullptr;
  const auto err =
      rd_kafka_metadata(handle.get(), 0, local.get(), &raw, Milliseconds(options_.wait));
  if (err != RD_KAFKA_RESP_ERR_NO_ERROR) return Failed(err, topic, "look at");
  const Owned<const rd_kafka_metadata_t> metadata(raw);
  SetHealth(true);
  if (metadata->topic_cnt != 1) return UnknownTopic(topic);
  const rd_kafka_metadata_topic_t& found = metadata->topics[0];
  const bool there = found.err == RD_KAFKA_RESP_ERR_NO_ERROR && found.partition_cnt > 0;
  std::lock_guard lock(mutex_);
  counts_.erase(name);
  if (found.err != RD_KAFKA_RESP_ERR_NO_ERROR) return TopicError(found.err, topic, "look at");
  if (!there) return UnknownTopic(topic);
  counts_[name] = found.partition_cnt;
  return found.partition_cnt;
}

absl::StatusOr<OffsetRange> Desk::Range(const TopicPartition& at) {
  WM_ASSIGN_OR_RETURN(const int count, PartitionCount(at.topic));
  if (at.partition < 0 || at.partition >= count) return UnknownPartition(at, count);
  WM_RETURN_IF_ERROR(Reached());
  OffsetRange range;
  const auto err =
      rd_kafka_query_watermark_offsets(handle().get(), at.topic.c_str(), at.partition,
                                       &range.oldest, &range.end, Milliseconds(options_.wait));
  if (err != RD_KAFKA_RESP_ERR_NO_ERROR) return Failed(err, at.topic, "look at");
  return range;
}

absl::Status Desk::CreateTopic(std::string_view topic, int partitions) {
  WM_RETURN_IF_ERROR(Reached());
  const Handle handle = this->handle();
  char why[256];
  const Owned<rd_kafka_NewTopic_t> wanted(
      rd_kafka_NewTopic_new(std::string(topic).c_str(), partitions, -1, why, sizeof(why)));
  if (wanted == nullptr) return absl::InvalidArgumentError(why);
  const Owned<rd_kafka_queue_t> queue(rd_kafka_queue_new(handle.get()));
  const Owned<rd_kafka_AdminOptions_t> how(
      rd_kafka_AdminOptions_new(handle.get(), RD_KAFKA_ADMIN_OP_CREATETOPICS));
  const int wait = Milliseconds(options_.wait);
  rd_kafka_AdminOptions_set_request_timeout(how.get(), wait, why, sizeof(why));
  rd_kafka_AdminOptions_set_operation_timeout(how.get(), wait, why, sizeof(why));
  rd_kafka_NewTopic_t* one = wanted.get();
  rd_kafka_CreateTopics(handle.get(), &one, 1, how.get(), queue.get());
  const Owned<rd_kafka_event_t> event(rd_kafka_queue_poll(queue.get(), wait + kProbeMs));
  if (event == nullptr) return Failed(RD_KAFKA_RESP_ERR__TIMED_OUT, topic, "make");
  if (const auto err = rd_kafka_event_error(event.get()); err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return Failed(err, topic, "make");
  }
  size_t count = 0;
  const rd_kafka_topic_result_t** results =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event.get()), &count);
  const auto err =
      count == 1 ? rd_kafka_topic_result_error(results[0]) : RD_KAFKA_RESP_ERR__BAD_MSG;
  if (err == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED ||
      err == RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED) {
    return absl::NotFoundError(absl::StrCat("there is no topic ", ToAbsl(topic),
                                            ", and this process may not make it; an operator "
                                            "makes it with `waymark topics apply`"));
  }
  if (err != RD_KAFKA_RESP_ERR_NO_ERROR && err != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) {
    return TopicError(err, topic, "make");
  }
  // A node learns of it a moment after the controller has answered.
  for (int turn = 0; turn < kSettleTurns; ++turn) {
    const absl::StatusOr<int> seen = PartitionCountNow(topic);
    if (!absl::IsNotFound(seen.status())) return seen.status();
    std::unique_lock lock(mutex_);
    stop_.wait_for(lock, std::chrono::milliseconds(kTurnMs), [this] { return stopping_; });
  }
  return UnknownTopic(topic);
}

}  // namespace waymark::eventlog::internal
