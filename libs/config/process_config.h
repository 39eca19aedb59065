// The configuration of one process: waymark-intake, waymark-risk, waymark-casemgr or one agency's
// waymark-gateway, each started as `waymark-X --config FILE`. Strict YAML; every key is shown here.
// Relative paths are relative to the file. No secrets stand in it, only where they are.
//
//   service: gateway                  intake, risk, casemgr or gateway: the program it is meant for
//   agency: police                    of a gateway, and of nothing else: whose it is
//   directory: ../partnership.yaml    the partnership (libs/config/partnership.h); it names pack
//                                     and agreements, and where the other processes are reached
//   data: data                        this process's own folder: store/, and at intake
//                                     subject-keys/, at a gateway person-keys/; made when missing
//   keys: keys                        its secrets, one file each; backed up apart from `data`
//   tls: tls                          certificate: cert.pem, key.pem, ca.pem and perhaps crl/
//                                     (libs/rpc/server.h); swap the whole folder to rotate
//   listen: "0.0.0.0:7501"            calls (gRPC, mutual TLS)
//   operator: "127.0.0.1:7531"        /livez, /readyz and /metrics (plain HTTP): for the machine
//                                     and the operator's network only
//   log:                              the Kafka that the partnership shares
//     bootstrap: ["kafka:9093"]
//     tls: tls                        may be left out: the folder above
//   ack: local                        may be left out. local: a call is answered once it is on this
//                                     machine's disk; replicated: once Kafka has acknowledged it
//   stop_within_seconds: 10           may be left out; 1 to 600. How long a stop waits for calls
//                                     and for what is still to be published
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace waymark::config {

enum class ServiceKind { kIntake, kRisk, kCasemgr, kGateway };
// "intake": as in the file, in the program's name after "waymark-", and in certificates.
std::string_view NameOf(ServiceKind kind);

enum class AckWhen { kLocal, kReplicated };

struct LogConfig {
  std::vector<std::string> bootstrap;  // "host:port", at least one
  std::string tls;                     // folder as ProcessConfig::tls
};

struct ProcessConfig {
  ServiceKind service = ServiceKind::kIntake;
  std::string agency;  // of a gateway; "" for a core service
  // Paths as found from the working directory.
  std::string directory;
  std::string data;
  std::string keys;
  std::string tls;
  std::string listen;            // "host:port"; port 0: any free one, for tests
  std::string operator_address;  // the same
  LogConfig log;
  AckWhen ack = AckWhen::kLocal;
  absl::Duration stop_within = absl::Seconds(10);
};

// InvalidArgument with one line for each problem: file, line, what was found and wanted.
absl::StatusOr<ProcessConfig> ParseProcessConfig(std::string_view yaml, const std::string& file);
absl::StatusOr<ProcessConfig> LoadProcessConfig(const std::string& file);

// The file's text; ParseProcessConfig reads it back (paths as given).
std::string ProcessConfigToYaml(const ProcessConfig& config);

}  // namespace waymark::config
