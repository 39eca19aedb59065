// Reads partitions of Kafka: a consumer without a group, each partition started by itself at its
// offset, with a queue of its own, so that partitions can be added without disturbing others and
// every one gets its turn. Internal to this folder.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "libs/eventlog/kafka_client.h"
#include "libs/eventlog/kafka_desk.h"

struct rd_kafka_topic_s;
struct rd_kafka_queue_s;
struct rd_kafka_message_s;

namespace waymark::eventlog::internal {

class KafkaReader : public Reader {
 public:
  // `desk` must outlive it.
  static absl::StatusOr<std::unique_ptr<KafkaReader>> Open(Desk& desk,
                                                           const std::vector<Position>& from);
  ~KafkaReader() override;

  absl::Status Add(const Position& from) override;
  absl::StatusOr<std::vector<Fetched>> Poll(size_t max_records) override;
  void OnReady(std::function<void()> wake) override;

 private:
  struct Part;
  explicit KafkaReader(Desk& desk);
  absl::Status Connect();
  absl::Status Start(Part& part);
  void Stop(Part& part);
  // Takes one record of a partition, if one is here.
  absl::Status Take(Part& part, std::vector<Fetched>& into);
  absl::Status Refusal(Part& part, int code, const char* said);
  // Of partitions that were refused: connects again after a pause, and holds silence for consent.
  absl::Status RetryRefused();

  Desk& desk_;
  const std::shared_ptr<Waker> waker_;
  uint64_t credentials_ = 0;
  Handle handle_;
  std::vector<std::unique_ptr<Part>> parts_;
  size_t turn_ = 0;  // whose it is
  absl::Status final_;
};

}  // namespace waymark::eventlog::internal
