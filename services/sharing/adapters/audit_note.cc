#include "services/sharing/adapters/audit_note.h"

#include <iterator>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/audit/commitment.h"
#include "libs/base/bytes.h"
#include "libs/base/check.h"
#include "libs/base/status.h"
#include "libs/crypto/aead.h"
#include "libs/crypto/hash.h"
#include "libs/crypto/mac.h"
#include "services/sharing/adapters/rows.h"
#include "services/sharing/adapters/times.h"
#include "services/sharing/vault/adapters/person_keys.h"
#include "services/sharing/vault/adapters/vault_view.h"

namespace waymark::sharing {
namespace {

constexpr std::string_view kNodes = "gateway.audit.nodes";      // level, index -> hash
constexpr std::string_view kEntries = "gateway.audit.entries";  // index -> StoredLeaf
constexpr std::string_view kHead = "gateway.audit.head";        // "size" -> 8 bytes
constexpr std::string_view kSizeKey = "size";
constexpr size_t kSaltBytes = 16;
constexpr size_t kNonceBytes = 12;
constexpr std::string_view kOpenings = "waymark-audit-opening-key-v1";

std::string NodeKey(audit::NodeId id) {
  return KeyBuilder().Number(id.level).Number(id.index).Take();
}

class StoredNodes : public audit::NodeReader {
 public:
  explicit StoredNodes(const runtime::View& view) : view_(view) {}
  absl::StatusOr<std::string> Read(audit::NodeId id) const override {
    std::optional<std::string> hash = view_.Get(kNodes, NodeKey(id));
    if (!hash) {
      return absl::NotFoundError(
          absl::StrCat("the audit log misses node ", id.level, "/", id.index));
    }
    return *std::move(hash);
  }

 private:
  const runtime::View& view_;
};

// Gives what was drawn when the leaf was decided: evolving draws nothing.
class DrawnBefore : public Random {
 public:
  explicit DrawnBefore(const std::string& bytes) : bytes_(bytes) {}
  std::string Bytes(size_t count) override {
    WM_CHECK(count == bytes_.size(), "a leaf carries random bytes of another length");
    return bytes_;
  }

