// One casemgr on a store in memory, with everyone who publishes to it and an endpoint to ask it.
// Tests only.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "libs/config/agreement_loader.h"
#include "libs/config/file.h"
#include "libs/config/topics.h"
#include "libs/eventlog/memory_log.h"
#include "libs/rpc/channel.h"
#include "libs/rpc/endpoint.h"
#include "libs/store/memory_store.h"
#include "libs/telemetry/alarms.h"
#include "libs/testing/publisher.h"
#include "libs/testing/runtime_harness.h"
#include "services/casemgr/app/casemgr_app.h"
#include "services/casemgr/casemgr_service.h"
#include "services/casemgr/testing/world.h"

namespace waymark::casemgr {

inline constexpr char kPartnership[] = "fenland";
inline constexpr int kPartitions = 24;
inline const std::vector<std::string> kAgencies = {"council", "fire", "housing", "police"};
inline const absl::Time kTuesday = At("2026-03-03T10:00:00Z");

inline std::shared_ptr<const agreement::Evaluator> Agreements() {
  static const auto evaluator = [] {
    std::vector<agreement::Agreement> agreements;
    for (const char* file : {"agreements/fenland-isa.yaml", "agreements/fenland-baseline.yaml"}) {
      const absl::StatusOr<std::string> text = config::ReadFile(file);
      WM_CHECK(text.ok(), text.status().ToString());
      auto parsed = config::ParseAgreement(*text, file);
      WM_CHECK(parsed.ok(), parsed.status().ToString());
      agreements.push_back(*std::move(parsed));
    }
    auto compiled = config::CompileOrStatus(std::move(agreements), {.require_signatures = false});
    WM_CHECK(compiled.ok(), compiled.status().ToString());
    return std::make_shared<const agreement::Evaluator>(*std::move(compiled));
  }();
  return evaluator;
}

// Everything around one casemgr: who publishes to it, and where it publishes to.
struct Partnership {
  Partnership() {
    for (const auto& [topic, partitions] : Config().topics) {
      WM_CHECK(log.EnsureTopic(topic, partitions).ok(), topic);
    }
    intake = MakePublisher("intake", config::CoreShard(kPartnership, kPartitions));
    risk = MakePublisher("risk", config::CoreShard(kPartnership, kPartitions));
    for (const std::string& agency : kAgencies) {
      gateways[agency] = MakePublisher(config::GatewaySource(agency),
                                       config::MembershipShard(kPartnership, agency));
    }
    Open(store);
  }
  ~Partnership() { Close(); }

  // As a composition root would, but with no signatures on the member topics.
  runtime::RuntimeConfig Config() const {
    runtime::RuntimeConfig config = RuntimeConfigOf(service_config);
    for (const auto& [topic, partitions] : config.topics) config.core_topics.insert(topic);
    return config;
  }

  std::unique_ptr<testing::Publisher> MakePublisher(const std::string& source,
                                                    const std::string& shard) {
    return std::make_unique<testing::Publisher>(source, shard, Config().topics, log, clock,
                                                harness);
  }

  void Open(store::Store& on, bool rebuild = false) {
    Close();
    app = MakeCasemgr(service_config);
    runtime = std::make_unique<runtime::Runtime>(
        Config(),
        runtime::RuntimeDeps{on, log, *app, effects, runtime::RefusingSigner(),
                             runtime::RefusingVerifier(), repair, clock, alarms, nullptr});
    const absl::Status opened = rebuild ? runtime->Rebuild() : runtime->Open();
    WM_CHECK(opened.ok(), opened.ToString());
    harness.Add(*runtime);
    rpc::MethodTable table;
    app->AddMethods(*runtime, table);
    endpoint = rpc::Endpoint::Create({"fenland.waymark", "", {}, nullptr}, std::move(table),
                                     nullptr, clock);
    endpoint->SetAllServing(true);
  }
  void Close() {
    if (runtime != nullptr) harness.Remove(*runtime);
    endpoint.reset();
    runtime.reset();
  }

