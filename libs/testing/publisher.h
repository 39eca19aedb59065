// A service that publishes what a test tells it to, on a lane of its own: stands in for a gateway
// or a core service whose records another one reads.
//
//   Publisher council("gateway/council", "fenland/council", log, clock, harness);
//   council.Publish({"waymark.member.fenland.council.out.v1", 0}, message);
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "libs/base/clock.h"
#include "libs/eventlog/event_log.h"
#include "libs/runtime/runtime.h"
#include "libs/testing/runtime_harness.h"

namespace waymark::testing {

class Publisher {
 public:
  // `topics`: every topic it may publish to, with its partitions; none of them is signed.
  Publisher(std::string source, std::string shard, std::map<std::string, int> topics,
            eventlog::EventLog& log, ManualClock& clock, RuntimeHarness& harness);
  ~Publisher();

  absl::Status Publish(const eventlog::TopicPartition& to, std::string_view type,
                       std::string_view payload);
  template <class Message>
  absl::Status Publish(const eventlog::TopicPartition& to, const Message& message) {
    return Publish(to, message.GetTypeName(), message.SerializeAsString());
  }

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace waymark::testing
