// How any room puts a leaf into the membership's audit log: it adds the event that NoteAudit makes
// to its decision. The vault evolves it, so the leaf is in the batch of what it records.
//
//   decision.events.push_back(NoteAudit(membership, {.what = "share_decided", .caller = caller,
//                                                    .about = {share_id, person_id}}, now));
//
// A leaf is the commitment SHA-256(F("waymark-audit-leaf-v1") F(salt) F(entry)), F as
// LengthPrefixed, with a fresh 128-bit salt; the log hashes it as RFC 6962 says.
//
// The commitment stays for ever. Entry and salt of a leaf that is `about` persons of this gateway
// are sealed under the keys of all of them together, so that erasing any one of them makes the leaf
// unreadable and its commitment unguessable, in the store and in every old copy of it, while the
// log still verifies. A leaf about nobody (or about nobody whose key still exists) lies open.
#pragma once

#include <map>
#include <memory>
#include <optional>
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
  // Persons under whose keys the leaf lies too, though the entry does not name them: an entry that
  // is proven to others leaves this gateway, and ids of its persons do not.
  std::vector<std::string> of_persons = {};
};

runtime::Event NoteAudit(const Membership& membership, const AuditNote& note, absl::Time at);

// The column families of the log.
std::vector<std::string> AuditColumnFamilies();
// Evolves kAuditNoted. The events that make the persons of the leaf come before it. Errors are of
// the key file only, and stop the process.
absl::Status AppendAudit(const Membership& membership, const runtime::View& view,
                         const runtime::Event& event, runtime::Changes& changes);

// ---- Reading the log ----
uint64_t AuditSize(const runtime::View& view);
absl::StatusOr<std::string> AuditRoot(const runtime::View& view);
// The nodes of the tree. The view must outlive it.
std::unique_ptr<audit::NodeReader> AuditNodes(const runtime::View& view);

// What a leaf's commitment was made of.
struct OpenedLeaf {
  std::string entry_bytes;  // exactly what was committed to
  std::string salt;
  gateway::v1::AuditEntry entry;
};
// nullopt: there is no such leaf, or one of its persons was erased.
std::optional<OpenedLeaf> OpenLeaf(const Membership& membership, const runtime::View& view,
                                   uint64_t index);
// A leaf as it lies in the store, held against its own commitment.
enum class LeafState { kWhole, kErased, kMissing, kChanged };
LeafState CheckLeaf(const Membership& membership, const runtime::View& view, uint64_t index);
// What the log hashed, also of a leaf that nothing opens any more; nullopt: no such leaf.
std::optional<std::string> LeafCommitment(const runtime::View& view, uint64_t index);
// The leaf bytes of an entry, for proofs.
std::string AuditCommitment(std::string_view salt, std::string_view entry);

}  // namespace waymark::sharing