  static std::vector<std::string> Families() {
    std::vector<std::string> all = MakeCasemgr({})->DomainColumnFamilies();
    for (std::string& family : runtime::RuntimeColumnFamilies()) all.push_back(std::move(family));
    return all;
  }
  std::string Shard() const { return config::CoreShard(kPartnership, kPartitions); }
  std::string Digest() const { return runtime->Digest(Shard()).value(); }
  eventlog::TopicPartition Core(std::string_view topic) const {
    return {std::string(topic), config::CorePartition(kPartnership, kPartitions)};
  }

  template <class Message>
  void Intake(Message message) {
    message.set_partnership(kPartnership);
    ASSERT_TRUE(intake->Publish(Core(config::kIntakeTopic), message).ok());
    ASSERT_TRUE(harness.RunUntilIdle().ok());
  }
  template <class Message>
  void Risk(Message changed) {
    changed.set_partnership(kPartnership);
    ASSERT_TRUE(risk->Publish(Core(config::kRiskTopic), changed).ok());
    ASSERT_TRUE(harness.RunUntilIdle().ok());
  }
  template <class Message>
  void Gateway(const std::string& agency, Message message) {
    message.set_partnership(kPartnership);
    ASSERT_TRUE(gateways.at(agency)
                    ->Publish({config::MemberOutTopic(kPartnership, agency), 0}, message)
                    .ok());
    ASSERT_TRUE(harness.RunUntilIdle().ok());
  }

  // Everything of one type in a member's inbox, in order.
  template <class Message>
  std::vector<Message> Inbox(const std::string& agency) const {
    std::vector<Message> all;
    for (const eventlog::Record& record :
         log.Records({config::MemberInboxTopic(kPartnership, agency), 0})) {
      for (const eventlog::Header& header : record.headers) {
        if (header.name != "ce_type" || header.value != Message::descriptor()->full_name()) {
          continue;
        }
        WM_CHECK(all.emplace_back().ParseFromString(record.value), "a record cannot be read");
      }
    }
    return all;
  }
  // Without what the runtime itself says on the lane.
  size_t InboxSize(const std::string& agency) const {
    size_t size = 0;
    for (const eventlog::Record& record :
         log.Records({config::MemberInboxTopic(kPartnership, agency), 0})) {
      for (const eventlog::Header& header : record.headers) {
        if (header.name == "ce_type" && absl::StartsWith(header.value, "waymark.casemgr.")) ++size;
      }
    }
    return size;
  }

  template <class Response, class Request>
  absl::StatusOr<Response> Ask(const std::string& agency, const std::string& method,
                               Request request) {
    request.set_partnership(kPartnership);
    const auto channel = rpc::LocalChannel::Create(
        endpoint, rpc::Principal::Gateway("fenland.waymark", agency), clock);
    absl::StatusOr<Response> answer = absl::UnknownError("not answered");
    rpc::CallAsync<Response>(*channel, "/waymark.casemgr.v1.CaseRegisterService/" + method, request,
                             {}, [&](absl::StatusOr<Response> got) { answer = std::move(got); });
    WM_CHECK(harness.RunUntilIdle().ok(), "the harness stopped");
    return answer;
  }

  CasemgrConfig service_config{{{kPartnership, Fenland(), Agreements(), kAgencies}}, kPartitions};
  ManualClock clock{kTuesday};
  eventlog::MemoryLog log;
  telemetry::AlarmList alarms{clock};
  testing::ScriptedEffects effects;
  testing::DirectLaneRepair repair;
  testing::RuntimeHarness harness{clock};
  store::MemoryStore store{Families()};
  std::unique_ptr<CasemgrApp> app;
  std::unique_ptr<runtime::Runtime> runtime;
  std::shared_ptr<rpc::Endpoint> endpoint;
  std::unique_ptr<testing::Publisher> intake, risk;
  std::map<std::string, std::unique_ptr<testing::Publisher>> gateways;
};

}  // namespace waymark::casemgr
