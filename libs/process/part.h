// One service as it runs inside a process: its store, its runtime, its endpoint. A process of an
// organisation holds one; the one-process runner holds a whole partnership of them.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/process/world.h"
#include "libs/rpc/endpoint.h"
#include "libs/rpc/server.h"
#include "libs/runtime/runtime.h"
#include "libs/runtime_rpc/lanes.h"
#include "libs/store/rocks_store.h"
#include "libs/telemetry/alarms.h"
#include "libs/telemetry/logged_alarms.h"

namespace waymark::process {

struct PartConfig {
  std::string program;   // "waymark-intake"
  std::string agency;    // whose gateway; "" for a core service
  std::string endpoint;  // where it listens: "127.0.0.1:7511"
  Place place;
  runtime::RuntimeConfig runtime;

  // "intake", or the agency.
  std::string Name() const;
};

// What a service brings.
struct Pieces {
  std::unique_ptr<runtime::Service> service;
  runtime::RecordSigner* signer = nullptr;
  runtime::EffectPerformer* effects = nullptr;  // null: this service starts none
  // Holds whatever the three above refer to; gone after the runtime and before the alarms.
  std::shared_ptr<void> belongings;
};

class Part {
 public:
  // kRestored: the store is an old copy; every lane begins a new epoch.
  enum class Start { kOpen, kRebuild, kRestored };

  // Opens the store and the runtime. Errors say which folder, what was wrong and what to do.
  static absl::StatusOr<std::unique_ptr<Part>> Open(const World& world, PartConfig config,
                                                    Pieces pieces, Start start);

  // Makes the endpoint that answers calls: `table` is the service's methods; LaneService is added.
  void Offer(rpc::MethodTable table, rpc::PersonVerifier* persons);
  // Listens over mutual TLS and says SERVING.
  absl::Status Listen();
  void Drain(absl::Duration grace);

  // What beats by itself, such as streams; call it every second or so. Thread-safe.
  void Tick();
  std::function<void(absl::Time)> on_tick;  // of the service; set before the first Tick

  const PartConfig& config() const { return config_; }
  // As in records ("gateway/police") and in certificates.
  const std::string& source() const { return config_.runtime.source; }
  runtime::Runtime& runtime() { return *runtime_; }
  std::shared_ptr<rpc::Endpoint> endpoint() { return endpoint_; }
  telemetry::AlarmList& alarms() { return alarms_; }
  // The same, for whoever raises them: written to the log too.
  telemetry::Alarms& raise() { return logged_alarms_; }
  int port() const { return server_ == nullptr ? 0 : server_->port(); }

 private:
  Part(const World& world, PartConfig config);
  absl::Status OpenStore();
  absl::Status OpenRuntime(runtime::RecordSigner& signer, runtime::EffectPerformer& effects,
                           Start start);
  void Count(const rpc::CallRecord& call);

  const World world_;
  PartConfig config_;
  telemetry::AlarmList alarms_;
  telemetry::LoggedAlarms logged_alarms_;
  std::shared_ptr<void> belongings_;
  runtime_rpc::RepairByCall repair_;
  std::unique_ptr<runtime::Service> service_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<eventlog::EventLog> wrapped_log_;  // null: the log of the world as it is
  std::unique_ptr<runtime::Runtime> runtime_;
  std::shared_ptr<rpc::Endpoint> endpoint_;
  std::unique_ptr<rpc::Server> server_;
};

// The runtime's configuration that every service of the partnership has in common: source, topics,
// acknowledgement.
runtime::RuntimeConfig BaseRuntime(const World& world, const Seat& seat, std::string source);
// "waymark-intake" and so on, at its seat.
PartConfig CoreConfig(const World& world, const Seat& seat, const std::string& service);
// The partition of a core topic that the partnership lives in.
eventlog::TopicPartition CoreInput(const World& world, std::string_view topic);

}  // namespace waymark::process
