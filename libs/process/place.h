// Where one process keeps what is its own, and what the files are called. Only paths.
#pragma once

#include <string>
#include <string_view>

namespace waymark::process {

struct Place {
  std::string data;  // folder: store/ and key slots
  std::string keys;  // folder: its secrets
  std::string tls;   // folder: its certificate (libs/rpc/server.h)

  std::string Store() const { return data + "/store"; }
  // "subject-keys", "person-keys": a folder of a crypto::KeyFile.
  std::string SlotKeys(std::string_view name) const { return data + "/" + std::string(name); }
  std::string Key(std::string_view name) const { return keys + "/" + std::string(name); }
};

// Names of the secrets in Place::Key.
inline constexpr std::string_view kSigningKey = "signing.pem";    // casemgr, gateways
inline constexpr std::string_view kSealingKey = "sealing.pem";    // intake, gateways
inline constexpr std::string_view kAuditKey = "audit.pem";        // gateways
inline constexpr std::string_view kWitnessKey = "witness.pem";    // gateways
inline constexpr std::string_view kTokenKey = "token.key";        // intake: 32 bytes
inline constexpr std::string_view kLinkageKey = "linkage-1.key";  // gateways: 32 bytes
inline constexpr std::string_view kLocalKey = "local.key";        // gateways: 32 bytes

}  // namespace waymark::process
