#include "libs/process/run.h"

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <utility>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/base/version.h"
#include "libs/config/file.h"
#include "libs/config/topics.h"
#include "libs/crypto/certificates.h"
#include "libs/process/monitor.h"
#include "libs/process/signals.h"
#include "libs/rpc/tls_state.h"
#include "libs/runtime_rpc/tls_report.h"
#include "libs/telemetry/core_dumps.h"

namespace waymark::process {
namespace {

using telemetry::Field;
using telemetry::Level;

constexpr int kRetrySeconds = 2;

struct Arguments {
  std::string config;
  bool check = false;
  bool rebuild = false;
};

std::string ProgramName(config::ServiceKind service) {
  return absl::StrCat("waymark-", ToAbsl(config::NameOf(service)));
}

// The exit code when the process is to end at once.
std::optional<int> Parse(const std::string& program, int argc, char** argv, Arguments& out) {
  CLI::App app{"One process of a Waymark partnership.", program};
  app.add_option("--config", out.config, "its configuration (libs/config/process_config.h)")
      ->required();
  app.add_flag("--check", out.check, "read all that the start reads, and end");
  app.add_flag("--rebuild", out.rebuild, "a core service, its data folder empty: from its topic");
  app.set_version_flag("--version", absl::StrCat(program, " ", kVersion));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitStopped : kExitUsage;
  }
  return std::nullopt;
}

rpc::Principal OwnPrincipal(const config::ProcessConfig& config, const std::string& trust_domain) {
  if (config.service == config::ServiceKind::kGateway) {
    return rpc::Principal::Gateway(trust_domain, config.agency);
  }
  return rpc::Principal::Core(trust_domain, std::string(config::NameOf(config.service)));
}

// Every peer would refuse it, one call at a time and each in its own words.
absl::Status CheckCertificate(const config::ProcessConfig& config,
                              const std::string& trust_domain) {
  const std::string path = config.tls + "/cert.pem";
  absl::StatusOr<std::string> pem = config::ReadFile(path);
  if (!pem.ok()) {
    return absl::FailedPreconditionError(
        absl::StrCat(pem.status().message(),
                     "; put this process's certificate there, or set `tls` to where it is"));
  }
  WM_ASSIGN_OR_RETURN(const crypto::CertificateInfo info, crypto::ParseCertificate(*pem));
  const std::string wanted = OwnPrincipal(config, trust_domain).Text();
  if (info.uris.size() == 1 && info.uris.front() == wanted) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(path, " is the certificate of ", info.uris.empty() ? "nobody" : info.uris[0],
                   ", this process is ", wanted,
                   "; put its own there, or correct `service`, `agency` or `directory`"));
}

class Process {
 public:
  Process(const Program& program, const Arguments& arguments, const config::ProcessConfig& config,
          telemetry::Log& logbook)
      : program_(program), arguments_(arguments), config_(config), logbook_(logbook) {}

  int Live();

 private:
  absl::Status Load();
  absl::Status OpenLogAndMonitor();
  // Ends with Cancelled when a signal came meanwhile.
  absl::Status OpenPart();
  absl::Status Serve();
  int Ended(const absl::Status& status, ExitCode otherwise);

  const Program& program_;
  const Arguments& arguments_;
  const config::ProcessConfig& config_;
  telemetry::Log& logbook_;
  StopSignals signals_;
  SystemClock clock_;
  SystemRandom random_;
  const Hooks hooks_;
  telemetry::Metrics metrics_;
  telemetry::CallTimes call_times_;
  std::unique_ptr<Rulebook> rulebook_;
  OpenedLog log_;
  std::unique_ptr<Monitor> monitor_;
  std::unique_ptr<OperatorPort> port_;
  std::unique_ptr<Part> part_;
};

absl::Status Process::Load() {
  WM_ASSIGN_OR_RETURN(rulebook_, LoadRulebook(config_.directory, clock_.Now()));
  if (config_.service == config::ServiceKind::kGateway &&
      rulebook_->directory.FindMember(config_.agency) == nullptr) {
    return absl::FailedPreconditionError(absl::StrCat(
        "agency ", config_.agency, " is no member of partnership ", rulebook_->directory.id, " in ",
        config_.directory, "; correct `agency`, or have the directory name it"));
  }
  return CheckCertificate(config_, rulebook_->directory.trust_domain);
}

absl::Status Process::OpenLogAndMonitor() {
  WM_ASSIGN_OR_RETURN(log_, program_.open_log(config_, clock_, logbook_));
  monitor_ = std::make_unique<Monitor>(
      Monitor::World{std::string(config::NameOf(config_.service)), config_.agency, kVersion,
                     log_.health, *log_.log, clock_},
      metrics_);
  WM_ASSIGN_OR_RETURN(port_,
                      OperatorPort::Listen(
                          config_.operator_address,
                          {[this] { return monitor_->Readiness(); },
                           [this] { return monitor_->Metrics() + call_times_.PrometheusText(); }}));
  return absl::OkStatus();
}

