#include "services/sharing/audit/adapters/audit_view.h"

#include "libs/audit/merkle.h"
#include "services/sharing/adapters/rows.h"
#include "services/sharing/audit/adapters/keys.h"

namespace waymark::sharing::audit_room {

using gateway::v1::AuditFinding;
using gateway::v1::StoredCosignature;
using gateway::v1::StoredHead;
using gateway::v1::StoredSeen;
using gateway::v1::StoredSelfAudit;

std::optional<StoredHead> AuditView::Published() const {
  return ReadRow<StoredHead>(view_, kOwn, kPublishedKey);
}

std::optional<StoredHead> AuditView::Witnessed() const {
  return ReadRow<StoredHead>(view_, kOwn, kWitnessedKey);
}

std::optional<StoredCosignature> AuditView::CosignedBy(const std::string& agency) const {
  return ReadRow<StoredCosignature>(view_, kCosigned, RowKey(agency));
}

StoredSelfAudit AuditView::Self() const {
  return ReadRow<StoredSelfAudit>(view_, kOwn, kSelfKey).value_or(StoredSelfAudit());
}

absl::Time AuditView::Due() const {
  const std::optional<std::string> due = view_.Get(kOwn, kDueKey);
  if (!due) return absl::InfiniteFuture();
  const absl::StatusOr<uint64_t> micros = KeyReader(*due).Number();
  WM_CHECK(micros.ok(), "the next publication's time is not a number");
  return absl::FromUnixMicros(static_cast<int64_t>(*micros));
}

std::optional<StoredSeen> AuditView::Seen(const std::string& agency) const {
  return ReadRow<StoredSeen>(view_, kSeen, RowKey(agency));
}

std::optional<std::string> AuditView::RootOf(const std::string& agency, uint64_t size) const {
  if (size == 0) return audit::EmptyRoot();
  return view_.Get(kHeads, HeadKey(agency, size));
}

Known AuditView::KnownOf(const std::string& agency, uint64_t size) const {
  Known known;
  if (const auto seen = Seen(agency)) known.latest = Head{seen->head().size(), seen->head().root()};
  known.root_at_size = RootOf(agency, size);
  return known;
}

std::vector<StoredHead> AuditView::Untied(const std::string& agency) const {
  std::vector<StoredHead> heads;
  const std::string prefix = RowKey(agency);
  view_.Scan(kUntied, prefix, AfterPrefix(prefix), [&](std::string_view, std::string_view value) {
    heads.push_back(ParsedRow<StoredHead>(value));
    return true;
  });
  return heads;
}

std::vector<AuditFinding> AuditView::Findings() const {
  std::vector<AuditFinding> findings;
  view_.Scan(kFindings, "", "", [&](std::string_view, std::string_view value) {
    findings.push_back(ParsedRow<AuditFinding>(value));
    return true;
  });
  return findings;
}

std::optional<AuditFinding> AuditView::Finding(const std::string& agency, const std::string& code,
                                               const std::string& found_by) const {
  return ReadRow<AuditFinding>(view_, kFindings, FindingKey(agency, code, found_by));
}

bool AuditView::Distrusted(const std::string& agency, const std::string& self) const {
  bool distrusted = false;
  const std::string prefix = RowKey(agency);
  view_.Scan(kFindings, prefix, AfterPrefix(prefix), [&](std::string_view, std::string_view value) {
    const auto one = ParsedRow<AuditFinding>(value);
    distrusted = one.found_by() == self && one.code() != finding::kSilent && !one.has_ended_at();
    return !distrusted;
  });
  return distrusted;
}

}  // namespace waymark::sharing::audit_room
