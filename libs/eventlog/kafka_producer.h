// One life of a Kafka producer: idempotent, without gaps, in order. After the first failure it is
// given up with all it still holds; its owner makes another. Internal to this folder.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/eventlog/event_log.h"
#include "libs/eventlog/kafka_client.h"

namespace waymark::eventlog::internal {

// Thread-safe.
class Producer {
 public:
  static absl::StatusOr<std::shared_ptr<Producer>> Make(const KafkaOptions& options, Told* told);
  ~Producer();

  // Appends in order and waits for all acknowledgements, options.append_wait at most. The records
  // have been checked and the partitions exist. Any error has ended this producer. PermissionDenied
  // and NotFound name the topic, which goes into `at_fault`.
  absl::Status Append(const EventLog::Batches& batches, std::string* at_fault);

  // Calls under way end with Unavailable.
  void GiveUp();
  bool ended() const;

 private:
  struct Call;
  struct Message;
  Producer(const KafkaOptions& options, Told* told) : options_(options), told_(told) {}
  static void Delivered(void* message_opaque, int code);
  absl::Status Send(const EventLog::Batches& batches, const std::shared_ptr<Call>& call);
  absl::Status SendOne(const TopicPartition& at, const Record& record,
                       const std::shared_ptr<Call>& call);
  void Run();

  const KafkaOptions options_;
  Told* const told_;
  Handle handle_;
  mutable std::mutex mutex_;  // of this, and of every call's fields
  std::condition_variable changed_;
  bool ended_ = false;     // nothing more is sent
  bool stopping_ = false;  // the thread
  std::thread thread_;
};

}  // namespace waymark::eventlog::internal
