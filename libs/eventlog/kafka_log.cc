#include "libs/eventlog/kafka_log.h"

#include <map>
#include <mutex>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/eventlog/kafka_desk.h"
#include "libs/eventlog/kafka_producer.h"
#include "libs/eventlog/kafka_reader.h"

namespace waymark::eventlog {

using internal::Desk;
using internal::KafkaReader;
using internal::Producer;

namespace {
// A refused topic is not tried again for so long: a try costs the others their producer.
constexpr absl::Duration kRefusedFor = absl::Seconds(5);
}  // namespace

struct KafkaLog::Impl {
  Impl(const KafkaOptions& given_options, Clock& given_clock)
      : options(given_options), clock(given_clock) {}

  absl::StatusOr<std::shared_ptr<Producer>> CurrentProducer();
  void End(const std::shared_ptr<Producer>& ended);
  absl::Status CheckPlaces(const Batches& batches);

  const KafkaOptions options;
  Clock& clock;
  std::unique_ptr<Desk> desk;
  std::mutex mutex;
  std::shared_ptr<Producer> producer;  // null until the first append, and after one has ended
  uint64_t credentials = 0;            // with which `producer` was made
  struct Refused {
    absl::Status why;
    absl::Duration until;
  };
  std::map<std::string, Refused> refused;  // by topic
};

KafkaLog::KafkaLog(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
KafkaLog::~KafkaLog() = default;

absl::StatusOr<std::unique_ptr<KafkaLog>> KafkaLog::Open(const KafkaOptions& options,
                                                         Clock& clock) {
  if (options.bootstrap.empty()) {
    return absl::InvalidArgumentError("Kafka has no address: log.bootstrap names at least one");
  }
  auto impl = std::make_unique<Impl>(options, clock);
  WM_ASSIGN_OR_RETURN(impl->desk, Desk::Open(options, clock));
  return std::unique_ptr<KafkaLog>(new KafkaLog(std::move(impl)));
}

absl::Status KafkaLog::EnsureTopic(std::string_view topic, int partitions) {
  WM_RETURN_IF_ERROR(CheckTopic(topic, partitions));
  absl::StatusOr<int> existing = impl_->desk->PartitionCountNow(topic);
  if (absl::IsNotFound(existing.status())) {
    WM_RETURN_IF_ERROR(impl_->desk->CreateTopic(topic, partitions));
    existing = impl_->desk->PartitionCountNow(topic);
  }
  WM_RETURN_IF_ERROR(existing.status());
  if (*existing != partitions) return OtherPartitionCount(topic, *existing, partitions);
  return absl::OkStatus();
}

absl::StatusOr<int> KafkaLog::PartitionCount(std::string_view topic) const {
  return impl_->desk->PartitionCount(topic);
}

absl::StatusOr<OffsetRange> KafkaLog::Range(const TopicPartition& at) const {
  return impl_->desk->Range(at);
}

absl::Status KafkaLog::Append(const TopicPartition& at, const std::vector<Record>& records) {
  return AppendAll({{at, records}});
}

absl::Status KafkaLog::Impl::CheckPlaces(const Batches& batches) {
  for (const auto& [at, records] : batches) {
    WM_RETURN_IF_ERROR(CheckRecords(records));
    WM_ASSIGN_OR_RETURN(const int count, desk->PartitionCount(at.topic));
    if (at.partition < 0 || at.partition >= count) return UnknownPartition(at, count);
    std::lock_guard lock(mutex);
    const auto found = refused.find(at.topic);
    if (found == refused.end()) continue;
    if (clock.Elapsed() < found->second.until) return found->second.why;
    refused.erase(found);
  }
  return desk->Reached();
}

absl::StatusOr<std::shared_ptr<Producer>> KafkaLog::Impl::CurrentProducer() {
  std::lock_guard lock(mutex);
  const uint64_t latest = desk->credentials();
  if (producer == nullptr || producer->ended() || credentials != latest) {
    // Calls that are under way keep the one before until they are done.
    WM_ASSIGN_OR_RETURN(producer, Producer::Make(options, &desk->told()));
    credentials = latest;
  }
  return producer;
}

void KafkaLog::Impl::End(const std::shared_ptr<Producer>& ended) {
  ended->GiveUp();
  std::lock_guard lock(mutex);
  if (producer == ended) producer = nullptr;
}

absl::Status KafkaLog::AppendAll(const Batches& batches) {
  WM_RETURN_IF_ERROR(impl_->CheckPlaces(batches));
  WM_ASSIGN_OR_RETURN(const std::shared_ptr<Producer> producer, impl_->CurrentProducer());
  std::string at_fault;
  const absl::Status status = producer->Append(batches, &at_fault);
  if (status.ok()) return status;
  impl_->End(producer);
  if (absl::IsPermissionDenied(status) || absl::IsInvalidArgument(status)) {
    std::lock_guard lock(impl_->mutex);
    impl_->refused[at_fault] = {status, impl_->clock.Elapsed() + kRefusedFor};
    return status;
  }
  // Whether a topic has gone is known to the cluster; a lost connection leaves it unsaid.
  if (!at_fault.empty()) {
    const absl::StatusOr<int> there = impl_->desk->PartitionCountNow(at_fault);
    if (absl::IsNotFound(there.status())) return there.status();
  }
  if (absl::IsNotFound(status)) return absl::UnavailableError(status.message());
  impl_->desk->told().Tell(std::string(status.message()));
  return status;
}

absl::StatusOr<std::unique_ptr<Reader>> KafkaLog::OpenReader(const std::vector<Position>& from) {
  WM_ASSIGN_OR_RETURN(std::unique_ptr<Reader> reader, KafkaReader::Open(*impl_->desk, from));
  return reader;
}

absl::Status KafkaLog::Health() const { return impl_->desk->Health(); }

}  // namespace waymark::eventlog
