#include "services/sharing/testing/duties_world.h"

#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/config/agreement_loader.h"
#include "libs/config/load_pack.h"
#include "libs/config/topics.h"
#include "libs/runtime/cloud_event.h"
#include "services/sharing/duties/adapters/duties_view.h"

namespace waymark::sharing::duties {
namespace {

constexpr const char* kTrustDomain = "fenland.waymark";

std::shared_ptr<const agreement::Evaluator> Agreements() {
  std::vector<agreement::Agreement> all;
  for (const std::string file :
       {"agreements/fenland-baseline.yaml", "agreements/fenland-isa.yaml"}) {
    std::ifstream stream(file);
    std::stringstream text;
    text << stream.rdbuf();
    all.push_back(config::ParseAgreement(text.str(), file).value());
  }
  return std::make_shared<const agreement::Evaluator>(
      config::CompileOrStatus(std::move(all), {.require_signatures = false}).value());
}

}  // namespace

void FakeRegister::Call(const std::string& path, std::string request,
                        const rpc::CallOptions& options,
                        std::function<void(absl::StatusOr<std::string>)> done) {
  paths.push_back(path);
  requests.push_back(std::move(request));
  timeouts.push_back(options.timeout);
  done(answer);
}

absl::StatusOr<rpc::Person> AgencyTokens::Verify(std::string_view token) {
  const size_t colon = token.find(':');
  if (colon == std::string_view::npos) return absl::UnauthenticatedError("no such token");
  return rpc::Person{agency_, std::string(token.substr(colon + 1)),
                     std::string(token.substr(0, colon)), "jti-1"};
}

DutiesWorld::DutiesWorld(const std::string& agency, absl::Time start)
    : agency(agency), clock(start), tokens_(agency) {
  Membership membership;
  membership.partnership = "fenland";
  membership.trust_domain = kTrustDomain;
  membership.agency = agency;
  membership.pack = config::LoadPack("fenland", "packs").value();
  membership.agreements = Agreements();
  membership.linkage_keys = {{1, random.Bytes(32)}};
  membership.local_key = random.Bytes(32);
  membership.person_keys = std::make_shared<vault::MemoryPersonKeys>(random);
  membership.intake_sealing_key = crypto::HpkePrivateKey::Generate(random).public_key();
  membership.signing_key =
      std::make_shared<const crypto::SigningKey>(crypto::SigningKey::Generate(random));
  membership.audit_key =
      std::make_shared<const crypto::SigningKey>(crypto::SigningKey::Generate(random));
  membership.witness_key =
      std::make_shared<const crypto::SigningKey>(crypto::SigningKey::Generate(random));
  membership.sealing_key =
      std::make_shared<const crypto::HpkePrivateKey>(crypto::HpkePrivateKey::Generate(random));
  membership.random = &random;
  memberships.emplace("fenland", std::move(membership));
  core["fenland"] = {nullptr, reg};
  WM_CHECK(log.EnsureTopic(config::MemberOutTopic("fenland", agency), 1).ok(), "topic");
  WM_CHECK(log.EnsureTopic(config::MemberInboxTopic("fenland", agency), 1).ok(), "topic");
  Open();
}

DutiesWorld::~DutiesWorld() = default;

void DutiesWorld::Open() {
  app = MakeGateway({memberships, core, peers, streams});
  if (!store) {
    std::vector<std::string> families = app->DomainColumnFamilies();
    for (std::string& family : runtime::RuntimeColumnFamilies()) {
      families.push_back(std::move(family));
    }
    store = std::make_unique<store::MemoryStore>(families);
  }
  runtime::RuntimeConfig config;
  config.source = config::GatewaySource(agency);
  config.shards = {{membership().Shard(), {membership().Inbox()}, std::nullopt}};
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
  edge.own_agency = agency;
  endpoint = rpc::Endpoint::Create(edge, std::move(table), &tokens_, clock);
  endpoint->SetAllServing(true);
  channel = rpc::LocalChannel::Create(
      endpoint, rpc::Principal::System(kTrustDomain, agency, "console"), clock);
}

void DutiesWorld::CrashAndRestart() {
  std::unique_ptr<store::MemoryStore> disk = store->Crash();
  channel.reset();
  endpoint.reset();
  harness.reset();
  runtime.reset();
  app.reset();
  store = std::move(disk);
  Open();
}

void DutiesWorld::SetLogAway(bool away) {
  constexpr int kForLong = 1'000'000;
  log.FailNextAppends(away ? kForLong : 0, absl::UnavailableError("the log is away"));
}

void DutiesWorld::RunUntil(absl::Time until) {
  const absl::Status ran = harness->RunUntil(until);
  WM_CHECK(ran.ok(), ran.ToString());
}

std::string DutiesWorld::PublishHigh() {
  gateway::v1::PublishIncidentRequest request;
  *request.mutable_incident() =
      GoodIncident(absl::StrCat("REF-", ++published_), clock.Now() - absl::Minutes(1));
  request.mutable_incident()->mutable_grading()->set_harm("significant");
  request.mutable_incident()->mutable_grading()->set_pattern("escalating");
  const auto response =
      Call<gateway::v1::PublishIncidentResponse>("IncidentService/PublishIncident", request, "");
  WM_CHECK(response.ok(), response.status().ToString());
  std::string person;
  Read([&](const runtime::View& view) {
    for (const Case& one : DutiesView(view).Cases()) {
      if (!one.persons.empty()) person = one.persons.front();
    }
  });
  WM_CHECK(!person.empty(), "the incident started no duty");
  return person;
}

void DutiesWorld::TellBytes(const std::string& type, const std::string& payload,
                            const std::string& source) {
  runtime::CloudEvent event;
  event.key = "0";
  event.seq = ++seqs_[source];
  event.id = absl::StrCat(source, event.seq);
  event.source = source;
  event.type = type;
  event.at = clock.Now();
  event.lane = runtime::LaneName("0", membership().Inbox());
  event.epoch = 1;
  event.payload = payload;
  event.signature = signer_.Sign(runtime::SignedBytes(membership().Inbox(), event)).value();
  WM_CHECK(log.Append(membership().Inbox(), {runtime::ToRecord(event)}).ok(), "append");
  RunFor(absl::ZeroDuration());
}

std::vector<std::string> DutiesWorld::SentBytes(const std::string& type) const {
  std::vector<std::string> sent;
  uint64_t last = 0;  // a repeat after a restart is dropped, as a receiver does
  for (const eventlog::Record& record : log.Records(membership().Out())) {
    const runtime::CloudEvent event = runtime::FromRecord(record).value();
    if (event.seq <= last) continue;
    last = event.seq;
    if (event.type == type) sent.push_back(event.payload);
  }
  return sent;
}

void DutiesWorld::Read(const std::function<void(const runtime::View&)>& read) const {
  const absl::Status status = runtime->Read(membership().Shard(), read);
  WM_CHECK(status.ok(), status.ToString());
}

}  // namespace waymark::sharing::duties
