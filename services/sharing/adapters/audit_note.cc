#include "services/sharing/adapters/audit_note.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/bytes.h"
#include "libs/base/check.h"
#include "libs/base/status.h"
#include "libs/crypto/hash.h"
#include "services/sharing/adapters/times.h"

namespace waymark::sharing {
namespace {

constexpr std::string_view kNodes = "gateway.audit.nodes";      // level, index -> hash
constexpr std::string_view kEntries = "gateway.audit.entries";  // index -> AuditNoted
constexpr std::string_view kHead = "gateway.audit.head";        // "size" -> 8 bytes
constexpr std::string_view kSizeKey = "size";
constexpr size_t kSaltBytes = 16;

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

}  // namespace

std::string AuditCommitment(std::string_view salt, std::string_view entry) {
  return crypto::Sha256(LengthPrefixed({"waymark-audit-leaf-v1", salt, entry}));
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
  return {std::string(kAuditNoted), noted.SerializeAsString()};
}

std::vector<std::string> AuditColumnFamilies() {
  return {std::string(kNodes), std::string(kEntries), std::string(kHead)};
}

absl::Status AppendAudit(const runtime::View& view, const runtime::Event& event,
                         runtime::Changes& changes) {
  gateway::v1::AuditNoted noted;
  if (!noted.ParseFromString(event.payload)) {
    return absl::InternalError("an audit leaf cannot be read");
  }
  const uint64_t index = AuditSize(view);
  WM_ASSIGN_OR_RETURN(audit::MerkleLog log, audit::MerkleLog::Load(index, StoredNodes(view)));
  const std::string leaf = audit::LeafHash(AuditCommitment(noted.salt(), noted.entry()));
  for (const audit::Node& node : log.Append(leaf)) {
    changes.Put(kNodes, NodeKey(node.id), node.hash);
  }
  changes.Put(kEntries, BigEndian64(index), event.payload);
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

std::optional<gateway::v1::AuditEntry> AuditEntryAt(const runtime::View& view, uint64_t index) {
  const std::optional<std::string> stored = view.Get(kEntries, BigEndian64(index));
  gateway::v1::AuditNoted noted;
  gateway::v1::AuditEntry entry;
  if (!stored || !noted.ParseFromString(*stored) || !entry.ParseFromString(noted.entry())) {
    return std::nullopt;
  }
  return entry;
}

}  // namespace waymark::sharing
