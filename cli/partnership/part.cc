#include "cli/partnership/part.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"

namespace waymark::cli {
namespace {

absl::Status Explain(const PartConfig& config, const absl::Status& status) {
  return absl::Status(status.code(),
                      absl::StrCat(config.program, config.agency.empty() ? "" : " of ",
                                   config.agency, ": ", status.message()));
}

}  // namespace

std::string PartConfig::Name() const {
  return agency.empty() ? program.substr(program.find('-') + 1) : agency;
}

absl::StatusOr<std::unique_ptr<Part>> Part::Open(PartConfig config,
                                                 std::unique_ptr<runtime::Service> service,
                                                 const PartWorld& world, Start start) {
  std::unique_ptr<Part> part(new Part(std::move(config), std::move(service), world.decision_clock));
  std::vector<std::string> families = part->service_->DomainColumnFamilies();
  for (std::string& family : runtime::RuntimeColumnFamilies()) {
    families.push_back(std::move(family));
  }
  absl::StatusOr<std::unique_ptr<store::Store>> store =
      store::OpenRocksStore(part->config_.store_path, families, world.store_options);
  if (!store.ok()) return Explain(part->config_, store.status());
  part->store_ = *std::move(store);
  const Hooks& hooks = world.hooks;
  const std::string name = part->config_.Name();
  if (hooks.wrap_store) part->store_ = hooks.wrap_store(name, std::move(part->store_));
  if (hooks.wrap_service) part->service_ = hooks.wrap_service(name, std::move(part->service_));
  if (hooks.wrap_log) part->wrapped_log_ = hooks.wrap_log(name, world.log);
  std::function<void(std::string_view)> crash_point;
  if (hooks.crash_point) {
    crash_point = [at = hooks.crash_point, name](std::string_view point) { at(name, point); };
  }
  part->runtime_ = std::make_unique<runtime::Runtime>(
      part->config_.runtime,
      runtime::RuntimeDeps{*part->store_, part->wrapped_log_ ? *part->wrapped_log_ : world.log,
                           *part->service_, world.effects, world.signer, world.verifier,
                           world.repair, world.decision_clock, part->alarms_,
                           std::move(crash_point)});
  const absl::Status opened = start == Start::kRebuild    ? part->runtime_->Rebuild()
                              : start == Start::kRestored ? part->runtime_->OpenRestored()
                                                          : part->runtime_->Open();
  if (!opened.ok()) return Explain(part->config_, opened);
  return part;
}

void Part::Offer(rpc::EndpointConfig config, rpc::MethodTable table, rpc::PersonVerifier* persons,
                 Clock& real_clock) {
  endpoint_ = rpc::Endpoint::Create(std::move(config), std::move(table), persons, real_clock);
}

absl::Status Part::Listen() {
  rpc::ServerConfig config;
  config.address = config_.endpoint;
  config.tls_dir = config_.tls_dir;
  auto server = rpc::Server::Start(std::move(config), endpoint_);
  if (!server.ok()) return Explain(config_, server.status());
  server_ = *std::move(server);
  endpoint_->SetAllServing(true);
  return absl::OkStatus();
}

void Part::Drain(absl::Duration grace) {
  if (server_ != nullptr) server_->Drain(grace);
}

}  // namespace waymark::cli
