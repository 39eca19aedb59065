// How the parts of a partnership are made and joined; behind local_partnership.h, which tells what
// it is for and its thread rules. The core services are made in compose_core.cc, the gateways in
// compose_gateway.cc, all the rest in composition.cc.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cli/partnership/gateway_world.h"
#include "cli/partnership/local_partnership.h"
#include "cli/partnership/local_repair.h"
#include "cli/partnership/operator_service.h"
#include "cli/partnership/part.h"
#include "libs/agreement/evaluator.h"
#include "libs/base/clock.h"
#include "libs/config/partnership.h"
#include "libs/crypto/hpke.h"
#include "libs/crypto/key_file.h"
#include "libs/crypto/slot_keys.h"
#include "libs/eventlog/embedded_log.h"
#include "libs/pack/pack.h"
#include "libs/rpc/channel.h"
#include "libs/rpc/token_verifier.h"
#include "libs/store/rocks_store.h"
#include "libs/trust/record_trust.h"
#include "services/intake/adapters/forget.h"

namespace waymark::cli {

// Members are destroyed from the last to the first: servers and runtimes before what they use.
class Composition {
 public:
  explicit Composition(const LocalOptions& options)
      : layout_(options.layout),
        decision_clock_(options.decision_clock),
        real_clock_(options.real_clock),
        listen_(options.listen),
        rebuild_(options.rebuild),
        hooks_(options.hooks),
        random_(options.hooks.random != nullptr ? *options.hooks.random : system_random_) {}

  // Threads of runtimes and servers use what is destroyed before the parts are.
  ~Composition() { Stop(absl::ZeroDuration()); }

  absl::Status Open();
  absl::StatusOr<bool> StepOnce();
  void Tick() {
    for (const auto& gateway : gateways_) gateway->streams.Tick(decision_clock_.Now());
  }
  absl::Status Start();
  // Once; later calls do nothing.
  void Stop(absl::Duration deadline);

  config::Partnership directory;
  std::shared_ptr<const pack::Pack> pack;
  std::vector<std::unique_ptr<Part>> parts;
  absl::Time next_due = absl::InfinitePast();
  std::string operator_endpoint;

 private:
  absl::Status OpenDirectory();
  absl::Status OpenLog();
  absl::Status OpenIntake();
  absl::Status OpenRisk();
  absl::Status OpenCasemgr();
  absl::Status OpenGateway(const config::Member& member);
  // The gateway's runtime; when its store turns out to be an old copy, as one that was restored.
  // What was found is for GatewayWorld::Activate.
  absl::StatusOr<std::optional<gateway::v1::AuditFinding>> OpenGatewayPart(
      const config::Member& member, GatewayWorld& world, const sharing::GatewayApp** app);
  // Once all gateways are open: each can ask the others for shares.
  absl::Status ConnectGateways();
  // The machine's files, unless a hook says otherwise.
  store::RocksOptions StoreOptions(std::string_view part) const;
  absl::Status OpenOperator();
  absl::Status OpenPart(PartConfig config, std::unique_ptr<runtime::Service> service,
                        runtime::RecordSigner& signer, runtime::EffectPerformer& effects,
                        Part::Start start = Part::Start::kOpen);
  absl::StatusOr<sharing::CoreChannels> ConnectCore(const std::string& agency);
  absl::StatusOr<std::shared_ptr<rpc::Channel>> Connect(const rpc::Principal& caller,
                                                        const Home& home,
                                                        const std::string& endpoint,
                                                        const rpc::Principal& server);
  PartConfig CoreConfig(const std::string& service, const std::string& endpoint) const;
  std::vector<eventlog::TopicPartition> CoreInput(std::string_view topic) const;
  runtime::RuntimeConfig BaseRuntime(std::string source) const;
  rpc::EndpointConfig EndpointOf(const std::string& agency) const;

  const Layout layout_;
  Clock& decision_clock_;
  Clock& real_clock_;
  const bool listen_;
  const std::string rebuild_;
  const Hooks hooks_;

  SystemRandom system_random_;
  Random& random_;
  NoEffects no_effects_;
  LocalRepair repair_;
  std::shared_ptr<const agreement::Evaluator> agreements_;
  std::unique_ptr<store::Store> log_store_;
  std::unique_ptr<eventlog::EmbeddedLog> log_;
  std::unique_ptr<trust::DirectoryRecordVerifier> verifier_;

  // Intake's secrets.
  std::unique_ptr<crypto::HpkePrivateKey> intake_key_;
  crypto::FileSlotKeys subject_keys_;
  intake::KeyEffects intake_effects_{
      subject_keys_,
      [this] { return crypto::DestroyFile(layout_.Core("intake").Key(kSealingKey), random_); }};
  // Of every process that signs what it publishes.
  std::vector<std::unique_ptr<trust::KeyRecordSigner>> signers_;
  // Of each gateway.
  std::vector<std::unique_ptr<rpc::TokenVerifier>> persons_;
  std::vector<std::unique_ptr<GatewayWorld>> gateways_;

  std::unique_ptr<OperatorDesk> operator_;
  bool stopped_ = false;
};

}  // namespace waymark::cli
