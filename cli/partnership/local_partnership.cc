#include "cli/partnership/local_partnership.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cli/partnership/keys.h"
#include "cli/partnership/local_repair.h"
#include "cli/partnership/operator_service.h"
#include "libs/config/all_topics.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/calendar/civil.h"
#include "libs/config/agreement_loader.h"
#include "libs/config/load_pack.h"
#include "libs/config/topics.h"
#include "libs/crypto/key_file.h"
#include "libs/crypto/slot_keys.h"
#include "libs/eventlog/embedded_log.h"
#include "libs/rpc/channel.h"
#include "libs/store/rocks_store.h"
#include "libs/trust/person_trust.h"
#include "libs/trust/record_trust.h"
#include "services/casemgr/casemgr_service.h"
#include "services/intake/adapters/index.h"
#include "services/intake/app/intake_app.h"
#include "services/risk/app/risk_app.h"
#include "services/sharing/gateway_service.h"

namespace waymark::cli {
namespace {

using config::Partnership;
using rpc::Principal;

absl::StatusOr<std::shared_ptr<const agreement::Evaluator>> LoadEvaluator(
    const Partnership& partnership) {
  std::vector<crypto::PartyKey> keys;
  for (const config::Member& member : partnership.members) {
    WM_ASSIGN_OR_RETURN(auto key, crypto::VerifyKey::FromBytes(member.signing_key));
    keys.push_back({member.agency, std::move(key)});
  }
  std::vector<config::AgreementFiles> files;
  files.push_back({partnership.baseline, partnership.baseline + ".signatures"});
  for (const std::string& path : partnership.agreements) {
    files.push_back({path, path + ".signatures"});
  }
  WM_ASSIGN_OR_RETURN(agreement::Evaluator evaluator, config::LoadAgreements(files, keys));
  return std::make_shared<const agreement::Evaluator>(std::move(evaluator));
}

}  // namespace

// Members are destroyed from the last to the first: servers and runtimes before what they use.
class LocalPartnership::Impl {
 public:
  explicit Impl(const LocalOptions& options)
      : layout_(options.layout),
        decision_clock_(options.decision_clock),
        real_clock_(options.real_clock),
        listen_(options.listen),
        rebuild_(options.rebuild) {}

  absl::Status Open();
  absl::StatusOr<bool> StepOnce();
  absl::Status Start();
  void Stop(absl::Duration deadline);

  Partnership directory;
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
  absl::Status OpenOperator();
  absl::Status OpenPart(PartConfig config, std::unique_ptr<runtime::Service> service,
                        runtime::RecordSigner& signer, runtime::EffectPerformer& effects);
  absl::StatusOr<sharing::Membership> MakeMembership(const config::Member& member);
  absl::StatusOr<std::shared_ptr<rpc::Channel>> Connect(const Principal& caller, const Home& home,
                                                        const std::string& endpoint,
                                                        const Principal& server);
  PartConfig CoreConfig(const std::string& service, const std::string& endpoint) const;
  std::vector<eventlog::TopicPartition> CoreInput(std::string_view topic) const;
  runtime::RuntimeConfig BaseRuntime(std::string source) const;
  rpc::EndpointConfig EndpointOf(const std::string& agency) const;

  const Layout layout_;
  Clock& decision_clock_;
  Clock& real_clock_;
  const bool listen_;
  const std::string rebuild_;

  SystemRandom random_;
  NoEffects no_effects_;
  LocalRepair repair_;
  std::shared_ptr<const agreement::Evaluator> agreements_;
  std::unique_ptr<store::Store> log_store_;
  std::unique_ptr<eventlog::EmbeddedLog> log_;
  std::unique_ptr<trust::DirectoryRecordVerifier> verifier_;

  // Intake's secrets.
  std::unique_ptr<crypto::HpkePrivateKey> intake_key_;
  crypto::FileSlotKeys subject_keys_;
  // Of every process that signs what it publishes.
  std::vector<std::unique_ptr<trust::KeyRecordSigner>> signers_;
  // Of each gateway.
  std::vector<std::unique_ptr<trust::TokenPersonVerifier>> persons_;
  std::vector<std::unique_ptr<sharing::Memberships>> memberships_;
  std::vector<std::unique_ptr<sharing::GatewayWorld>> gateway_worlds_;

