#include "cli/partnership/composition.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "cli/partnership/set_up.h"
#include "libs/base/rfc3339.h"
#include "libs/base/status.h"
#include "libs/calendar/civil.h"
#include "libs/config/agreement_loader.h"
#include "libs/config/all_topics.h"
#include "libs/config/signed_pack.h"
#include "libs/config/topics.h"
#include "libs/crypto/sign.h"
#include "libs/rpc/channel.h"
#include "libs/store/rocks_store.h"

namespace waymark::cli {
namespace {

using config::Partnership;

constexpr absl::Duration kMemberTopicRetention = absl::Hours(24 * 30);

absl::StatusOr<std::vector<crypto::PartyKey>> SigningKeysOf(const Partnership& partnership) {
  std::vector<crypto::PartyKey> keys;
  for (const config::Member& member : partnership.members) {
    WM_ASSIGN_OR_RETURN(auto key, crypto::VerifyKey::FromBytes(member.signing_key));
    keys.push_back({member.agency, std::move(key)});
  }
  return keys;
}

absl::StatusOr<std::shared_ptr<const agreement::Evaluator>> LoadEvaluator(
    const Partnership& partnership, const std::vector<crypto::PartyKey>& keys) {
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

absl::Status Composition::OpenDirectory() {
  WM_RETURN_IF_ERROR(calendar::CheckTimeZoneData());
  WM_ASSIGN_OR_RETURN(directory, config::LoadPartnership(layout_.PartnershipFile()));
  WM_ASSIGN_OR_RETURN(const std::vector<crypto::PartyKey> keys, SigningKeysOf(directory));
  WM_ASSIGN_OR_RETURN(pack, config::LoadSignedPack(directory.pack, layout_.Packs(), keys));
  for (const config::Member& member : directory.members) {
    if (pack->FindAgency(member.agency) == nullptr) {
      return absl::InvalidArgumentError(
          absl::StrCat(layout_.PartnershipFile(), ": member ", member.agency,
                       " is no agency of pack ", pack->name, "; add it to the pack or remove it"));
    }
  }
  WM_ASSIGN_OR_RETURN(agreements_, LoadEvaluator(directory, keys));
  WM_RETURN_IF_ERROR(CheckInForce(*agreements_, layout_.PartnershipFile(), real_clock_.Now()));
  WM_ASSIGN_OR_RETURN(verifier_, trust::DirectoryRecordVerifier::Make({directory}));
  return absl::OkStatus();
}

store::RocksOptions Composition::StoreOptions(std::string_view part) const {
  store::RocksOptions options;
  if (hooks_.files) options.env = hooks_.files(part);
  return options;
}

absl::Status Composition::OpenLog() {
  WM_ASSIGN_OR_RETURN(log_store_,
                      store::OpenRocksStore(layout_.Log(), eventlog::EmbeddedLog::ColumnFamilies(),
                                            StoreOptions("log")));
  if (hooks_.wrap_store) log_store_ = hooks_.wrap_store("log", std::move(log_store_));
  eventlog::EmbeddedLogOptions options;
  options.retention = {{"waymark.member.", kMemberTopicRetention}};
  WM_ASSIGN_OR_RETURN(
      log_, eventlog::EmbeddedLog::Open(log_store_.get(), &decision_clock_, std::move(options)));
  for (const auto& [topic, partitions] : config::AllTopics(directory)) {
    WM_RETURN_IF_ERROR(log_->EnsureTopic(topic, partitions));
  }
  return absl::OkStatus();
}

runtime::RuntimeConfig Composition::BaseRuntime(std::string source) const {
  runtime::RuntimeConfig config;
  config.source = std::move(source);
  config.topics = config::AllTopics(directory);
  for (std::string_view topic : {config::kIntakeTopic, config::kRiskTopic, config::kCasemgrTopic}) {
    config.core_topics.emplace(topic);
  }
  return config;
}

std::vector<eventlog::TopicPartition> Composition::CoreInput(std::string_view topic) const {
  return {{std::string(topic), config::CorePartition(directory.id, directory.core_partitions)}};
}

PartConfig Composition::CoreConfig(const std::string& service, const std::string& endpoint) const {
  const Home home = layout_.Core(service);
  return {"waymark-" + service, "", endpoint, home.Store(), home.Tls(), BaseRuntime(service)};
}

rpc::EndpointConfig Composition::EndpointOf(const std::string& agency) const {
  rpc::EndpointConfig config;
  config.trust_domain = directory.trust_domain;
  config.own_agency = agency;
  return config;
}

absl::Status Composition::OpenPart(PartConfig config, std::unique_ptr<runtime::Service> service,
                                   runtime::RecordSigner& signer, runtime::EffectPerformer& effects,
                                   Part::Start start) {
  if (config.agency.empty() && config.program == "waymark-" + rebuild_) {
    start = Part::Start::kRebuild;
  }
  const std::string name = config.Name();
  const std::string source = config.runtime.source;
  WM_ASSIGN_OR_RETURN(std::unique_ptr<Part> part,
                      Part::Open(std::move(config), std::move(service),
                                 {*log_, repair_, decision_clock_, signer, *verifier_, effects,
                                  hooks_, StoreOptions(name)},
                                 start));
  repair_.Add(source, part->runtime());
  parts.push_back(std::move(part));
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<rpc::Channel>> Composition::Connect(const rpc::Principal& caller,
                                                                   const Home& home,
                                                                   const std::string& endpoint,
                                                                   const rpc::Principal& server) {
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

absl::Status Composition::Open() {
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

absl::Status Composition::OpenOperator() {
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

absl::StatusOr<bool> Composition::StepOnce() {
  bool busy = false;
  next_due = absl::InfiniteFuture();
  for (const std::unique_ptr<Part>& part : parts) {
    WM_ASSIGN_OR_RETURN(const runtime::StepReport report, part->runtime().Step());
    busy = busy || !report.idle();
    next_due = std::min(next_due, report.next_due);
  }
  return busy;
}

absl::Status Composition::Start() {
  for (const std::unique_ptr<Part>& part : parts) WM_RETURN_IF_ERROR(part->runtime().Start());
  return absl::OkStatus();
}

void Composition::Stop(absl::Duration deadline) {
  if (std::exchange(stopped_, true)) return;
  if (operator_ != nullptr) operator_->Drain(absl::ZeroDuration());
  // Doors first, then the engines: gateways before the core they ask.
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) (*part)->Drain(deadline);
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) (*part)->runtime().Stop(deadline);
}

}  // namespace waymark::cli
