#include "libs/process/part.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/config/topic_parties.h"
#include "libs/config/topics.h"

namespace waymark::process {
namespace {

class NoEffects : public runtime::EffectPerformer {
 public:
  void Perform(const runtime::Effect& effect,
               std::function<void(runtime::EffectOutcome)> done) override {
    done(runtime::EffectOutcome::GaveUp("this service performs no effects: " + effect.kind));
  }
};

runtime::EffectPerformer& NoEffectsAtAll() {
  static NoEffects none;
  return none;
}

absl::Status Explain(const PartConfig& config, const absl::Status& status) {
  return absl::Status(status.code(),
                      absl::StrCat(config.program, config.agency.empty() ? "" : " of ",
                                   config.agency, ": ", status.message()));
}

rpc::Principal PrincipalOf(const World& world, const PartConfig& config) {
  const std::string& domain = world.rulebook.directory.trust_domain;
  if (!config.agency.empty()) return rpc::Principal::Gateway(domain, config.agency);
  return rpc::Principal::Core(domain, config.runtime.source);
}

}  // namespace

std::string PartConfig::Name() const {
  return agency.empty() ? program.substr(program.find('-') + 1) : agency;
}

Part::Part(const World& world, PartConfig config)
    : world_(world),
      config_(std::move(config)),
      alarms_(world.decision_clock),
      logged_alarms_(alarms_, world.logbook),
      repair_([this](const std::string& source) -> absl::StatusOr<std::shared_ptr<rpc::Channel>> {
        WM_ASSIGN_OR_RETURN(const Address to, AddressOf(world_.rulebook.directory, source));
        return world_.connect(PrincipalOf(world_, config_), config_.place.tls, to.endpoint,
                              to.principal);
      }) {}

absl::StatusOr<std::unique_ptr<Part>> Part::Open(const World& world, PartConfig config,
                                                 Pieces pieces, Start start) {
  std::unique_ptr<Part> part(new Part(world, std::move(config)));
  part->belongings_ = std::move(pieces.belongings);
  part->service_ = std::move(pieces.service);
  absl::Status opened = part->OpenStore();
  if (opened.ok()) {
    opened = part->OpenRuntime(
        *pieces.signer, pieces.effects == nullptr ? NoEffectsAtAll() : *pieces.effects, start);
  }
  if (!opened.ok()) return Explain(part->config_, opened);
  return part;
}

absl::Status Part::OpenStore() {
  std::vector<std::string> families = service_->DomainColumnFamilies();
  for (std::string& family : runtime::RuntimeColumnFamilies()) {
    families.push_back(std::move(family));
  }
  store::RocksOptions options;
  if (world_.hooks.files) options.env = world_.hooks.files(config_.Name());
  WM_ASSIGN_OR_RETURN(store_, store::OpenRocksStore(config_.place.Store(), families, options));
  return absl::OkStatus();
}

absl::Status Part::OpenRuntime(runtime::RecordSigner& signer, runtime::EffectPerformer& effects,
                               Start start) {
  const Hooks& hooks = world_.hooks;
  const std::string name = config_.Name();
  if (hooks.wrap_store) store_ = hooks.wrap_store(name, std::move(store_));
  if (hooks.wrap_service) service_ = hooks.wrap_service(name, std::move(service_));
  if (hooks.wrap_log) wrapped_log_ = hooks.wrap_log(name, world_.log);
  std::function<void(std::string_view)> crash_point;
  if (hooks.crash_point) {
    crash_point = [at = hooks.crash_point, name](std::string_view point) { at(name, point); };
  }
  runtime_ = std::make_unique<runtime::Runtime>(
      config_.runtime,
      runtime::RuntimeDeps{*store_, wrapped_log_ ? *wrapped_log_ : world_.log, *service_, effects,
                           signer, *world_.rulebook.verifier, repair_, world_.decision_clock,
                           logged_alarms_, std::move(crash_point), world_.metrics});
  switch (start) {
    case Start::kOpen:
      return runtime_->Open();
    case Start::kRebuild:
      return runtime_->Rebuild();
    case Start::kRestored:
      return runtime_->OpenRestored();
  }
  return absl::OkStatus();
}

void Part::Offer(rpc::MethodTable table, rpc::PersonVerifier* persons) {
  runtime_rpc::AddLaneService(*runtime_, world_.rulebook.directory, table);
  rpc::EndpointConfig config;
  config.trust_domain = world_.rulebook.directory.trust_domain;
  config.own_agency = config_.agency;
  if (world_.metrics != nullptr || world_.logbook != nullptr) {
    config.on_call = [this](const rpc::CallRecord& call) { Count(call); };
  }
  endpoint_ =
      rpc::Endpoint::Create(std::move(config), std::move(table), persons, world_.real_clock);
}

void Part::Count(const rpc::CallRecord& call) {
  const std::string code = absl::StatusCodeToString(call.code);
  if (world_.metrics != nullptr) {
    world_.metrics
        ->CounterOf("waymark_rpc_calls_total", "Calls that ended, by status",
                    {{"source", source()}, {"method", call.method}, {"code", code}})
        .Add();
  }
  if (world_.call_times != nullptr) world_.call_times->Observe(source(), call.method, call.took);
  if (world_.logbook == nullptr || call.traceparent.empty()) return;
  world_.logbook->Write(telemetry::Level::kInfo, "call",
                        {{telemetry::Field::kMethod, call.method},
                         {telemetry::Field::kPeer, call.principal},
                         {telemetry::Field::kCode, code},
                         {telemetry::Field::kDurationMs, absl::ToInt64Milliseconds(call.took)},
                         {telemetry::Field::kTraceparent, call.traceparent}});
}

absl::Status Part::Listen() {
  rpc::ServerConfig config;
  config.address = config_.endpoint;
  config.tls_dir = config_.place.tls;
  auto server = rpc::Server::Start(std::move(config), endpoint_);
  if (!server.ok()) return Explain(config_, server.status());
  server_ = *std::move(server);
  endpoint_->SetAllServing(true);
  return absl::OkStatus();
}

void Part::Drain(absl::Duration grace) {
  if (server_ != nullptr) server_->Drain(grace);
}

void Part::Tick() {
  if (on_tick) on_tick(world_.decision_clock.Now());
}

runtime::RuntimeConfig BaseRuntime(const World& world, const Seat& seat, std::string source) {
  runtime::RuntimeConfig config;
  config.topics = config::TopicsOf(world.rulebook.directory, source);
  config.source = std::move(source);
  for (std::string_view topic : {config::kIntakeTopic, config::kRiskTopic, config::kCasemgrTopic}) {
    config.core_topics.emplace(topic);
  }
  config.ack = seat.ack;
  return config;
}

PartConfig CoreConfig(const World& world, const Seat& seat, const std::string& service) {
  return {"waymark-" + service, "", seat.listen, seat.place, BaseRuntime(world, seat, service)};
}

eventlog::TopicPartition CoreInput(const World& world, std::string_view topic) {
  const config::Partnership& directory = world.rulebook.directory;
  return {std::string(topic), config::CorePartition(directory.id, directory.core_partitions)};
}

}  // namespace waymark::process
