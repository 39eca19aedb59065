// One service as it runs inside this process: its store, its runtime, its endpoint. The composition
// of a whole partnership is in local_partnership.h.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cli/partnership/hooks.h"
#include "libs/base/clock.h"
#include "libs/eventlog/event_log.h"
#include "libs/rpc/endpoint.h"
#include "libs/rpc/server.h"
#include "libs/runtime/runtime.h"
#include "libs/store/rocks_store.h"
#include "libs/telemetry/alarms.h"

namespace waymark::cli {

struct PartConfig {
  std::string program;   // "waymark-intake"
  std::string agency;    // whose gateway; "" for a core service
  std::string endpoint;  // "127.0.0.1:7511"
  std::string store_path;
  std::string tls_dir;
  runtime::RuntimeConfig runtime;

  // "intake", or the agency.
  std::string Name() const;
};

// What a part works with and does not own; all outlive it.
struct PartWorld {
  eventlog::EventLog& log;
  runtime::LaneRepair& repair;
  Clock& decision_clock;
  runtime::RecordSigner& signer;
  runtime::RecordVerifier& verifier;
  runtime::EffectPerformer& effects;
  const Hooks& hooks;
  store::RocksOptions store_options;
};

class Part {
 public:
  // kRestored: the store is an old copy; every lane begins a new epoch.
  enum class Start { kOpen, kRebuild, kRestored };

  // Opens the store and the runtime. Errors say which folder, what was wrong and what to do.
  static absl::StatusOr<std::unique_ptr<Part>> Open(PartConfig config,
                                                    std::unique_ptr<runtime::Service> service,
                                                    const PartWorld& world, Start start);

  // Makes the endpoint that answers calls; `table` is the service's methods.
  void Offer(rpc::EndpointConfig config, rpc::MethodTable table, rpc::PersonVerifier* persons,
             Clock& real_clock);
  // Listens over mutual TLS and says SERVING.
  absl::Status Listen();
  void Drain(absl::Duration grace);

  const PartConfig& config() const { return config_; }
  runtime::Runtime& runtime() { return *runtime_; }
  std::shared_ptr<rpc::Endpoint> endpoint() { return endpoint_; }
  telemetry::AlarmList& alarms() { return alarms_; }

 private:
  Part(PartConfig config, std::unique_ptr<runtime::Service> service, Clock& clock)
      : config_(std::move(config)), alarms_(clock), service_(std::move(service)) {}

  PartConfig config_;
  telemetry::AlarmList alarms_;
  std::unique_ptr<runtime::Service> service_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<eventlog::EventLog> wrapped_log_;  // null: the log of the world as it is
  std::unique_ptr<runtime::Runtime> runtime_;
  std::shared_ptr<rpc::Endpoint> endpoint_;
  std::unique_ptr<rpc::Server> server_;
};

}  // namespace waymark::cli
