#include "cli/partnership/local_partnership.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "cli/partnership/gateway_world.h"
#include "cli/partnership/keys.h"
#include "cli/partnership/local_repair.h"
#include "cli/partnership/operator_service.h"
#include "cli/partnership/set_up.h"
#include "libs/base/rfc3339.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/calendar/civil.h"
#include "libs/config/agreement_loader.h"
#include "libs/config/all_topics.h"
#include "libs/config/load_pack.h"
#include "libs/config/topics.h"
#include "libs/crypto/key_file.h"
#include "libs/crypto/mac.h"
#include "libs/crypto/slot_keys.h"
#include "libs/eventlog/embedded_log.h"
#include "libs/rpc/channel.h"
#include "libs/rpc/token_verifier.h"
#include "libs/store/rocks_store.h"
#include "libs/trust/record_trust.h"
#include "services/casemgr/app/casemgr_app.h"
#include "services/casemgr/casemgr_service.h"
#include "services/intake/adapters/index.h"
#include "services/intake/app/intake_app.h"
#include "services/risk/app/risk_app.h"
#include "services/sharing/gateway_service.h"
#include "services/sharing/vault/adapters/vault_view.h"

namespace waymark::cli {
namespace {

using config::Partnership;
using rpc::Principal;

constexpr absl::Duration kMemberTopicRetention = absl::Hours(24 * 30);

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

// Nothing is shared under an agreement that has lapsed; a start that let it pass would hide that.
absl::Status CheckInForce(const agreement::Evaluator& agreements, const std::string& file,
                          absl::Time now) {
  for (const agreement::Agreement& agreement : agreements.agreements()) {
    if (!agreement.expires || now < *agreement.expires) continue;
    return absl::FailedPreconditionError(
        absl::StrCat("agreement ", agreement.id, " ", agreement.version, " expired at ",
                     FormatRfc3339(*agreement.expires),
                     "; have the parties sign a newer version and name it in ", file,
                     ", or take it out of there to go on under the statutory baseline alone"));
  }
  return absl::OkStatus();
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
  void Tick() {
    for (const auto& gateway : gateways_) gateway->streams.Tick(decision_clock_.Now());
  }
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
  // Once all gateways are open: each can ask the others for shares.
  absl::Status ConnectGateways();
  absl::Status OpenOperator();
  absl::Status OpenPart(PartConfig config, std::unique_ptr<runtime::Service> service,
                        runtime::RecordSigner& signer, runtime::EffectPerformer& effects);
  absl::StatusOr<sharing::CoreChannels> ConnectCore(const std::string& agency);
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
  std::vector<std::unique_ptr<rpc::TokenVerifier>> persons_;
  std::vector<std::unique_ptr<GatewayWorld>> gateways_;

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
  WM_RETURN_IF_ERROR(CheckInForce(*agreements_, layout_.PartnershipFile(), real_clock_.Now()));
  WM_ASSIGN_OR_RETURN(verifier_, trust::DirectoryRecordVerifier::Make({directory}));
  return absl::OkStatus();
}

absl::Status LocalPartnership::Impl::OpenLog() {
  WM_ASSIGN_OR_RETURN(
      log_store_, store::OpenRocksStore(layout_.Log(), eventlog::EmbeddedLog::ColumnFamilies()));
  eventlog::EmbeddedLogOptions options;
  options.retention = {{"waymark.member.", kMemberTopicRetention}};
  WM_ASSIGN_OR_RETURN(
      log_, eventlog::EmbeddedLog::Open(log_store_.get(), &decision_clock_, std::move(options)));
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
  return {"waymark-" + service, "", endpoint, home.Store(), home.Tls(), BaseRuntime(service)};
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
  WM_ASSIGN_OR_RETURN(std::unique_ptr<Part> part,
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
  WM_RETURN_IF_ERROR(runtime.Read(
      shard_id, [&](const runtime::View& view) { slots_in_use = intake::SlotsInUse(view); }));
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

absl::Status LocalPartnership::Impl::OpenCasemgr() {
  WM_ASSIGN_OR_RETURN(crypto::SigningKey key,
                      ReadSigningKey(layout_.Core("casemgr").Key(kSigningKey)));
  signers_.push_back(std::make_unique<trust::KeyRecordSigner>(std::move(key)));
  PartConfig config = CoreConfig("casemgr", directory.casemgr.endpoint);
  runtime::ShardConfig shard{config::CoreShard(directory.id, directory.core_partitions), {}, {}};
  shard.inputs = {CoreInput(config::kIntakeTopic).front(), CoreInput(config::kRiskTopic).front()};
  for (const config::Member& member : directory.members) {
    shard.inputs.push_back({config::MemberOutTopic(directory.id, member.agency), 0});
  }
  shard.journal = CoreInput(config::kCasemgrTopic).front();
  config.runtime.shards = {std::move(shard)};
  casemgr::CasemgrPartnership partnership{directory.id, pack, agreements_, {}};
  for (const config::Member& member : directory.members) {
    partnership.members.push_back(member.agency);
  }
  auto app = casemgr::MakeCasemgr({{std::move(partnership)}, directory.core_partitions});
  const casemgr::CasemgrApp& methods = *app;
  WM_RETURN_IF_ERROR(OpenPart(std::move(config), std::move(app), *signers_.back(), no_effects_));
  rpc::MethodTable table;
  methods.AddMethods(parts.back()->runtime(), table);
  parts.back()->Offer(EndpointOf(""), std::move(table), nullptr, real_clock_);
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<rpc::Channel>> LocalPartnership::Impl::Connect(
    const Principal& caller, const Home& home, const std::string& endpoint,
    const Principal& server) {
  if (!listen_) {
    for (const std::unique_ptr<Part>& part : parts) {
      if (part->config().endpoint != endpoint) continue;
      return std::shared_ptr<rpc::Channel>(
          rpc::LocalChannel::Create(part->endpoint(), caller, real_clock_));
    }
    return absl::NotFoundError(absl::StrCat("nothing of this process is at ", endpoint));
  }
  rpc::GrpcChannelConfig config;
  config.target = endpoint;
  config.tls_dir = home.Tls();
  config.expected_server = server;
  return rpc::ConnectGrpc(std::move(config));
}

absl::StatusOr<sharing::CoreChannels> LocalPartnership::Impl::ConnectCore(
    const std::string& agency) {
  const Principal self = Principal::Gateway(directory.trust_domain, agency);
  const Home home = layout_.Gateway(agency);
  sharing::CoreChannels core;
  WM_ASSIGN_OR_RETURN(core.intake, Connect(self, home, directory.intake.endpoint,
                                           Principal::Core(directory.trust_domain, "intake")));
  WM_ASSIGN_OR_RETURN(core.casemgr, Connect(self, home, directory.casemgr.endpoint,
                                            Principal::Core(directory.trust_domain, "casemgr")));
  return core;
}

absl::Status LocalPartnership::Impl::OpenGateway(const config::Member& member) {
  const Home home = layout_.Gateway(member.agency);
  auto world = std::make_unique<GatewayWorld>();
  world->person_keys = std::make_shared<crypto::FileSlotKeys>();
  WM_ASSIGN_OR_RETURN(sharing::Membership membership,
                      MakeMembership(layout_, directory, member, random_));
  membership.pack = pack;
  membership.agreements = agreements_;
  membership.person_keys = world->person_keys;
  const std::string shard_id = membership.Shard();
  PartConfig config{"waymark-gateway", member.agency,
                    member.endpoint,   home.Store(),
                    home.Tls(),        BaseRuntime(config::GatewaySource(member.agency))};
  config.runtime.shards = {{shard_id, {membership.Inbox()}, std::nullopt}};
  config.runtime.request_digest_key =
      crypto::DeriveKey(membership.local_key, "waymark-request-digest-v1");
  signers_.push_back(std::make_unique<trust::KeyRecordSigner>(*membership.signing_key));
  world->memberships.emplace(directory.id, std::move(membership));
  WM_ASSIGN_OR_RETURN(world->core[directory.id], ConnectCore(member.agency));

  auto app = sharing::MakeGateway({world->memberships, world->core, world->peers, world->streams});
  const sharing::GatewayApp& methods = *app;
  WM_RETURN_IF_ERROR(
      OpenPart(std::move(config), std::move(app), *signers_.back(), *world->effects));
  runtime::Runtime& runtime = parts.back()->runtime();
  uint64_t slots_in_use = 0;
  WM_RETURN_IF_ERROR(runtime.Read(shard_id, [&](const runtime::View& view) {
    slots_in_use = sharing::vault::SlotsInUse(view);
  }));
  const std::string slots = home.SlotKeys("person-keys");
  WM_RETURN_IF_ERROR(world->person_keys->Bind({slots, slots, 1024}, slots_in_use, random_));

  WM_ASSIGN_OR_RETURN(auto issuer_key, crypto::VerifyKey::FromBytes(member.token_issuer_key));
  rpc::TokenTrust trust;
  trust.issuer = member.token_issuer;
  trust.audience = config::GatewayAudience(member.agency);
  trust.agency = member.agency;
  trust.keys = crypto::MakeKeySet({issuer_key});
  persons_.push_back(std::make_unique<rpc::TokenVerifier>(std::move(trust), real_clock_));
  rpc::MethodTable table;
  methods.AddMethods({runtime, decision_clock_, world->memberships}, table);
  parts.back()->Offer(EndpointOf(member.agency), std::move(table), persons_.back().get(),
                      real_clock_);
  world->Activate(runtime, parts.back()->alarms());
  gateways_.push_back(std::move(world));
  return absl::OkStatus();
}

absl::Status LocalPartnership::Impl::ConnectGateways() {
  for (size_t i = 0; i < gateways_.size(); ++i) {
    const std::string& agency = directory.members[i].agency;
    for (const config::Member& peer : directory.members) {
      if (peer.agency == agency) continue;
      WM_ASSIGN_OR_RETURN(
          gateways_[i]->peers[directory.id][peer.agency],
          Connect(Principal::Gateway(directory.trust_domain, agency), layout_.Gateway(agency),
                  peer.endpoint, Principal::Gateway(directory.trust_domain, peer.agency)));
    }
  }
  return absl::OkStatus();
}

absl::Status LocalPartnership::Impl::Open() {
  WM_RETURN_IF_ERROR(OpenDirectory());
  WM_RETURN_IF_ERROR(OpenLog());
  WM_RETURN_IF_ERROR(OpenIntake());
  WM_RETURN_IF_ERROR(OpenRisk());
  WM_RETURN_IF_ERROR(OpenCasemgr());
  for (const config::Member& member : directory.members) {
    WM_RETURN_IF_ERROR(OpenGateway(member));
  }
  WM_RETURN_IF_ERROR(ConnectGateways());
  if (!listen_) return absl::OkStatus();
  for (const std::unique_ptr<Part>& part : parts) WM_RETURN_IF_ERROR(part->Listen());
  return OpenOperator();
}

absl::Status LocalPartnership::Impl::OpenOperator() {
  // Beside the first gateway's port, so that one setting moves all of them.
  const std::string& first = directory.members.front().endpoint;
  const size_t colon = first.rfind(':');
  int port = 0;
  if (!absl::SimpleAtoi(first.substr(colon + 1), &port)) {
    return absl::InvalidArgumentError(absl::StrCat(first, " has no port number"));
  }
  operator_endpoint = absl::StrCat(first.substr(0, colon + 1), OperatorPort(port - 1));
  WM_ASSIGN_OR_RETURN(operator_,
                      OperatorDesk::Listen({directory.id, directory.trust_domain, operator_endpoint,
                                            layout_.Operator("local").Tls()},
                                           parts, decision_clock_, real_clock_));
  return absl::OkStatus();
}

absl::StatusOr<bool> LocalPartnership::Impl::StepOnce() {
  bool busy = false;
  next_due = absl::InfiniteFuture();
  for (const std::unique_ptr<Part>& part : parts) {
    WM_ASSIGN_OR_RETURN(const runtime::StepReport report, part->runtime().Step());
    busy = busy || !report.idle();
    next_due = std::min(next_due, report.next_due);
  }
  return busy;
}

absl::Status LocalPartnership::Impl::Start() {
  for (const std::unique_ptr<Part>& part : parts) WM_RETURN_IF_ERROR(part->runtime().Start());
  return absl::OkStatus();
}

void LocalPartnership::Impl::Stop(absl::Duration deadline) {
  if (operator_ != nullptr) operator_->Drain(absl::ZeroDuration());
  // Doors first, then the engines: gateways before the core they ask.
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) (*part)->Drain(deadline);
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) (*part)->runtime().Stop(deadline);
}

LocalPartnership::LocalPartnership(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
LocalPartnership::~LocalPartnership() = default;

absl::StatusOr<std::unique_ptr<LocalPartnership>> LocalPartnership::Open(
    const LocalOptions& options) {
  auto impl = std::make_unique<Impl>(options);
  WM_RETURN_IF_ERROR(impl->Open());
  return std::unique_ptr<LocalPartnership>(new LocalPartnership(std::move(impl)));
}

absl::StatusOr<bool> LocalPartnership::StepOnce() { return impl_->StepOnce(); }
void LocalPartnership::Tick() { impl_->Tick(); }

absl::Status LocalPartnership::StepUntilIdle() {
  while (true) {
    WM_ASSIGN_OR_RETURN(const bool busy, impl_->StepOnce());
    if (!busy) return absl::OkStatus();
  }
}

absl::Time LocalPartnership::next_due() const { return impl_->next_due; }
absl::Status LocalPartnership::Start() { return impl_->Start(); }
void LocalPartnership::Stop(absl::Duration deadline) { impl_->Stop(deadline); }

absl::Status LocalPartnership::health() const {
  for (const std::unique_ptr<Part>& part : impl_->parts) {
    if (!part->runtime().healthy()) return part->runtime().failure();
  }
  return absl::OkStatus();
}

const config::Partnership& LocalPartnership::directory() const { return impl_->directory; }
const pack::Pack& LocalPartnership::pack() const { return *impl_->pack; }
const std::vector<std::unique_ptr<Part>>& LocalPartnership::parts() const { return impl_->parts; }
const std::string& LocalPartnership::operator_endpoint() const { return impl_->operator_endpoint; }

Part* LocalPartnership::FindPart(std::string_view name) const {
  for (const std::unique_ptr<Part>& part : impl_->parts) {
    const bool core = part->config().agency.empty() &&
                      part->config().program == absl::StrCat("waymark-", ToAbsl(name));
    if (core || (!name.empty() && part->config().agency == name)) return part.get();
  }
  return nullptr;
}

}  // namespace waymark::cli
