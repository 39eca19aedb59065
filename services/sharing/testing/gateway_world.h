// A gateway in a test: one membership on a store and a log in memory, on a clock that stands still
// until told otherwise. Secrets are invented and come from a seed.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "libs/base/clock.h"
#include "libs/crypto/hpke.h"
#include "libs/eventlog/memory_log.h"
#include "libs/rpc/channel.h"
#include "libs/rpc/endpoint.h"
#include "libs/runtime/runtime.h"
#include "libs/store/memory_store.h"
#include "libs/telemetry/alarms.h"
#include "libs/testing/runtime_harness.h"
#include "services/sharing/gateway_service.h"
#include "services/sharing/vault/adapters/person_keys.h"
#include "waymark/gateway/v1/incident.pb.h"

namespace waymark::sharing {

// Signs with a digest that its verifier knows; who may sign what is not at issue here.
class DigestSigner : public runtime::RecordSigner, public runtime::RecordVerifier {
 public:
  absl::StatusOr<runtime::Signature> Sign(std::string_view bytes) override;
  absl::Status Verify(const eventlog::TopicPartition& at, std::string_view source,
                      std::string_view bytes, const runtime::Signature& signature) override;
};

// Believes a token "role:subject"; each has an id of its own, as a renewed token has.
class PlainTokens : public rpc::PersonVerifier {
 public:
  absl::StatusOr<rpc::Person> Verify(std::string_view token) override;

 private:
  int tokens_ = 0;
};

// Stands for the room `duties`: keeps what it was nudged with.
class NudgedRoom : public Room {
 public:
  std::string_view name() const override { return "duties"; }
  std::vector<std::string> DomainColumnFamilies() const override { return {}; }
  std::vector<std::string> Inputs() const override { return {"duties.high_assessed"}; }
  std::vector<std::string> Events() const override { return {}; }
  absl::StatusOr<runtime::Decision> Decide(const Membership&, const runtime::View&,
                                           const runtime::Input& input, runtime::Context&) override;
  absl::Status Evolve(const Membership&, const runtime::View&, const runtime::Event&,
                      const runtime::EventContext&, runtime::Changes&) override;
  void AddMethods(const MethodContext&, rpc::MethodTable&) override {}

  std::vector<gateway::v1::HighAssessed> nudges;
};

class GatewayWorld {
 public:
  static constexpr const char* kPartnership = "fenland";
  static constexpr const char* kAgency = "police";

  // Opens a runtime on an empty store, without any other room than door, vault and NudgedRoom.
  GatewayWorld();
  ~GatewayWorld();

  // Power loss, then a start on what the disk held. Person keys were synced before.
  void CrashAndRestart();
  // The log refuses (Unavailable) or takes records again.
  void SetLogAway(bool away);

  // Calls as the agency's system `records`, on behalf of a person when `role` is not "", runs the
  // gateway until it is idle, and gives the answer. Unavailable: it was not answered by then.
  template <class Resp, class Req>
  absl::StatusOr<Resp> Call(std::string_view method, const Req& request,
                            const std::string& role = "", const std::string& person = "p-1",
                            const std::string& idempotency_key = "") {
    rpc::CallOptions options;
    if (!role.empty()) options.bearer_token = role + ":" + person;
    options.idempotency_key = idempotency_key;
    auto answer = std::make_shared<absl::StatusOr<Resp>>(absl::UnavailableError("no answer"));
    rpc::CallAsync<Resp>(*channel, std::string(method), request, options,
                         [answer](absl::StatusOr<Resp> came) { *answer = std::move(came); });
    RunUntilIdle();
    return *answer;
  }
  void RunUntilIdle();
  absl::StatusOr<gateway::v1::IncidentReceipt> Publish(const gateway::v1::Incident& incident);

  // The records on the out topic, as CloudEvents' type and value, in order.
  std::vector<std::pair<std::string, std::string>> Sent() const;
  // Every key and value of the store, and every record of the log, in one string.
  std::string EverythingStored() const;
  // Rows in the column families of the gateway's own state.
  size_t Rows() const;
  // Reads the membership's state.
  void Read(const std::function<void(const runtime::View&)>& read) const;

  Membership& membership() { return memberships.begin()->second; }
  std::string Shard() { return membership().Shard(); }

  ManualClock clock;
  SeededRandom random{7};
  crypto::HpkePrivateKey intake_key;
  std::map<std::string, CoreChannels> core;
  Memberships memberships;
  eventlog::MemoryLog log;
  telemetry::AlarmList alarms{clock};
  std::unique_ptr<store::MemoryStore> store;
  std::unique_ptr<GatewayApp> app;
  NudgedRoom* duties = nullptr;
  std::unique_ptr<runtime::Runtime> runtime;
  std::unique_ptr<testing::RuntimeHarness> harness;
  std::shared_ptr<rpc::Endpoint> endpoint;
  std::shared_ptr<rpc::LocalChannel> channel;

 private:
  void Open();

  testing::ScriptedEffects effects_;
  testing::DirectLaneRepair repair_;
  DigestSigner signer_;
  PlainTokens tokens_;
};

// An incident that passes every check: Ann Example, called on 101 about noise.
gateway::v1::Incident GoodIncident(const std::string& reference, absl::Time reported_at);

}  // namespace waymark::sharing