  std::unique_ptr<OperatorDesk> operator_;
};

absl::Status LocalPartnership::Impl::OpenDirectory() {
  WM_RETURN_IF_ERROR(calendar::CheckTimeZoneData());
  WM_ASSIGN_OR_RETURN(directory, config::LoadPartnership(layout_.PartnershipFile()));
  WM_ASSIGN_OR_RETURN(pack, config::LoadPack(directory.pack, layout_.Packs()));
  for (const config::Member& member : directory.members) {
    if (pack->FindAgency(member.agency) == nullptr) {
      return absl::InvalidArgumentError(
          absl::StrCat(layout_.PartnershipFile(), ": member ", member.agency,
                       " is no agency of pack ", pack->name, "; add it to the pack or remove it"));
    }
  }
  WM_ASSIGN_OR_RETURN(agreements_, LoadEvaluator(directory));
  WM_ASSIGN_OR_RETURN(verifier_, trust::DirectoryRecordVerifier::Make({directory}));
  return absl::OkStatus();
}

absl::Status LocalPartnership::Impl::OpenLog() {
  WM_ASSIGN_OR_RETURN(
      log_store_, store::OpenRocksStore(layout_.Log(), eventlog::EmbeddedLog::ColumnFamilies()));
  WM_ASSIGN_OR_RETURN(log_, eventlog::EmbeddedLog::Open(log_store_.get(), &real_clock_,
                                                        {MemberTopicRetention()}));
  for (const auto& [topic, partitions] : config::AllTopics(directory)) {
    WM_RETURN_IF_ERROR(log_->EnsureTopic(topic, partitions));
  }
  return absl::OkStatus();
}

runtime::RuntimeConfig LocalPartnership::Impl::BaseRuntime(std::string source) const {
  runtime::RuntimeConfig config;
  config.source = std::move(source);
  config.topics = config::AllTopics(directory);
  for (std::string_view topic : {config::kIntakeTopic, config::kRiskTopic, config::kCasemgrTopic}) {
    config.core_topics.emplace(topic);
  }
  return config;
}

std::vector<eventlog::TopicPartition> LocalPartnership::Impl::CoreInput(
    std::string_view topic) const {
  return {{std::string(topic), config::CorePartition(directory.id, directory.core_partitions)}};
}

PartConfig LocalPartnership::Impl::CoreConfig(const std::string& service,
                                              const std::string& endpoint) const {
  const Home home = layout_.Core(service);
  return {"waymark-" + service, "",          endpoint, home.Store(), home.Tls(),
          BaseRuntime(service)};
}

rpc::EndpointConfig LocalPartnership::Impl::EndpointOf(const std::string& agency) const {
  rpc::EndpointConfig config;
  config.trust_domain = directory.trust_domain;
  config.own_agency = agency;
  return config;
}

absl::Status LocalPartnership::Impl::OpenPart(PartConfig config,
                                              std::unique_ptr<runtime::Service> service,
                                              runtime::RecordSigner& signer,
                                              runtime::EffectPerformer& effects) {
  const bool rebuild = config.agency.empty() && config.program == "waymark-" + rebuild_;
  const std::string source = config.runtime.source;
  WM_ASSIGN_OR_RETURN(
      std::unique_ptr<Part> part,
      Part::Open(std::move(config), std::move(service),
                 {*log_, repair_, decision_clock_, signer, *verifier_, effects},
                 rebuild ? Part::Start::kRebuild : Part::Start::kOpen));
  repair_.Add(source, part->runtime());
  parts.push_back(std::move(part));
  return absl::OkStatus();
}

absl::Status LocalPartnership::Impl::OpenIntake() {
  const Home home = layout_.Core("intake");
  WM_ASSIGN_OR_RETURN(auto sealing_key, ReadSealingKey(home.Key(kSealingKey)));
  intake_key_ = std::make_unique<crypto::HpkePrivateKey>(std::move(sealing_key));
  WM_ASSIGN_OR_RETURN(std::string token_key, ReadSecret(home.Key(kTokenKey)));
  const crypto::KeyFileOptions slots{home.SlotKeys("subject-keys"), home.SlotKeys("subject-keys"),
                                     1024};
  // A rebuild folds the journal, which needs the keys before the store can say how many there are.
  if (rebuild_ == "intake") WM_RETURN_IF_ERROR(subject_keys_.Bind(slots, 0, random_));

  PartConfig config = CoreConfig("intake", directory.intake.endpoint);
  const std::string shard_id = config::CoreShard(directory.id, directory.core_partitions);
  runtime::ShardConfig shard{shard_id, {}, {}};
  for (const config::Member& member : directory.members) {
    shard.inputs.push_back({config::MemberOutTopic(directory.id, member.agency), 0});
  }
  shard.journal = CoreInput(config::kIntakeTopic).front();
  config.runtime.shards = {std::move(shard)};
  auto app = std::make_unique<intake::IntakeApp>(
      intake::IntakeConfig{{{directory.id, pack}}, directory.core_partitions},
      intake::IntakeKeys{*intake_key_, std::move(token_key), subject_keys_, random_});
  const intake::IntakeApp& methods = *app;
  WM_RETURN_IF_ERROR(
      OpenPart(std::move(config), std::move(app), runtime::RefusingSigner(), no_effects_));
  runtime::Runtime& runtime = parts.back()->runtime();
  uint64_t slots_in_use = 0;
  WM_RETURN_IF_ERROR(runtime.Read(shard_id, [&](const runtime::View& view) {
    slots_in_use = intake::SlotsInUse(view);
  }));
  WM_RETURN_IF_ERROR(subject_keys_.Bind(slots, slots_in_use, random_));
  rpc::MethodTable table;
  methods.AddMethods(runtime, table);
  parts.back()->Offer(EndpointOf(""), std::move(table), nullptr, real_clock_);
  return absl::OkStatus();
}

absl::Status LocalPartnership::Impl::OpenRisk() {
  PartConfig config = CoreConfig("risk", directory.risk.endpoint);
  config.runtime.shards = {{config::CoreShard(directory.id, directory.core_partitions),
                            CoreInput(config::kIntakeTopic),
                            CoreInput(config::kRiskTopic).front()}};
  auto app = std::make_unique<risk::RiskApp>(
      std::map<std::string, std::shared_ptr<const pack::Pack>>{{directory.id, pack}});
  WM_RETURN_IF_ERROR(
      OpenPart(std::move(config), std::move(app), runtime::RefusingSigner(), no_effects_));
  parts.back()->Offer(EndpointOf(""), rpc::MethodTable(), nullptr, real_clock_);
  return absl::OkStatus();
}
