#include "tests/simulation/partnership.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/status.h"
#include "libs/config/agreement_loader.h"
#include "libs/config/all_topics.h"
#include "libs/config/file.h"
#include "libs/config/load_pack.h"
#include "libs/config/topics.h"
#include "libs/crypto/mac.h"
#include "libs/trust/record_trust.h"
#include "services/casemgr/casemgr_service.h"
#include "services/intake/adapters/forget.h"
#include "services/intake/adapters/index.h"
#include "services/intake/app/intake_app.h"
#include "services/risk/app/risk_app.h"

namespace waymark::simulation {
namespace {

constexpr int kCorePartitions = 24;
constexpr int kRoundsMax = 20'000;
constexpr int kHaltsMax = 1'000'000;

std::shared_ptr<const pack::Pack> Pack() {
  static const auto pack = config::LoadPack("fenland", "packs").value();
  return pack;
}

std::shared_ptr<const agreement::Evaluator> Agreements() {
  static const auto evaluator = [] {
    std::vector<agreement::Agreement> all;
    for (const char* file : {"agreements/fenland-baseline.yaml", "agreements/fenland-isa.yaml"}) {
      all.push_back(config::ParseAgreement(config::ReadFile(file).value(), file).value());
    }
    return std::make_shared<const agreement::Evaluator>(
        config::CompileOrStatus(std::move(all), {.require_signatures = false}).value());
  }();
  return evaluator;
}

eventlog::TopicPartition CoreInput(std::string_view topic) {
  return {std::string(topic), config::CorePartition(kPartnership, kCorePartitions)};
}

runtime::RuntimeConfig BaseConfig(std::string_view source, const config::Partnership& directory) {
  runtime::RuntimeConfig config;
  config.source = source;
  config.topics = config::AllTopics(directory);
  for (std::string_view topic : {config::kIntakeTopic, config::kRiskTopic, config::kCasemgrTopic}) {
    config.core_topics.emplace(topic);
  }
  return config;
}

std::vector<eventlog::TopicPartition> OutTopics(const std::vector<std::string>& agencies) {
  std::vector<eventlog::TopicPartition> all;
  for (const std::string& agency : agencies) {
    all.push_back({config::MemberOutTopic(kPartnership, agency), 0});
  }
  return all;
}

class IntakeNode : public Node {
 public:
  IntakeNode(World& world, const config::Partnership& directory,
             const std::vector<std::string>& agencies, crypto::HpkePrivateKey key)
      : Node(world, "intake"),
        config_(BaseConfig("intake", directory)),
        key_(std::make_unique<crypto::HpkePrivateKey>(std::move(key))),
        token_key_(world.random.Bytes(32)),
        subject_keys_(world.random, world.fault) {
    config_.shards = {{config::CoreShard(kPartnership, kCorePartitions), OutTopics(agencies),
                       CoreInput(config::kIntakeTopic)}};
  }

  runtime::RuntimeConfig Config() const override { return config_; }
  std::unique_ptr<runtime::Service> MakeService() override {
    return std::make_unique<intake::IntakeApp>(
        intake::IntakeConfig{{{kPartnership, Pack()}}, kCorePartitions},
        intake::IntakeKeys{*key_, token_key_, subject_keys_, world_.random});
  }
  SlotFile* slots() override { return &subject_keys_; }

 protected:
  absl::Status BeforeOpen(How) override {
    if (!directory_key_gone_) return absl::OkStatus();
    key_ =
        std::make_unique<crypto::HpkePrivateKey>(crypto::HpkePrivateKey::Generate(world_.random));
    return absl::OkStatus();
  }
  absl::Status AfterOpen() override {
    uint64_t slots_in_use = 0;
    WM_RETURN_IF_ERROR(runtime().Read(config_.shards[0].id, [&](const runtime::View& view) {
      slots_in_use = intake::SlotsInUse(view);
    }));
    subject_keys_.Reopen(slots_in_use);
    return intake::FinishErasures(runtime(), config_.shards[0].id, subject_keys_);
  }
  runtime::EffectPerformer& effects() override { return effects_; }
  rpc::MethodTable Methods() override {
    rpc::MethodTable table;
    static_cast<intake::IntakeApp&>(*service_).AddMethods(runtime(), table);
    return table;
  }

