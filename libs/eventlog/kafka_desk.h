// What a process asks a cluster about its topics, and whether the cluster answers at all. One
// connection and one thread, which also looks for changed certificate files. Internal to this
// folder.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/eventlog/event_log.h"
#include "libs/eventlog/kafka_client.h"
#include "libs/eventlog/waker.h"

namespace waymark::eventlog::internal {

// Thread-safe. Its methods wait for options.wait at most, and not at all while the cluster is known
// to be out of reach.
class Desk {
 public:
  // `clock` must outlive it.
  static absl::StatusOr<std::unique_ptr<Desk>> Open(const KafkaOptions& options, Clock& clock);
  ~Desk();

  // From what is known; asks when nothing is. NotFound, PermissionDenied, Unavailable.
  absl::StatusOr<int> PartitionCount(std::string_view topic);
  // Asks.
  absl::StatusOr<int> PartitionCountNow(std::string_view topic);
  absl::StatusOr<OffsetRange> Range(const TopicPartition& at);
  // NotFound where this process may not make topics.
  absl::Status CreateTopic(std::string_view topic, int partitions);

  // OK, or why the cluster is taken to be out of reach. Never waits.
  absl::Status Reached() const;
  // The same, and that no reader is refused a topic.
  absl::Status Health() const;

  // A reader is refused a topic, with the reason; "" once it is not any more. While one is, the
  // wakers are fired every few seconds, so that readers try again.
  void SetTrouble(const std::string& topic, const std::string& reason);
  // The clock for pauses.
  absl::Duration Elapsed() { return clock_.Elapsed(); }

  // Grows when the certificate files have changed into others that hold: connections are to be made
  // anew. The wakers are fired then, and when the cluster is back.
  uint64_t credentials() const { return credentials_; }
  Wakers& wakers() { return wakers_; }
  Told& told() { return told_; }
  const KafkaOptions& options() const { return options_; }

 private:
  Desk(const KafkaOptions& options, Clock& clock);
  absl::StatusOr<Handle> Connect();
  Handle handle() const;
  void Run();
  void Probe();
  void LookAtCertificates();
  // What a failed call means for the health of the whole.
  absl::Status Failed(int code, std::string_view topic, std::string_view doing);
  void SetHealth(bool answers);

  const KafkaOptions options_;
  Clock& clock_;
  Told told_;
  Wakers wakers_;
  std::atomic<uint64_t> credentials_ = 1;
  std::string mark_;  // of the certificate files in use
  std::string refused_mark_;
  mutable std::mutex mutex_;
  std::condition_variable stop_;
  Handle handle_;
  bool answers_ = true;
  bool stopping_ = false;
  std::map<std::string, int, std::less<>> counts_;
  std::map<std::string, std::string> troubles_;  // reasons by topic
  std::thread thread_;
};

}  // namespace waymark::eventlog::internal
