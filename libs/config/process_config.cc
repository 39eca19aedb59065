#include "libs/config/process_config.h"

#include <algorithm>
#include <filesystem>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/config/file.h"
#include "libs/config/strict_yaml.h"

namespace waymark::config {
namespace {

constexpr int64_t kStopSecondsMax = 600;

std::string ReadPath(const YamlNode& node, const std::string& file) {
  const std::filesystem::path path = node.Text();
  if (path.empty() || path.is_absolute()) return path.string();
  std::string found =
      (std::filesystem::path(file).parent_path() / path).lexically_normal().string();
  // "." becomes the folder with a slash.
  if (found.size() > 1 && found.back() == '/') found.pop_back();
  return found;
}

// "host:port"; port 0 only where a process listens.
std::string ReadAddress(const YamlNode& node, int port_min) {
  std::string address = node.Text();
  if (address.empty()) return address;
  const size_t colon = address.rfind(':');
  int port = -1;
  const bool plain = colon != std::string::npos && colon > 0 &&
                     absl::SimpleAtoi(address.substr(colon + 1), &port) && port >= port_min &&
                     port <= 65535;
  if (!plain) node.Refuse("an address as \"host:port\"", true);
  return address;
}

std::string ReadAgency(const YamlNode& root, ServiceKind service) {
  if (service == ServiceKind::kGateway) {
    const YamlNode node = root.At("agency");
    std::string agency = node.Text();
    const bool plain = std::all_of(agency.begin(), agency.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
    if (!plain) node.Refuse("an agency's id of a-z, 0-9 and -", true);
    return agency;
  }
  if (const auto agency = root.Find("agency")) {
    agency->Refuse("no agency: a core service belongs to none");
  }
  return "";
}

LogConfig ReadLog(const YamlNode& node, const std::string& file, const std::string& tls) {
  LogConfig log;
  const YamlNode bootstrap = node.At("bootstrap");
  for (const YamlNode& address : bootstrap.Items()) {
    log.bootstrap.push_back(ReadAddress(address, 1));
  }
  if (log.bootstrap.empty()) bootstrap.Refuse("at least one address as \"host:port\"");
  const auto own = node.Find("tls");
  log.tls = own ? ReadPath(*own, file) : tls;
  return log;
}

}  // namespace

std::string_view NameOf(ServiceKind kind) {
  switch (kind) {
    case ServiceKind::kIntake:
      return "intake";
    case ServiceKind::kRisk:
      return "risk";
    case ServiceKind::kCasemgr:
      return "casemgr";
    case ServiceKind::kGateway:
      return "gateway";
  }
  return "";
}

absl::StatusOr<ProcessConfig> ParseProcessConfig(std::string_view yaml, const std::string& file) {
  WM_ASSIGN_OR_RETURN(YamlDocument document, YamlDocument::Parse(yaml, file));
  const YamlNode root = document.root();
  ProcessConfig config;
  config.service = root.At("service").Choice<ServiceKind>({{"intake", ServiceKind::kIntake},
                                                           {"risk", ServiceKind::kRisk},
                                                           {"casemgr", ServiceKind::kCasemgr},
                                                           {"gateway", ServiceKind::kGateway}});
  config.agency = ReadAgency(root, config.service);
  config.directory = ReadPath(root.At("directory"), file);
  config.data = ReadPath(root.At("data"), file);
  config.keys = ReadPath(root.At("keys"), file);
  config.tls = ReadPath(root.At("tls"), file);
  config.listen = ReadAddress(root.At("listen"), 0);
  const YamlNode operators = root.At("operator");
  config.operator_address = ReadAddress(operators, 0);
  const bool any_port = absl::EndsWith(config.listen, ":0");
  if (!any_port && !config.listen.empty() && config.operator_address == config.listen) {
    operators.Refuse("another address than `listen`", true);
  }
  config.log = ReadLog(root.At("log"), file, config.tls);
  if (const auto ack = root.Find("ack")) {
    config.ack =
        ack->Choice<AckWhen>({{"local", AckWhen::kLocal}, {"replicated", AckWhen::kReplicated}});
  }
  if (const auto stop = root.Find("stop_within_seconds")) {
    config.stop_within = absl::Seconds(stop->Integer(1, kStopSecondsMax));
  }
  WM_RETURN_IF_ERROR(document.Finish());
  return config;
}

absl::StatusOr<ProcessConfig> LoadProcessConfig(const std::string& file) {
  absl::StatusOr<std::string> yaml = ReadFile(file);
  if (absl::IsNotFound(yaml.status())) {
    return absl::InvalidArgumentError(absl::StrCat(
        file, ": there is no such file; name the process's configuration with --config"));
  }
  WM_RETURN_IF_ERROR(yaml.status());
  return ParseProcessConfig(*yaml, file);
}

std::string ProcessConfigToYaml(const ProcessConfig& config) {
  std::string yaml = absl::StrCat("service: ", ToAbsl(NameOf(config.service)), "\n");
  if (!config.agency.empty()) absl::StrAppend(&yaml, "agency: ", config.agency, "\n");
  absl::StrAppend(&yaml, "directory: \"", config.directory, "\"\ndata: \"", config.data,
                  "\"\nkeys: \"", config.keys, "\"\ntls: \"", config.tls, "\"\nlisten: \"",
                  config.listen, "\"\noperator: \"", config.operator_address,
                  "\"\nlog:\n  bootstrap: [\"", absl::StrJoin(config.log.bootstrap, "\", \""),
                  "\"]\n  tls: \"", config.log.tls,
                  "\"\nack: ", config.ack == AckWhen::kLocal ? "local" : "replicated",
                  "\nstop_within_seconds: ", absl::ToInt64Seconds(config.stop_within), "\n");
  return yaml;
}

}  // namespace waymark::config
