// A whole partnership as nodes of one world: intake, risk, casemgr and the gateways of three or
// four agencies, each composed as in a real process, with real signatures, real sealing, the real
// pack and the real agreements.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "libs/config/partnership.h"
#include "libs/crypto/hpke.h"
#include "libs/crypto/sign.h"
#include "services/sharing/gateway_service.h"
#include "tests/simulation/node.h"

namespace waymark::simulation {

inline constexpr const char* kPartnership = "fenland";
inline constexpr const char* kTrustDomain = "fenland.waymark";

class GatewayNode;

// Used by one thread.
class Partnership {
 public:
  // Nothing runs yet. `agencies` are of the fenland pack.
  Partnership(World& world, std::vector<std::string> agencies);
  ~Partnership();

  // Starts whatever is down. An error names the node.
  absl::Status StartAll();
  const std::vector<std::string>& agencies() const { return agencies_; }
  // Core services first, then gateways.
  const std::vector<Node*>& nodes() const { return all_; }
  Node& core(const std::string& service) { return *world_.by_source.at(service); }
  GatewayNode& gateway(const std::string& agency) { return *gateways_.at(agency); }
  const config::Partnership& directory() const { return directory_; }
  // "7": the shard of every core service.
  std::string CoreShard() const;

  // Every node steps until none has anything to do, at this instant. False when that does not end.
  bool RunUntilIdle();
  // Time passes; everything that falls due is done at its time. `between` is called after each
  // halt of the clock.
  bool RunFor(absl::Duration by, const std::function<void()>& between);
  void Tick();

 private:
  World& world_;
  const std::vector<std::string> agencies_;
  config::Partnership directory_;
  std::unique_ptr<runtime::RecordVerifier> verifier_;
  std::vector<std::unique_ptr<Node>> core_;
  std::map<std::string, std::unique_ptr<GatewayNode>> gateways_;
  std::vector<Node*> all_;
};

// One agency's gateway, and how its systems and people reach it.
class GatewayNode : public Node {
 public:
  // `membership` lacks what only a running world has; see Partnership.
  GatewayNode(World& world, sharing::Membership membership, runtime::RuntimeConfig config);
  ~GatewayNode() override;

  // To the core and to the other gateways; before the first start.
  void Connect(Node& intake, Node& casemgr, const std::map<std::string, GatewayNode*>& peers);

  const sharing::Membership& membership() const { return memberships_.begin()->second; }
  std::string shard() const { return membership().Shard(); }
  // A channel for one of the agency's systems, to the process that runs now; null while it is down.
  // Streams of it are cancelled when the process dies.
  std::shared_ptr<rpc::LocalChannel> SystemChannel(const std::string& role);
  // Called when the process dies, before anything of it is gone.
  std::function<void()> on_stop;

  void Tick() override;
  runtime::RuntimeConfig Config() const override { return config_; }
  std::unique_ptr<runtime::Service> MakeService() override;
  SlotFile* slots() override { return keys_.get(); }

 protected:
  absl::Status AfterOpen() override;
  rpc::MethodTable Methods() override;
  rpc::PersonVerifier* persons() override { return tokens_.get(); }
  std::string agency() const override { return membership().agency; }
  runtime::RecordSigner& signer() override { return *signer_; }
  runtime::EffectPerformer& effects() override;
  void Stopped() override;

 private:
  struct Process;  // what lives as long as the process

  const runtime::RuntimeConfig config_;
  sharing::Memberships memberships_;
  std::shared_ptr<SlotFile> keys_;
  std::unique_ptr<runtime::RecordSigner> signer_;
  std::unique_ptr<rpc::PersonVerifier> tokens_;
  std::map<std::string, sharing::CoreChannels> core_;
  sharing::PeerChannels peers_;
  std::unique_ptr<Process> process_;
  std::map<std::string, std::shared_ptr<rpc::LocalChannel>> systems_;  // by role
};

}  // namespace waymark::simulation