 private:
  runtime::RuntimeConfig config_;
  std::unique_ptr<crypto::HpkePrivateKey> key_;
  const std::string token_key_;
  SlotFile subject_keys_;
  bool directory_key_gone_ = false;
  intake::KeyEffects effects_{subject_keys_, [this] {
                                directory_key_gone_ = true;
                                return absl::OkStatus();
                              }};
};

class RiskNode : public Node {
 public:
  RiskNode(World& world, const config::Partnership& directory)
      : Node(world, "risk"), config_(BaseConfig("risk", directory)) {
    config_.shards = {{config::CoreShard(kPartnership, kCorePartitions),
                       {CoreInput(config::kIntakeTopic)},
                       CoreInput(config::kRiskTopic)}};
  }

  runtime::RuntimeConfig Config() const override { return config_; }
  std::unique_ptr<runtime::Service> MakeService() override {
    return std::make_unique<risk::RiskApp>(
        std::map<std::string, std::shared_ptr<const pack::Pack>>{{kPartnership, Pack()}});
  }

 protected:
  rpc::MethodTable Methods() override { return {}; }

 private:
  runtime::RuntimeConfig config_;
};

class CasemgrNode : public Node {
 public:
  CasemgrNode(World& world, const config::Partnership& directory,
              const std::vector<std::string>& agencies, crypto::SigningKey key)
      : Node(world, "casemgr"),
        config_(BaseConfig("casemgr", directory)),
        agencies_(agencies),
        signer_(std::move(key)) {
    runtime::ShardConfig shard{config::CoreShard(kPartnership, kCorePartitions),
                               OutTopics(agencies), CoreInput(config::kCasemgrTopic)};
    shard.inputs.push_back(CoreInput(config::kIntakeTopic));
    shard.inputs.push_back(CoreInput(config::kRiskTopic));
    config_.shards = {std::move(shard)};
  }

  runtime::RuntimeConfig Config() const override { return config_; }
  std::unique_ptr<runtime::Service> MakeService() override {
    return casemgr::MakeCasemgr(
        {{{kPartnership, Pack(), Agreements(), agencies_}}, kCorePartitions});
  }

 protected:
  rpc::MethodTable Methods() override {
    rpc::MethodTable table;
    static_cast<casemgr::CasemgrApp&>(*service_).AddMethods(runtime(), table);
    return table;
  }
  runtime::RecordSigner& signer() override { return signer_; }

