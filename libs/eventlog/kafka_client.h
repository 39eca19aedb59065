// What every connection to Kafka shares: its settings, its errors in words, its certificate files.
// Internal to this folder.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/eventlog/event_log.h"
#include "libs/eventlog/kafka_log.h"

struct rd_kafka_s;

namespace waymark::eventlog::internal {

// The last holder destroys it, which takes a few milliseconds and waits for its threads.
using Handle = std::shared_ptr<rd_kafka_s>;

// What a connection has told of itself. Thread-safe. It must outlive its handles.
class Told {
 public:
  explicit Told(std::function<void(std::string_view)> tell) : tell_(std::move(tell)) {}

  // `code` as of librdkafka.
  void Error(int code, std::string_view reason);
  // One sentence for an operator, unless it was the latest told.
  void Tell(const std::string& sentence);
  // The latest error with what to do about it; "" when there is none.
  std::string Latest() const;
  void Clear();
  // Whether an error has come since this was last asked.
  bool TakeSuspicion();

 private:
  const std::function<void(std::string_view)> tell_;
  mutable std::mutex mutex_;
  std::string latest_;
  std::string told_;
  bool suspicious_ = false;
};

using Settings = std::map<std::string, std::string>;

enum class Role { kProducer, kConsumer };

// A handle with the settings that all have and `more`. `told` gets its errors whenever it is
// polled; `opaque` is what its other callbacks get.
struct HandleRequest {
  Role role = Role::kConsumer;
  Settings more;
  Told* told = nullptr;
  // A producer's reports of delivery, by the poll of the handle: message's opaque and error code.
  void (*delivered)(void* message_opaque, int code) = nullptr;
};
absl::StatusOr<Handle> NewHandle(const KafkaOptions& options, const HandleRequest& request);

// "SSL handshake failed: ...": what to do about it.
std::string WithRemedy(std::string_view reason);

// An error about one topic in words, with the port's code for it.
absl::Status TopicError(int code, std::string_view topic, std::string_view doing);
absl::Status NotReached(const KafkaOptions& options, std::string_view why);

// That the files are there, are PEM, belong together, and hold at `now`. FailedPrecondition says
// which does not and what to do.
absl::Status CheckTlsFiles(const KafkaTls& tls, absl::Time now);
// Changes when one of the files does. "" while one is missing.
std::string TlsFilesMark(const KafkaTls& tls);

}  // namespace waymark::eventlog::internal