 private:
  const std::string& bytes_;
};

// Slots of the persons, and of the incidents without a party, that an entry is about.
std::set<uint64_t> SlotsOf(const Membership& membership, const runtime::View& view,
                           const gateway::v1::AuditEntry& entry,
                           const gateway::v1::AuditNoted& noted) {
  const vault::VaultView vault(membership, view);
  std::set<std::string> about(entry.about().begin(), entry.about().end());
  about.insert(noted.of_persons().begin(), noted.of_persons().end());
  std::set<uint64_t> slots;
  for (const std::string& id : about) {
    if (const auto person = vault.Person(id)) {
      slots.insert(person->key_slot());
    } else if (const auto incident = vault.Incident(id); incident && incident->parties().empty()) {
      slots.insert(incident->private_part().key_slot());
    }
  }
  return slots;
}

std::string Bound(const Membership& membership, std::string_view commitment) {
  return LengthPrefixed(
      {"waymark-audit-opening-v1", membership.partnership, membership.agency, commitment});
}

absl::StatusOr<gateway::v1::StoredLeaf> ToStore(const Membership& membership,
                                                const runtime::View& view,
                                                const gateway::v1::AuditNoted& noted) {
  gateway::v1::AuditEntry entry;
  if (!entry.ParseFromString(noted.entry())) {
    return absl::InternalError("an audit entry cannot be read");
  }
  gateway::v1::StoredLeaf leaf;
  leaf.set_commitment(AuditCommitment(noted.salt(), noted.entry()));
  gateway::v1::LeafOpening opening;
  opening.set_entry(noted.entry());
  opening.set_salt(noted.salt());
  std::set<uint64_t> slots = SlotsOf(membership, view, entry, noted);
  for (auto slot = slots.begin(); slot != slots.end();) {
    const absl::Status key = membership.person_keys->Key(*slot).status();
    if (!key.ok() && !absl::IsNotFound(key)) return key;
    slot = key.ok() ? std::next(slot) : slots.erase(slot);
  }
  if (slots.empty()) {
    *leaf.mutable_opening() = std::move(opening);
    return leaf;
  }
  WM_ASSIGN_OR_RETURN(std::string key, vault::JointKey(membership, slots, kOpenings));
  DrawnBefore nonce(noted.nonce());
  leaf.set_sealed_opening(crypto::AeadSeal(key, Bound(membership, leaf.commitment()),
                                           opening.SerializeAsString(), nonce));
  crypto::Wipe(key);
  for (const uint64_t slot : slots) leaf.add_key_slots(slot);
  return leaf;
}

std::optional<gateway::v1::LeafOpening> Opening(const Membership& membership,
                                                const gateway::v1::StoredLeaf& leaf) {
  if (leaf.has_opening()) return leaf.opening();
  const std::set<uint64_t> slots(leaf.key_slots().begin(), leaf.key_slots().end());
  absl::StatusOr<std::string> key = vault::JointKey(membership, slots, kOpenings);
  if (!key.ok()) return std::nullopt;
  const absl::StatusOr<std::string> plain =
      crypto::AeadOpen(*key, Bound(membership, leaf.commitment()), leaf.sealed_opening());
  crypto::Wipe(*key);
  gateway::v1::LeafOpening opening;
  if (!plain.ok() || !opening.ParseFromString(*plain)) return std::nullopt;
  return opening;
}

}  // namespace

std::string AuditCommitment(std::string_view salt, std::string_view entry) {
  return audit::LeafCommitment(salt, entry);
}

runtime::Event NoteAudit(const Membership& membership, const AuditNote& note, absl::Time at) {
  gateway::v1::AuditEntry entry;
  entry.set_what(note.what);
  *entry.mutable_at() = ToProto(at);
  *entry.mutable_caller() = note.caller;
  for (const std::string& id : note.about) entry.add_about(id);
  entry.set_purpose(note.purpose);
  entry.set_sealed_reason(note.sealed_reason);
  entry.set_reason_key_of(note.reason_key_of);
  for (const auto& [name, value] : note.facts) (*entry.mutable_facts())[name] = value;
  gateway::v1::AuditNoted noted;
  noted.set_entry(entry.SerializeAsString());
  noted.set_salt(membership.random->Bytes(kSaltBytes));
  noted.set_nonce(membership.random->Bytes(kNonceBytes));
  *noted.mutable_of_persons() = {note.of_persons.begin(), note.of_persons.end()};
  return {std::string(kAuditNoted), noted.SerializeAsString()};
}

std::vector<std::string> AuditColumnFamilies() {
  return {std::string(kNodes), std::string(kEntries), std::string(kHead)};
}

absl::Status AppendAudit(const Membership& membership, const runtime::View& view,
                         const runtime::Event& event, runtime::Changes& changes) {
  gateway::v1::AuditNoted noted;
  if (!noted.ParseFromString(event.payload)) {
    return absl::InternalError("an audit leaf cannot be read");
  }
  WM_ASSIGN_OR_RETURN(const gateway::v1::StoredLeaf stored, ToStore(membership, view, noted));
  const uint64_t index = AuditSize(view);
  WM_ASSIGN_OR_RETURN(audit::MerkleLog log, audit::MerkleLog::Load(index, StoredNodes(view)));
  for (const audit::Node& node : log.Append(audit::LeafHash(stored.commitment()))) {
    changes.Put(kNodes, NodeKey(node.id), node.hash);
  }
  changes.Put(kEntries, BigEndian64(index), stored.SerializeAsString());
  changes.Put(kHead, kSizeKey, BigEndian64(log.size()));
  return absl::OkStatus();
}

uint64_t AuditSize(const runtime::View& view) {
  const std::optional<std::string> size = view.Get(kHead, kSizeKey);
  if (!size) return 0;
  const absl::StatusOr<uint64_t> number = KeyReader(*size).Number();
  WM_CHECK(number.ok(), "the audit log's size is not a number");
  return *number;
}

absl::StatusOr<std::string> AuditRoot(const runtime::View& view) {
  WM_ASSIGN_OR_RETURN(audit::MerkleLog log,
                      audit::MerkleLog::Load(AuditSize(view), StoredNodes(view)));
  return log.Root();
}

std::unique_ptr<audit::NodeReader> AuditNodes(const runtime::View& view) {
  return std::make_unique<StoredNodes>(view);
}

LeafState CheckLeaf(const Membership& membership, const runtime::View& view, uint64_t index) {
  const std::optional<std::string> bytes = view.Get(kEntries, BigEndian64(index));
  if (!bytes) return LeafState::kMissing;
  gateway::v1::StoredLeaf leaf;
  if (!leaf.ParseFromString(*bytes)) return LeafState::kChanged;
  if (!leaf.has_opening()) {
    if (leaf.key_slots().empty()) return LeafState::kChanged;
    const std::set<uint64_t> slots(leaf.key_slots().begin(), leaf.key_slots().end());
    absl::StatusOr<std::string> key = vault::JointKey(membership, slots, kOpenings);
    if (!key.ok()) return LeafState::kErased;
    crypto::Wipe(*key);
  }
  const std::optional<gateway::v1::LeafOpening> opening = Opening(membership, leaf);
  const bool holds =
      opening && AuditCommitment(opening->salt(), opening->entry()) == leaf.commitment();
  return holds ? LeafState::kWhole : LeafState::kChanged;
}

std::optional<OpenedLeaf> OpenLeaf(const Membership& membership, const runtime::View& view,
                                   uint64_t index) {
  const auto leaf = ReadRow<gateway::v1::StoredLeaf>(view, kEntries, BigEndian64(index));
  if (!leaf) return std::nullopt;
  std::optional<gateway::v1::LeafOpening> opening = Opening(membership, *leaf);
  OpenedLeaf opened;
  if (!opening || !opened.entry.ParseFromString(opening->entry())) return std::nullopt;
  opened.entry_bytes = std::move(*opening->mutable_entry());
  opened.salt = std::move(*opening->mutable_salt());
  return opened;
}

std::optional<std::string> LeafCommitment(const runtime::View& view, uint64_t index) {
  auto leaf = ReadRow<gateway::v1::StoredLeaf>(view, kEntries, BigEndian64(index));
  if (!leaf) return std::nullopt;
  return std::move(*leaf->mutable_commitment());
}

}  // namespace waymark::sharing
