// The partnership directory: the public file that every process of one partnership reads at start.
// It says which pack and agreements hold, how many partitions the core topics have, who the members
// are, where their gateways listen and which public keys are theirs. No secrets.
//
//   id: fenland
//   trust_domain: fenland.waymark
//   pack: ../packs/fenland.yaml            (paths are relative to this file)
//   baseline: ../agreements/fenland-baseline.yaml
//   agreements: [../agreements/fenland-isa.yaml]
//   core_partitions: 24
//   core:
//     intake: {endpoint: "127.0.0.1:7511", sealing_key: <64 hex digits>}
//     risk: {endpoint: "127.0.0.1:7512"}
//     casemgr: {endpoint: "127.0.0.1:7513", signing_key: <64 hex digits>}
//   members:
//     - agency: police
//       endpoint: "127.0.0.1:7501"
//       signing_key: <64 hex digits>      (Ed25519)
//       sealing_key: <64 hex digits>      (X25519)
//       audit_key: <64 hex digits>        (Ed25519: signs the checkpoints of its audit log)
//       witness_key: <64 hex digits>      (Ed25519: cosigns those of the others)
//       token_issuer: {name: "https://idp.police.invalid", key: <64 hex digits>}
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace waymark::config {

struct CorePart {
  std::string endpoint;     // "host:port"
  std::string sealing_key;  // intake: X25519 public key, 32 raw bytes; else ""
  std::string signing_key;  // casemgr: Ed25519 public key, 32 raw bytes; else ""
};

struct Member {
  std::string agency;            // an agency of the pack
  std::string endpoint;          // of its gateway: "host:port"
  std::string signing_key;       // Ed25519 public key, 32 raw bytes
  std::string sealing_key;       // X25519 public key, 32 raw bytes
  std::string token_issuer;      // `iss` of the agency's identity provider
  std::string token_issuer_key;  // its Ed25519 public key, 32 raw bytes
  std::string audit_key;         // Ed25519 public key, 32 raw bytes
  std::string witness_key;       // Ed25519 public key, 32 raw bytes
};

struct Partnership {
  std::string id;            // [a-z0-9-]+
  std::string trust_domain;  // of the SPIFFE identities in certificates
  std::string pack;          // path as found from the working directory
  std::string baseline;
  std::vector<std::string> agreements;
  int core_partitions = 24;
  CorePart intake, risk, casemgr;
  std::vector<Member> members;  // in order of agency

  // Null when the partnership has no such member.
  const Member* FindMember(std::string_view agency) const;
};

// InvalidArgument says file, line, what was found and wanted. Two members with one name, key or
// endpoint are refused.
absl::StatusOr<Partnership> ParsePartnership(std::string_view yaml, const std::string& file);
absl::StatusOr<Partnership> LoadPartnership(const std::string& file);

// The file's text for a partnership; ParsePartnership reads it back (paths as given).
std::string PartnershipToYaml(const Partnership& partnership);

}  // namespace waymark::config