 private:
  runtime::RuntimeConfig config_;
  const std::vector<std::string> agencies_;
  trust::KeyRecordSigner signer_;
};

struct MemberKeys {
  std::shared_ptr<const crypto::SigningKey> signing, audit, witness;
  std::shared_ptr<const crypto::HpkePrivateKey> sealing;
};

std::shared_ptr<const crypto::SigningKey> SigningKey(World& world) {
  return std::make_shared<const crypto::SigningKey>(crypto::SigningKey::Generate(world.random));
}

config::Partnership Directory(const std::map<std::string, MemberKeys>& keys,
                              const crypto::SigningKey& casemgr, const std::string& intake) {
  config::Partnership directory;
  directory.id = kPartnership;
  directory.trust_domain = kTrustDomain;
  directory.core_partitions = kCorePartitions;
  directory.intake.sealing_key = intake;
  directory.casemgr.signing_key = casemgr.verify_key().bytes();
  for (const auto& [agency, own] : keys) {
    config::Member member;
    member.agency = agency;
    member.signing_key = own.signing->verify_key().bytes();
    member.sealing_key = own.sealing->public_key();
    member.audit_key = own.audit->verify_key().bytes();
    member.witness_key = own.witness->verify_key().bytes();
    directory.members.push_back(std::move(member));
  }
  return directory;
}

sharing::Membership MembershipOf(World& world, const std::string& agency,
                                 const std::map<std::string, MemberKeys>& keys,
                                 const std::string& linkage_key, const std::string& intake) {
  sharing::Membership membership;
  membership.partnership = kPartnership;
  membership.trust_domain = kTrustDomain;
  membership.agency = agency;
  membership.pack = Pack();
  membership.agreements = Agreements();
  membership.linkage_keys = {{1, linkage_key}};
  membership.local_key = world.random.Bytes(32);
  membership.signing_key = keys.at(agency).signing;
  membership.audit_key = keys.at(agency).audit;
  membership.witness_key = keys.at(agency).witness;
  membership.sealing_key = keys.at(agency).sealing;
  membership.intake_sealing_key = intake;
  for (const auto& [other, own] : keys) {
    membership.peers.emplace(
        other, sharing::Peer{other, "", own.signing->verify_key(), own.sealing->public_key(),
                             own.audit->verify_key(), own.witness->verify_key()});
  }
  membership.random = &world.random;
  return membership;
}

}  // namespace

Partnership::Partnership(World& world, std::vector<std::string> agencies)
    : world_(world), agencies_(std::move(agencies)) {
  std::map<std::string, MemberKeys> keys;
  for (const std::string& agency : agencies_) {
    keys[agency] = {SigningKey(world), SigningKey(world), SigningKey(world),
                    std::make_shared<const crypto::HpkePrivateKey>(
                        crypto::HpkePrivateKey::Generate(world.random))};
  }
  crypto::SigningKey casemgr = crypto::SigningKey::Generate(world.random);
  crypto::HpkePrivateKey intake = crypto::HpkePrivateKey::Generate(world.random);
  const std::string intake_key = intake.public_key();
  directory_ = Directory(keys, casemgr, intake_key);
  verifier_ = trust::DirectoryRecordVerifier::Make({directory_}).value();
  world.verifier = verifier_.get();
  for (const auto& [topic, partitions] : config::AllTopics(directory_)) {
    WM_CHECK(world.log.EnsureTopic(topic, partitions).ok(), topic);
  }
  core_.push_back(std::make_unique<IntakeNode>(world, directory_, agencies_, std::move(intake)));
  core_.push_back(std::make_unique<RiskNode>(world, directory_));
  core_.push_back(std::make_unique<CasemgrNode>(world, directory_, agencies_, std::move(casemgr)));
  for (const auto& node : core_) all_.push_back(node.get());
  const std::string linkage_key = world.random.Bytes(32);
  std::map<std::string, GatewayNode*> gateways;
  for (const std::string& agency : agencies_) {
    sharing::Membership membership = MembershipOf(world, agency, keys, linkage_key, intake_key);
    runtime::RuntimeConfig config = BaseConfig(config::GatewaySource(agency), directory_);
    config.shards = {{membership.Shard(), membership.Inputs(), std::nullopt}};
    config.request_digest_key =
        crypto::DeriveKey(membership.local_key, "waymark-request-digest-v1");
    auto node = std::make_unique<GatewayNode>(world, std::move(membership), std::move(config));
    gateways[agency] = node.get();
    all_.push_back(node.get());
    gateways_[agency] = std::move(node);
  }
  for (const auto& [agency, node] : gateways) node->Connect(*core_[0], *core_[2], gateways);
}

Partnership::~Partnership() {
  for (Node* node : all_) node->Die("the end of the run");
  world_.network.Forget();
}

std::string Partnership::CoreShard() const {
  return config::CoreShard(kPartnership, kCorePartitions);
}

absl::Status Partnership::StartAll() {
  for (Node* node : all_) {
    if (node->up()) continue;
    const absl::Status started = node->Start();
    if (!started.ok()) {
      return absl::InternalError(
          absl::StrCat(node->name(), " does not start: ", started.ToString()));
    }
  }
  return absl::OkStatus();
}

bool Partnership::RunUntilIdle() {
  for (int round = 0; round < kRoundsMax; ++round) {
    bool busy = world_.network.Deliver();
    for (Node* node : all_) busy = node->Step() || busy;
    if (!busy) return true;
  }
  return false;
}

bool Partnership::RunFor(absl::Duration by, const std::function<void()>& between) {
  const absl::Time until = world_.clock.Now() + by;
  for (int halt = 0; halt < kHaltsMax; ++halt) {
    if (!RunUntilIdle()) return false;
    between();
    if (world_.clock.Now() >= until) return true;
    absl::Time next = std::min(until, world_.network.next_due());
    for (const Node* node : all_) next = std::min(next, node->next_due());
    // What is due and was not done waits for something else.
    world_.clock.AdvanceTo(
        std::min(until, std::max(next, world_.clock.Now() + absl::Milliseconds(20))));
  }
  return false;
}

void Partnership::Tick() {
  for (Node* node : all_) node->Tick();
}

}  // namespace waymark::simulation
