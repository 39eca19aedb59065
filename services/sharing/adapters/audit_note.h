// How any room puts a leaf into the membership's audit log: it adds the event that NoteAudit makes
// to its decision. The vault evolves it, so the leaf is in the batch of what it records.
//
//   decision.events.push_back(NoteAudit(membership, {.what = "share_decided", .caller = caller,
//                                                    .about = {share_id, person_id}}, now));
//
// A leaf is the commitment SHA-256(F("waymark-audit-leaf-v1") F(salt) F(entry)), F as
// LengthPrefixed, with a fresh 128-bit salt; the log hashes it as RFC 6962 says.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/audit/merkle.h"
#include "libs/runtime/decider.h"
#include "services/sharing/membership.h"
#include "waymark/common/v1/caller.pb.h"
#include "waymark/gateway/v1/journal.pb.h"

namespace waymark::sharing {

inline constexpr std::string_view kAuditNoted = "waymark.gateway.v1.AuditNoted";

struct AuditNote {
  std::string what;  // "publish"; see AuditEntry
  common::v1::Caller caller;
  std::vector<std::string> about;  // ids of this gateway
  std::string purpose;
  std::string sealed_reason;  // ciphertext, by the key that `reason_key_of` names
  std::string reason_key_of;
  std::map<std::string, std::string> facts;
};

runtime::Event NoteAudit(const Membership& membership, const AuditNote& note, absl::Time at);

// The column families of the log.
std::vector<std::string> AuditColumnFamilies();
// Evolves kAuditNoted.
absl::Status AppendAudit(const runtime::View& view, const runtime::Event& event,
                         runtime::Changes& changes);

// ---- Reading the log ----
uint64_t AuditSize(const runtime::View& view);
absl::StatusOr<std::string> AuditRoot(const runtime::View& view);
// nullopt: no such leaf, or deleted with its subject.
std::optional<gateway::v1::AuditEntry> AuditEntryAt(const runtime::View& view, uint64_t index);
// The leaf bytes of an entry, for proofs.
std::string AuditCommitment(std::string_view salt, std::string_view entry);

}  // namespace waymark::sharing
