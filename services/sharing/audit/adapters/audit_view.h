// What the room audit keeps, for itself and for other rooms.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "libs/runtime/decider.h"
#include "services/sharing/audit/domain/judge.h"
#include "waymark/gateway/v1/checkpoint_kept.pb.h"

namespace waymark::sharing::audit_room {

class AuditView {
 public:
  // `view` must outlive it.
  explicit AuditView(const runtime::View& view) : view_(view) {}

  // ---- The own log ----
  std::optional<gateway::v1::StoredHead> Published() const;
  // The newest published checkpoint that other members cosigned, with their lines: size and note.
  std::optional<gateway::v1::StoredHead> Witnessed() const;
  std::optional<gateway::v1::StoredCosignature> CosignedBy(const std::string& agency) const;
  gateway::v1::StoredSelfAudit Self() const;
  // When the next publication is due; InfiniteFuture before the room was started.
  absl::Time Due() const;

  // ---- The others' ----
  std::optional<gateway::v1::StoredSeen> Seen(const std::string& agency) const;
  // Root of an accepted head; of size 0 always.
  std::optional<std::string> RootOf(const std::string& agency, uint64_t size) const;
  Known KnownOf(const std::string& agency, uint64_t size) const;
  std::vector<gateway::v1::StoredHead> Untied(const std::string& agency) const;

  std::vector<gateway::v1::AuditFinding> Findings() const;
  std::optional<gateway::v1::AuditFinding> Finding(const std::string& agency,
                                                   const std::string& code,
                                                   const std::string& found_by) const;
  // Something that this gateway itself found of that log, silence apart, stands.
  bool Distrusted(const std::string& agency, const std::string& self) const;

 private:
  const runtime::View& view_;
};

}  // namespace waymark::sharing::audit_room
