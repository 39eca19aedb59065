#include "services/sharing/testing/sharing_world.h"

#include <fstream>
#include <sstream>
#include <utility>

#include "libs/base/bytes.h"
#include "libs/base/check.h"
#include "libs/config/agreement_loader.h"
#include "libs/config/load_pack.h"
#include "libs/config/topics.h"
#include "libs/crypto/slot_keys.h"
#include "services/sharing/adapters/audit_note.h"

namespace waymark::sharing {
namespace {

constexpr const char* kPartnership = GatewayWorld::kPartnership;
constexpr const char* kTrustDomain = "fenland.waymark";
constexpr const char* kSubscribe = "/waymark.gateway.v1.AlertService/SubscribeAlerts";

agreement::Agreement ReadAgreement(const std::string& file) {
  std::ifstream stream(file);
  std::stringstream text;
  text << stream.rdbuf();
  return config::ParseAgreement(text.str(), file).value();
}

// Believes a token "role:subject" of its own agency.
class AgencyTokens : public rpc::PersonVerifier {
 public:
  explicit AgencyTokens(std::string agency) : agency_(std::move(agency)) {}
  absl::StatusOr<rpc::Person> Verify(std::string_view token) override {
    const size_t colon = token.find(':');
    if (colon == std::string_view::npos) return absl::UnauthenticatedError("no such token");
    return rpc::Person{agency_, std::string(token.substr(colon + 1)),
                       std::string(token.substr(0, colon)), "jti-1"};
  }

 private:
  std::string agency_;
};

// Notes what the gateway decides.
class Watched : public runtime::Service {
 public:
  Watched(GatewayApp& app, std::string agency, std::vector<Decided>& decided)
      : app_(app), agency_(std::move(agency)), decided_(decided) {}
  std::vector<std::string> DomainColumnFamilies() const override {
    return app_.DomainColumnFamilies();
  }
  absl::StatusOr<runtime::Decision> Decide(const runtime::View& view, const runtime::Input& input,
                                           runtime::Context& context) override {
    absl::StatusOr<runtime::Decision> decision = app_.Decide(view, input, context);
    if (!decision.ok() || !decision->refusal.ok()) return decision;
    Decided one{agency_, input.type, {}, {}};
    for (const runtime::Event& event : decision->events) {
      gateway::v1::AuditNoted noted;
      gateway::v1::AuditEntry entry;
      if (event.type != kAuditNoted) {
        one.events.push_back(event.type);
      } else if (noted.ParseFromString(event.payload) && entry.ParseFromString(noted.entry())) {
        one.leaves.push_back(entry.what());
      }
    }
    decided_.push_back(std::move(one));
    return decision;
  }
  absl::Status Evolve(const runtime::View& view, const runtime::Event& event,
                      const runtime::EventContext& context, runtime::Changes& changes) override {
    return app_.Evolve(view, event, context, changes);
  }