absl::Status Process::OpenPart() {
  const World world{*rulebook_,       *log_.log, clock_,    clock_,       random_,
                    ConnectOverTls(), hooks_,    &metrics_, &call_times_, &logbook_};
  Seat seat;
  seat.place = {config_.data, config_.keys, config_.tls};
  seat.listen = config_.listen;
  seat.agency = config_.agency;
  seat.rebuild = arguments_.rebuild;
  seat.ack = config_.ack == config::AckWhen::kReplicated ? runtime::Ack::kReplicated
                                                         : runtime::Ack::kLocal;
  monitor_->NotReadyBecause(arguments_.rebuild ? "starting: rebuilding from its topic"
                                               : "starting: opening the store");
  while (true) {
    auto part = program_.open_part(world, seat);
    if (part.ok()) {
      part_ = *std::move(part);
      return absl::OkStatus();
    }
    // Only the event log being away ends by itself.
    if (!absl::IsUnavailable(part.status())) return part.status();
    logbook_.Write(Level::kWarning, "waiting", {{Field::kDetail, ToStd(part.status().message())}});
    monitor_->NotReadyBecause(absl::StrCat("starting: waiting: ", part.status().message()));
    if (signals_.Wait(kRetrySeconds)) return absl::CancelledError("stopped before it served");
  }
}

absl::Status Process::Serve() {
  WM_RETURN_IF_ERROR(part_->runtime().Start());
  monitor_->Watch(part_.get());
  logbook_.Write(Level::kInfo, "serving",
                 {{Field::kPort, int64_t{part_->port()}}, {Field::kCount, int64_t{port_->port()}}});
  do {
    part_->Tick();
    runtime_rpc::ReportTls(rpc::TlsInUse(), clock_.Now(), metrics_, part_->alarms());
    monitor_->Look();
    WM_RETURN_IF_ERROR(part_->runtime().failure());
  } while (!signals_.Wait(1));
  return absl::OkStatus();
}

int Process::Ended(const absl::Status& status, ExitCode otherwise) {
  if (status.ok() || absl::IsCancelled(status)) {
    logbook_.Write(Level::kInfo, "stopped", {});
    return kExitStopped;
  }
  logbook_.Write(Level::kError, otherwise == kExitFailed ? "failed" : "refused_to_start",
                 {{Field::kDetail, ToStd(status.message())}});
  return otherwise;
}

int Process::Live() {
  if (const absl::Status loaded = Load(); !loaded.ok()) return Ended(loaded, kExitRefused);
  if (arguments_.check) return Ended(absl::OkStatus(), kExitStopped);
  if (const absl::Status opened = OpenLogAndMonitor(); !opened.ok()) {
    return Ended(opened, absl::IsUnavailable(opened) ? kExitPort : kExitRefused);
  }
  if (const absl::Status opened = OpenPart(); !opened.ok()) return Ended(opened, kExitRefused);
  if (const absl::Status listens = part_->Listen(); !listens.ok()) {
    return Ended(listens, absl::IsUnavailable(listens) ? kExitPort : kExitRefused);
  }
  const absl::Status served = Serve();
  monitor_->NotReadyBecause("stopping");
  logbook_.Write(Level::kInfo, "stopping",
                 {{Field::kDurationMs, absl::ToInt64Milliseconds(config_.stop_within)}});
  part_->Drain(config_.stop_within);
  part_->runtime().Stop(config_.stop_within);
  return Ended(served.ok() ? part_->runtime().failure() : served, kExitFailed);
}

}  // namespace

int Run(const Program& program, int argc, char** argv) {
  const std::string name = ProgramName(program.service);
  Arguments arguments;
  if (const auto code = Parse(name, argc, argv, arguments)) return *code;
  telemetry::ForbidCoreDumps();
  // gRPC's own words about failed handshakes say less than what is said here.
  setenv("GRPC_VERBOSITY", "NONE", 0);
  const auto refuse = [&](std::string_view why) {
    std::fprintf(stderr, "%s: %s\n", name.c_str(), std::string(why).c_str());
    return kExitUsage;
  };
  const auto config = config::LoadProcessConfig(arguments.config);
  if (!config.ok()) return refuse(ToStd(config.status().message()));
  if (config->service != program.service) {
    return refuse(absl::StrCat(arguments.config, " is for waymark-",
                               ToAbsl(config::NameOf(config->service)),
                               "; start that program with it, or name another file"));
  }
  if (arguments.rebuild && config->service == config::ServiceKind::kGateway) {
    return refuse("a gateway's vault is in no topic, so it cannot be rebuilt; restore its backup");
  }
  SystemClock clock;
  const std::string service = config->agency.empty() ? std::string(config::NameOf(config->service))
                                                     : config::GatewaySource(config->agency);
  auto logbook = telemetry::MakeJsonLog(service, "", Level::kInfo, clock);
  if (!logbook.ok()) return refuse(ToStd(logbook.status().message()));
  return Process(program, arguments, *config, **logbook).Live();
}

}  // namespace waymark::process
