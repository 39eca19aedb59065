#include "services/sharing/testing/gateway_world.h"

#include <fstream>
#include <iterator>
#include <sstream>
#include <utility>

#include "libs/base/check.h"
#include "libs/config/agreement_loader.h"
#include "libs/config/load_pack.h"
#include "libs/config/topics.h"
#include "libs/crypto/hash.h"
#include "libs/runtime/cloud_event.h"
#include "services/sharing/adapters/times.h"
#include "services/sharing/door/adapters/decisions.h"
#include "services/sharing/door/adapters/door_room.h"
#include "services/sharing/vault/adapters/vault_room.h"

namespace waymark::sharing {
namespace {

constexpr const char* kTrustDomain = "fenland.waymark";

agreement::Agreement ReadAgreement(const std::string& file) {
  std::ifstream stream(file);
  std::stringstream text;
  text << stream.rdbuf();
  return config::ParseAgreement(text.str(), file).value();
}

std::shared_ptr<const agreement::Evaluator> Agreements() {
  std::vector<agreement::Agreement> all = {ReadAgreement("agreements/fenland-baseline.yaml"),
                                           ReadAgreement("agreements/fenland-isa.yaml")};
  return std::make_shared<const agreement::Evaluator>(
      config::CompileOrStatus(std::move(all), {.require_signatures = false}).value());
}

}  // namespace

absl::StatusOr<runtime::Signature> DigestSigner::Sign(std::string_view bytes) {
  return runtime::Signature{"test", crypto::Sha256(bytes)};
}

absl::Status DigestSigner::Verify(const eventlog::TopicPartition&, std::string_view,
                                  std::string_view bytes, const runtime::Signature& signature) {
  if (signature.bytes == crypto::Sha256(bytes)) return absl::OkStatus();
  return absl::PermissionDeniedError("the signature does not hold");
}

absl::StatusOr<rpc::Person> PlainTokens::Verify(std::string_view token) {
  const size_t colon = token.find(':');
  if (colon == std::string_view::npos) return absl::UnauthenticatedError("no such token");
  return rpc::Person{GatewayWorld::kAgency, std::string(token.substr(colon + 1)),
                     std::string(token.substr(0, colon)), "jti-" + std::to_string(++tokens_)};
}

absl::StatusOr<runtime::Decision> NudgedRoom::Decide(const Membership&, const runtime::View&,
                                                     const runtime::Input& input,
                                                     runtime::Context&) {
  gateway::v1::HighAssessed high;
  if (!high.ParseFromString(input.payload)) return absl::InvalidArgumentError("not a nudge");
  nudges.push_back(std::move(high));
  return runtime::Decision();
}

absl::Status NudgedRoom::Evolve(const Membership&, const runtime::View&, const runtime::Event&,
                                const runtime::EventContext&, runtime::Changes&) {
  return absl::InternalError("it has no events");
}

GatewayWorld::GatewayWorld()
    : clock(absl::FromUnixSeconds(1'760'000'000)),
      intake_key(crypto::HpkePrivateKey::Generate(random)) {
  Membership membership;
  membership.partnership = kPartnership;
  membership.trust_domain = kTrustDomain;
  membership.agency = kAgency;
  membership.pack = config::LoadPack("fenland", "packs").value();
  membership.agreements = Agreements();
  membership.linkage_keys = {{1, random.Bytes(32)}};
  membership.local_key = random.Bytes(32);
  membership.person_keys = std::make_shared<vault::MemoryPersonKeys>(random);
  membership.audit_key =
      std::make_shared<const crypto::SigningKey>(crypto::SigningKey::Generate(random));
  membership.witness_key =
      std::make_shared<const crypto::SigningKey>(crypto::SigningKey::Generate(random));
  membership.intake_sealing_key = intake_key.public_key();
  membership.random = &random;
  memberships.emplace(kPartnership, std::move(membership));
  WM_CHECK(log.EnsureTopic(config::MemberOutTopic(kPartnership, kAgency), 1).ok(), "topic");
  WM_CHECK(log.EnsureTopic(config::MemberInboxTopic(kPartnership, kAgency), 1).ok(), "topic");
  Open();
}

GatewayWorld::~GatewayWorld() = default;

void GatewayWorld::Open() {
  std::vector<std::unique_ptr<Room>> rooms;
  rooms.push_back(door::MakeDoorRoom(core));
  rooms.push_back(vault::MakeVaultRoom());
  auto nudged = std::make_unique<NudgedRoom>();
  duties = nudged.get();
  rooms.push_back(std::move(nudged));
  app = std::make_unique<GatewayApp>(memberships, std::move(rooms));
  if (!store) {
    std::vector<std::string> families = app->DomainColumnFamilies();
    for (std::string& family : runtime::RuntimeColumnFamilies()) {
      families.push_back(std::move(family));
    }
    store = std::make_unique<store::MemoryStore>(families);
  }
  runtime::RuntimeConfig config;
  config.source = config::GatewaySource(kAgency);
  config.shards = {{Shard(), {membership().Inbox()}, std::nullopt}};
  config.topics = {{membership().Out().topic, 1}, {membership().Inbox().topic, 1}};
  runtime = std::make_unique<runtime::Runtime>(config, runtime::RuntimeDeps{.store = *store,
                                                                            .log = log,
                                                                            .service = *app,
                                                                            .effects = effects_,
                                                                            .signer = signer_,
                                                                            .verifier = signer_,
                                                                            .repair = repair_,
                                                                            .clock = clock,
                                                                            .alarms = alarms});
  const absl::Status opened = runtime->Open();
  WM_CHECK(opened.ok(), opened.ToString());
  harness = std::make_unique<testing::RuntimeHarness>(clock);
  harness->Add(*runtime);
  rpc::MethodTable table;
  app->AddMethods({*runtime, clock, memberships}, table);
  rpc::EndpointConfig edge;
  edge.trust_domain = kTrustDomain;
  edge.own_agency = kAgency;
  endpoint = rpc::Endpoint::Create(edge, std::move(table), &tokens_, clock);
  endpoint->SetAllServing(true);
  channel = rpc::LocalChannel::Create(
      endpoint, rpc::Principal::System(kTrustDomain, kAgency, "records"), clock);
}

void GatewayWorld::CrashAndRestart() {
  std::unique_ptr<store::MemoryStore> disk = store->Crash();
  channel.reset();
  endpoint.reset();
  harness.reset();
  runtime.reset();
  app.reset();
  store = std::move(disk);
  Open();
}

void GatewayWorld::SetLogAway(bool away) {
  constexpr int kForLong = 1'000'000;
  log.FailNextAppends(away ? kForLong : 0, absl::UnavailableError("the log is away"));
}

void GatewayWorld::RunUntilIdle() {
  const absl::Status ran = harness->RunUntilIdle();
  WM_CHECK(ran.ok(), ran.ToString());
}

absl::StatusOr<gateway::v1::IncidentReceipt> GatewayWorld::Publish(
    const gateway::v1::Incident& incident) {
  gateway::v1::PublishIncidentRequest request;
  request.set_partnership(kPartnership);
  *request.mutable_incident() = incident;
  absl::StatusOr<gateway::v1::PublishIncidentResponse> response =
      Call<gateway::v1::PublishIncidentResponse>(door::kPublishIncident, request);
  if (!response.ok()) return response.status();
  return response->receipt();
}

std::vector<std::pair<std::string, std::string>> GatewayWorld::Sent() const {
  std::vector<std::pair<std::string, std::string>> sent;
  const eventlog::TopicPartition out{config::MemberOutTopic(kPartnership, kAgency), 0};
  for (const eventlog::Record& record : log.Records(out)) {
    const runtime::CloudEvent event = runtime::FromRecord(record).value();
    if (!event.type.starts_with(runtime::kReservedTypes)) {
      sent.emplace_back(event.type, event.payload);
    }
  }
  return sent;
}

std::string GatewayWorld::EverythingStored() const {
  std::string all;
  std::vector<std::string> families = app->DomainColumnFamilies();
  for (std::string& family : runtime::RuntimeColumnFamilies()) {
    families.push_back(std::move(family));
  }
  for (const std::string& family : families) {
    const absl::Status scanned =
        store->Scan(family, "", "", [&](std::string_view key, std::string_view value) {
          all.append(key).append("\n").append(value).append("\n");
          return true;
        });
    WM_CHECK(scanned.ok(), scanned.ToString());
  }
  for (const eventlog::Record& record :
       log.Records({config::MemberOutTopic(kPartnership, kAgency), 0})) {
    all.append(record.key).append("\n").append(record.value).append("\n");
    for (const eventlog::Header& header : record.headers) all.append(header.value).append("\n");
  }
  return all;
}

size_t GatewayWorld::Rows() const {
  size_t rows = 0;
  for (const std::string& family : app->DomainColumnFamilies()) {
    const absl::Status scanned =
        store->Scan(family, "", "", [&](std::string_view, std::string_view) {
          ++rows;
          return true;
        });
    WM_CHECK(scanned.ok(), scanned.ToString());
  }
  return rows;
}

void GatewayWorld::Read(const std::function<void(const runtime::View&)>& read) const {
  const absl::Status status = runtime->Read(config::MembershipShard(kPartnership, kAgency), read);
  WM_CHECK(status.ok(), status.ToString());
}

gateway::v1::Incident GoodIncident(const std::string& reference, absl::Time reported_at) {
  gateway::v1::Incident incident;
  incident.set_source_reference(reference);
  *incident.mutable_occurred_at() = ToProto(reported_at - absl::Minutes(10));
  *incident.mutable_reported_at() = ToProto(reported_at);
  incident.set_category(common::v1::CATEGORY_PERSONAL);
  incident.set_type("noise");
  incident.set_channel("call_101");
  gateway::v1::Party& party = *incident.add_parties();
  party.add_roles(common::v1::ROLE_CALLER);
  party.add_roles(common::v1::ROLE_VICTIM);
  gateway::v1::Identity& ann = *party.mutable_identity();
  ann.set_given_name("Annalise");
  ann.set_family_name("Canaryson");
  ann.set_date_of_birth("1961-04-30");
  ann.set_telephone("0113 496 0001");
  ann.set_email("annalise@canary.example.org");
  ann.mutable_address()->set_house("12a");
  ann.mutable_address()->set_street("Canary Lane");
  ann.mutable_address()->set_postcode("PE13 1AA");
  ann.mutable_address()->set_uprn("100090000001");
  ann.set_safe_contact("Text only after six, never ring");
  *incident.mutable_location() = ann.address();
  incident.set_lsoa("E01018043");
  incident.set_summary("Canaryneighbour shouts through the wall every night");
  incident.set_action_taken("advice");
  return incident;
}

}  // namespace waymark::sharing
