#include "libs/testing/publisher.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/bytes.h"
#include "libs/base/status.h"
#include "libs/store/memory_store.h"
#include "libs/telemetry/alarms.h"

namespace waymark::testing {
namespace {

// A command's payload and its one event: topic, partition, type and payload as key parts.
class PublishService : public runtime::Service {
 public:
  std::vector<std::string> DomainColumnFamilies() const override { return {}; }

  absl::StatusOr<runtime::Decision> Decide(const runtime::View&, const runtime::Input& input,
                                           runtime::Context&) override {
    return runtime::Decision{{{"publish", input.payload}}, "", absl::OkStatus()};
  }

  absl::Status Evolve(const runtime::View&, const runtime::Event& event,
                      const runtime::EventContext&, runtime::Changes& changes) override {
    KeyReader reader(event.payload);
    WM_ASSIGN_OR_RETURN(std::string topic, reader.Text());
    WM_ASSIGN_OR_RETURN(const uint64_t partition, reader.Number());
    WM_ASSIGN_OR_RETURN(const std::string type, reader.Text());
    WM_ASSIGN_OR_RETURN(const std::string payload, reader.Text());
    changes.Send({std::move(topic), static_cast<int>(partition)}, type, payload);
    return absl::OkStatus();
  }
};

runtime::RuntimeConfig ConfigOf(std::string source, std::string shard,
                                std::map<std::string, int> topics) {
  runtime::RuntimeConfig config;
  config.source = std::move(source);
  config.shards = {{std::move(shard), {}, std::nullopt}};
  for (const auto& [topic, partitions] : topics) config.core_topics.insert(topic);
  config.topics = std::move(topics);
  return config;
}

}  // namespace

struct Publisher::Impl {
  Impl(std::string source, std::string shard_id, std::map<std::string, int> topics,
       eventlog::EventLog& log, ManualClock& clock, RuntimeHarness& the_harness)
      : harness(the_harness),
        shard(std::move(shard_id)),
        alarms(clock),
        store(runtime::RuntimeColumnFamilies()),
        runtime(ConfigOf(std::move(source), shard, std::move(topics)),
                {store, log, service, effects, runtime::RefusingSigner(),
                 runtime::RefusingVerifier(), repair, clock, alarms, nullptr}) {}

  RuntimeHarness& harness;
  std::string shard;
  telemetry::AlarmList alarms;
  store::MemoryStore store;
  PublishService service;
  ScriptedEffects effects;
  DirectLaneRepair repair;
  runtime::Runtime runtime;
  absl::Status opened;
};

Publisher::Publisher(std::string source, std::string shard, std::map<std::string, int> topics,
                     eventlog::EventLog& log, ManualClock& clock, RuntimeHarness& harness)
    : impl_(std::make_unique<Impl>(std::move(source), std::move(shard), std::move(topics), log,
                                   clock, harness)) {
  impl_->opened = impl_->runtime.Open();
  if (impl_->opened.ok()) harness.Add(impl_->runtime);
}

Publisher::~Publisher() {
  if (impl_->opened.ok()) impl_->harness.Remove(impl_->runtime);
}

absl::Status Publisher::Publish(const eventlog::TopicPartition& to, std::string_view type,
                                std::string_view payload) {
  WM_RETURN_IF_ERROR(impl_->opened);
  runtime::Command command;
  command.principal = "test";
  command.method = "publish";
  command.payload = KeyBuilder()
                        .Text(to.topic)
                        .Number(static_cast<uint64_t>(to.partition))
                        .Text(type)
                        .Text(payload)
                        .Take();
  return impl_->harness.Call(impl_->runtime, impl_->shard, std::move(command)).status();
}

}  // namespace waymark::testing