 private:
  GatewayApp& app_;
  const std::string agency_;
  std::vector<Decided>& decided_;
};

}  // namespace

void CutChannel::Call(const std::string& path, std::string request, const rpc::CallOptions& options,
                      std::function<void(absl::StatusOr<std::string>)> done) {
  ++calls;
  if (cut) return done(absl::UnavailableError("the line is cut"));
  to_->Call(path, std::move(request), options, std::move(done));
}

std::shared_ptr<rpc::RawClientStream> CutChannel::Open(const std::string& path,
                                                       const rpc::CallOptions& options) {
  return to_->Open(path, options);
}

std::string Postman::Letter(const std::string& topic, const std::string& type,
                            const std::string& payload) {
  return KeyBuilder().Text(topic).Text(type).Text(payload).Take();
}

absl::StatusOr<runtime::Decision> Postman::Decide(const runtime::View&, const runtime::Input& input,
                                                  runtime::Context&) {
  runtime::Decision decision;
  decision.events = {{"letter", input.payload}};
  return decision;
}

absl::Status Postman::Evolve(const runtime::View&, const runtime::Event& event,
                             const runtime::EventContext&, runtime::Changes& changes) {
  KeyReader letter(event.payload);
  const std::string topic = letter.Text().value(), type = letter.Text().value();
  changes.Send({topic, 0}, type, letter.Text().value());
  return absl::OkStatus();
}

void Subscriber::ReadOn() {
  stream->Read([weak = weak_from_this()](
                   absl::StatusOr<std::optional<gateway::v1::SubscribeAlertsResponse>> item) {
    const auto self = weak.lock();
    if (self == nullptr) return;
    if (!item.ok()) {
      self->end = item.status();
    } else if (!item->has_value()) {
      self->end = absl::OkStatus();
    } else {
      self->got.push_back(**item);
      if (!self->paused) self->ReadOn();
    }
  });
}

std::vector<gateway::v1::Alert> Subscriber::alerts() const {
  std::vector<gateway::v1::Alert> found;
  for (const auto& message : got) {
    if (message.has_alert()) found.push_back(message.alert());
  }
  return found;
}

std::vector<gateway::v1::SubscribeAlertsResponse::Tombstone> Subscriber::tombstones() const {
  std::vector<gateway::v1::SubscribeAlertsResponse::Tombstone> found;
  for (const auto& message : got) {
    if (message.has_tombstone()) found.push_back(message.tombstone());
  }
  return found;
}

int Subscriber::heartbeats() const {
  int count = 0;
  for (const auto& message : got) count += message.has_heartbeat() ? 1 : 0;
  return count;
}

struct SharingWorld::Node {
  explicit Node(const std::string& agency, telemetry::Alarms& alarms)
      : tokens(agency), effects(MakeGatewayEffects(memberships, streams, alarms, peers, &core)) {}
  Memberships memberships;
  std::map<std::string, CoreChannels> core;
  PeerChannels peers;
  std::map<std::string, std::shared_ptr<CutChannel>> lines;
  AlertStreams streams;
  AgencyTokens tokens;
  std::unique_ptr<runtime::EffectPerformer> effects;
  std::unique_ptr<GatewayApp> app;
  std::unique_ptr<Watched> watched;
  std::unique_ptr<store::MemoryStore> store;
  std::unique_ptr<runtime::Runtime> runtime;
  std::shared_ptr<rpc::Endpoint> endpoint;
};

struct SharingWorld::Post_ {
  Postman service;
  std::unique_ptr<store::MemoryStore> store;
  std::unique_ptr<runtime::Runtime> runtime;
};

std::vector<agreement::Agreement> SharingWorld::FenlandAgreements() {
  return {ReadAgreement("agreements/fenland-baseline.yaml"),
          ReadAgreement("agreements/fenland-isa.yaml")};
}

SharingWorld::SharingWorld(std::vector<std::string> agencies)
    : clock(absl::FromUnixSeconds(1'760'000'000)), agencies_(std::move(agencies)) {
  const auto pack = config::LoadPack("fenland", "packs").value();
  const auto agreements = std::make_shared<const agreement::Evaluator>(
      config::CompileOrStatus(FenlandAgreements(), {.require_signatures = false}).value());
  std::map<std::string, sharing::Peer> peers;
  for (const std::string& agency : agencies_) {
    for (const std::string& topic : {config::MemberOutTopic(kPartnership, agency),
                                     config::MemberInboxTopic(kPartnership, agency),
                                     config::MemberAuditTopic(kPartnership, agency)}) {
      WM_CHECK(log.EnsureTopic(topic, 1).ok(), "topic");
    }
    Membership membership;
    membership.partnership = kPartnership;
    membership.trust_domain = kTrustDomain;
    membership.agency = agency;
    membership.pack = pack;
    membership.agreements = agreements;
    membership.linkage_keys = {{1, std::string(32, 'k')}};
    membership.local_key = random.Bytes(32);
    membership.person_keys = std::make_shared<crypto::MemorySlotKeys>(random);
    membership.signing_key =
        std::make_shared<const crypto::SigningKey>(crypto::SigningKey::Generate(random));
    membership.audit_key =
        std::make_shared<const crypto::SigningKey>(crypto::SigningKey::Generate(random));
    membership.witness_key =
        std::make_shared<const crypto::SigningKey>(crypto::SigningKey::Generate(random));
    membership.sealing_key =
        std::make_shared<const crypto::HpkePrivateKey>(crypto::HpkePrivateKey::Generate(random));
    membership.intake_sealing_key = crypto::HpkePrivateKey::Generate(random).public_key();
    membership.random = &random;
    peers.emplace(agency, sharing::Peer{agency, "", membership.signing_key->verify_key(),
                                        membership.sealing_key->public_key(),
                                        membership.audit_key->verify_key(),
                                        membership.witness_key->verify_key()});
    nodes_[agency] = std::make_unique<Node>(agency, alarms);
    nodes_[agency]->memberships.emplace(kPartnership, std::move(membership));
  }
  for (const std::string& agency : agencies_) {
    MembershipOf(agency).peers = peers;
    OpenNode(agency);
  }
  for (const std::string& from : agencies_) {
    for (const std::string& to : agencies_) {
      if (from == to) continue;
      auto line = std::make_shared<CutChannel>(GatewayTo(from, to));
      At(from).lines[to] = line;
      At(from).peers[kPartnership][to] = line;
    }
  }
  Run();
}

SharingWorld::~SharingWorld() = default;

void SharingWorld::OpenNode(const std::string& agency) {
  Node& node = At(agency);
  node.app = MakeGateway({node.memberships, node.core, node.peers, node.streams});
  std::vector<std::string> families = node.app->DomainColumnFamilies();
  for (std::string& family : runtime::RuntimeColumnFamilies()) {
    families.push_back(std::move(family));
  }
  if (node.store == nullptr) node.store = std::make_unique<store::MemoryStore>(families);
  node.watched = std::make_unique<Watched>(*node.app, agency, decided);
  const Membership& membership = MembershipOf(agency);
  runtime::RuntimeConfig config;
  config.source = config::GatewaySource(agency);
  config.shards = {{membership.Shard(), membership.Inputs(), std::nullopt}};
  config.topics = {{membership.Out().topic, 1}};
  for (const std::string& other : agencies_) {
    config.topics[membership.InboxOf(other).topic] = 1;
    config.topics[membership.AuditOf(other).topic] = 1;
  }
  node.runtime =
      std::make_unique<runtime::Runtime>(config, runtime::RuntimeDeps{.store = *node.store,
                                                                      .log = log,
                                                                      .service = *node.watched,
                                                                      .effects = *node.effects,
                                                                      .signer = signer_,
                                                                      .verifier = signer_,
                                                                      .repair = repair_,
                                                                      .clock = clock,
                                                                      .alarms = alarms});
  const absl::Status opened = node.runtime->Open();
  WM_CHECK(opened.ok(), opened.ToString());
  harness_.Add(*node.runtime);
  rpc::MethodTable table;
  node.app->AddMethods({*node.runtime, clock, node.memberships}, table);
  rpc::EndpointConfig edge;
  edge.trust_domain = kTrustDomain;
  edge.own_agency = agency;
  node.endpoint = rpc::Endpoint::Create(edge, std::move(table), &node.tokens, clock);
  node.endpoint->SetAllServing(true);
  ActivateAgreements(*node.runtime, node.memberships,
                     [](const absl::Status& status) { WM_CHECK(status.ok(), status.ToString()); });
}

void SharingWorld::Pause(const std::string& agency) { harness_.Remove(*At(agency).runtime); }

void SharingWorld::Resume(const std::string& agency) {
  harness_.Add(*At(agency).runtime);
  Run();
}

std::vector<std::string> SharingWorld::Methods(const std::string& agency) {
  std::vector<std::string> paths;
  for (const rpc::MethodInfo& method : At(agency).endpoint->table().List()) {
    if (method.path.starts_with("/waymark.")) paths.push_back(method.path);
  }
  return paths;
}

std::vector<std::string> SharingWorld::InputTypes(const std::string& agency) {
  return At(agency).app->InputTypes();
}

store::MemoryStore& SharingWorld::StoreOf(const std::string& agency) { return *At(agency).store; }

void SharingWorld::Restart(const std::string& agency, std::unique_ptr<store::MemoryStore> disk) {
  Node& node = At(agency);
  harness_.Remove(*node.runtime);
  if (disk == nullptr) disk = node.store->Crash();
  node.endpoint.reset();
  node.runtime.reset();
  node.watched.reset();
  node.app.reset();
  node.store = std::move(disk);
  OpenNode(agency);
  for (const std::string& from : agencies_) {
    if (from != agency) At(from).lines.at(agency)->SetTo(GatewayTo(from, agency));
  }
}

void SharingWorld::StartAudit() {
  for (const std::string& agency : agencies_) StartAudit(agency);
}

void SharingWorld::StartAudit(const std::string& agency) {
  std::optional<gateway::v1::AuditFinding> found;
  Read(agency, [&](const runtime::View& view) {
    found = CheckBeforeServing(MembershipOf(agency), view, log, clock.Now()).value();
  });
  sharing::StartAudit(*At(agency).runtime, MembershipOf(agency), found);
  Run();
}

void SharingWorld::OpenPostman(const std::string& source) {
  auto post = std::make_unique<Post_>();
  post->store = std::make_unique<store::MemoryStore>(runtime::RuntimeColumnFamilies());
  runtime::RuntimeConfig config;
  config.source = source;
  config.shards = {{"post-" + source, {}, std::nullopt}};
  for (const std::string& agency : agencies_) {
    config.topics[config::MemberInboxTopic(kPartnership, agency)] = 1;
    config.topics[config::MemberAuditTopic(kPartnership, agency)] = 1;
  }
  post->runtime =
      std::make_unique<runtime::Runtime>(config, runtime::RuntimeDeps{.store = *post->store,
                                                                      .log = log,
                                                                      .service = post->service,
                                                                      .effects = no_effects_,
                                                                      .signer = signer_,
                                                                      .verifier = signer_,
                                                                      .repair = repair_,
                                                                      .clock = clock,
                                                                      .alarms = alarms});
  const absl::Status opened = post->runtime->Open();
  WM_CHECK(opened.ok(), opened.ToString());
  harness_.Add(*post->runtime);
  postmen_[source] = std::move(post);
}

void SharingWorld::PostBytes(const std::string& source, const std::string& agency,
                             const std::string& type, const std::string& payload) {
  PostBytesTo(config::MemberInboxTopic(kPartnership, agency), source, type, payload);
}

void SharingWorld::PostBytesTo(const std::string& topic, const std::string& source,
                               const std::string& type, const std::string& payload) {
  if (postmen_.count(source) == 0) OpenPostman(source);
  runtime::Command command;
  command.principal = "test";
  command.method = "post";
  command.payload = Postman::Letter(topic, type, payload);
  const auto posted =
      harness_.Call(*postmen_.at(source)->runtime, "post-" + source, std::move(command));
  WM_CHECK(posted.ok(), posted.status().ToString());
}

std::shared_ptr<rpc::Channel> SharingWorld::System(const std::string& agency,
                                                   const std::string& system) {
  return rpc::LocalChannel::Create(At(agency).endpoint,
                                   rpc::Principal::System(kTrustDomain, agency, system), clock);
}

std::shared_ptr<rpc::Channel> SharingWorld::GatewayTo(const std::string& from,
                                                      const std::string& to) {
  return rpc::LocalChannel::Create(At(to).endpoint, rpc::Principal::Gateway(kTrustDomain, from),
                                   clock);
}

std::shared_ptr<Subscriber> SharingWorld::Subscribe(const std::string& agency,
                                                    const std::string& system,
                                                    const std::string& subscription,
                                                    const std::string& token,
                                                    const std::string& purpose) {
  auto subscriber = std::make_shared<Subscriber>();
  subscriber->stream =
      rpc::OpenBidi<gateway::v1::SubscribeAlertsRequest, gateway::v1::SubscribeAlertsResponse>(
          *System(agency, system), kSubscribe);
  gateway::v1::SubscribeAlertsRequest start;
  start.mutable_start()->set_partnership(kPartnership);
  start.mutable_start()->set_subscription(subscription);
  start.mutable_start()->set_resume_token(token);
  start.mutable_start()->set_purpose(purpose);
  subscriber->stream->Write(start, [](bool) {});
  subscriber->ReadOn();
  Run();
  return subscriber;
}

void SharingWorld::Confirm(Subscriber& subscriber, const std::string& token) {
  gateway::v1::SubscribeAlertsRequest receipt;
  receipt.mutable_receipt()->set_resume_token(token);
  subscriber.stream->Write(receipt, [](bool) {});
  Run();
}

void SharingWorld::Run() {
  const absl::Status ran = harness_.RunUntilIdle();
  WM_CHECK(ran.ok(), ran.ToString());
}

void SharingWorld::Advance(absl::Duration by) {
  const absl::Status ran = harness_.RunFor(by);
  WM_CHECK(ran.ok(), ran.ToString());
  for (const auto& [agency, node] : nodes_) node->streams.Tick(clock.Now());
  Run();
}

void SharingWorld::Load(const std::string& agency,
                        std::shared_ptr<const agreement::Evaluator> agreements) {
  MembershipOf(agency).agreements = std::move(agreements);
  ActivateAgreements(*At(agency).runtime, At(agency).memberships,
                     [](const absl::Status& status) { WM_CHECK(status.ok(), status.ToString()); });
  Run();
}

Membership& SharingWorld::MembershipOf(const std::string& agency) {
  return At(agency).memberships.begin()->second;
}

CutChannel& SharingWorld::Peer(const std::string& from, const std::string& to) {
  return *At(from).lines.at(to);
}

void SharingWorld::Read(const std::string& agency,
                        const std::function<void(const runtime::View&)>& read) {
  const absl::Status status = At(agency).runtime->Read(MembershipOf(agency).Shard(), read);
  WM_CHECK(status.ok(), status.ToString());
}

void SharingWorld::FinishErasures(const std::string& agency) {
  const absl::Status finished =
      sharing::FinishErasures(*At(agency).runtime, At(agency).memberships);
  WM_CHECK(finished.ok(), finished.ToString());
}

void SharingWorld::WatchIntakeKey(const std::string& agency, std::shared_ptr<rpc::Channel> intake) {
  Node& node = At(agency);
  node.core[GatewayWorld::kPartnership].intake = std::move(intake);
  sharing::WatchIntakeKey(*node.runtime, node.memberships);
}

std::vector<std::string> SharingWorld::Audited(const std::string& agency) {
  std::vector<std::string> entries;
  Read(agency, [&](const runtime::View& view) {
    for (uint64_t i = 0; i < AuditSize(view); ++i) {
      const auto leaf = OpenLeaf(MembershipOf(agency), view, i);
      entries.push_back(leaf ? leaf->entry.what() : "erased");
    }
  });
  return entries;
}

std::string SharingWorld::EverythingStored() {
  std::string all;
  for (const auto& [agency, node] : nodes_) {
    std::vector<std::string> families = node->app->DomainColumnFamilies();
    for (std::string& family : runtime::RuntimeColumnFamilies()) {
      families.push_back(std::move(family));
    }
    for (const std::string& family : families) {
      const absl::Status scanned =
          node->store->Scan(family, "", "", [&](std::string_view key, std::string_view value) {
            all.append(key).append("\n").append(value).append("\n");
            return true;
          });
      WM_CHECK(scanned.ok(), scanned.ToString());
    }
    for (const std::string& topic : {config::MemberOutTopic(kPartnership, agency),
                                     config::MemberInboxTopic(kPartnership, agency)}) {
      for (const eventlog::Record& record : log.Records({topic, 0})) {
        all.append(record.key).append("\n").append(record.value).append("\n");
        for (const eventlog::Header& header : record.headers) {
          all.append(header.value).append("\n");
        }
      }
    }
  }
  return all;
}

size_t SharingWorld::DeadLetters(const std::string& agency) {
  return At(agency).runtime->DeadLetters(MembershipOf(agency).Shard()).value().size();
}

}  // namespace waymark::sharing
