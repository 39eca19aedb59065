#include "services/sharing/audit/adapters/calls.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "libs/audit/merkle.h"
#include "libs/base/problem.h"
#include "libs/base/status.h"
#include "libs/rpc/errors.h"
#include "libs/runtime_rpc/submit.h"
#include "services/sharing/adapters/audit_note.h"
#include "services/sharing/adapters/times.h"
#include "services/sharing/audit/adapters/audit_view.h"
#include "services/sharing/audit/domain/schedule.h"

namespace waymark::sharing::audit_room {
namespace {

using gateway::v1::AuditFinding;
using gateway::v1::ProveConsistencyRequest;
using gateway::v1::ProveConsistencyResponse;
using gateway::v1::ShowLogResponse;
using gateway::v1::StoredHead;

void AddPeer(const AuditView& audit, const std::string& agency,
             const std::optional<StoredHead>& published, ShowLogResponse& response) {
  gateway::v1::Witness& witness = *response.add_witnesses();
  witness.set_agency(agency);
  if (const auto cosignature = audit.CosignedBy(agency)) {
    witness.set_size(cosignature->size());
    *witness.mutable_cosigned_at() = cosignature->at();
    witness.set_up_to_date(published && cosignature->size() == published->size());
  }
  gateway::v1::SeenLog& seen = *response.add_seen();
  seen.set_agency(agency);
  seen.set_untied(static_cast<uint32_t>(audit.Untied(agency).size()));
  if (const auto stored = audit.Seen(agency)) {
    seen.set_size(stored->head().size());
    seen.set_root(stored->head().root());
    *seen.mutable_seen_at() = stored->head().at();
    if (stored->has_cosigned_at()) *seen.mutable_cosigned_at() = stored->cosigned_at();
  }
}

}  // namespace

absl::StatusOr<runtime::Decision> DecideShowLog(const Membership& membership,
                                                const runtime::View& view,
                                                const runtime::Input& input) {
  WM_RETURN_IF_ERROR(runtime_rpc::DecodeCommand<gateway::v1::ShowLogRequest>(input).status());
  const AuditView audit(view);
  ShowLogResponse response;
  response.set_origin(membership.AuditOrigin(membership.agency));
  response.set_size(AuditSize(view));
  const absl::StatusOr<std::string> root = AuditRoot(view);
  if (root.ok()) response.set_root(*root);
  const auto published = audit.Published();
  if (published) {
    response.set_checkpoint(published->note());
    response.set_published_size(published->size());
    *response.mutable_published_at() = published->at();
  }
  for (const auto& [agency, peer] : membership.peers) {
    if (agency != membership.agency) AddPeer(audit, agency, published, response);
  }
  std::vector<AuditFinding> findings = audit.Findings();
  std::sort(findings.begin(), findings.end(), [](const AuditFinding& a, const AuditFinding& b) {
    return std::tuple(a.has_ended_at(), -a.found_at().seconds()) <
           std::tuple(b.has_ended_at(), -b.found_at().seconds());
  });
  for (AuditFinding& found : findings) *response.add_findings() = std::move(found);
  const gateway::v1::StoredSelfAudit self = audit.Self();
  response.mutable_self_audit()->set_checked(self.next());
  response.mutable_self_audit()->set_of(self.target());
  if (self.has_last_whole_at()) {
    *response.mutable_self_audit()->mutable_last_whole_at() = self.last_whole_at();
  }
  runtime::Decision decision;
  decision.reply = response.SerializeAsString();
  return decision;
}

absl::StatusOr<runtime::Decision> DecideProveConsistency(const Membership& membership,
                                                         const runtime::View& view,
                                                         const runtime::Input& input) {
  WM_ASSIGN_OR_RETURN(const auto command,
                      runtime_rpc::DecodeCommand<ProveConsistencyRequest>(input));
  if (membership.peers.count(command.caller.agency()) == 0) {
    return runtime::Decision::Refuse(
        rpc::ProblemStatus(absl::StatusCode::kPermissionDenied,
                           {{"not_a_member", "partnership", "a gateway of this partnership",
                             "ask the members of your own partnership"}}));
  }
  const ProveConsistencyRequest& request = command.request;
  const bool in_range = std::all_of(request.from_sizes().begin(), request.from_sizes().end(),
                                    [&](uint64_t size) { return size <= request.to_size(); });
  if (request.from_sizes().empty() || !in_range ||
      static_cast<size_t>(request.from_sizes_size()) > kUntiedMax) {
    return runtime::Decision::Refuse(rpc::ProblemStatus(
        absl::StatusCode::kInvalidArgument,
        {{"out_of_range", "from_sizes", "1 to 256 sizes, none above to_size", "ask for fewer"}}));
  }
  ProveConsistencyResponse response;
  response.set_size(AuditSize(view));
  if (response.size() >= request.to_size()) {
    for (const uint64_t from : request.from_sizes()) {
      absl::StatusOr<std::vector<std::string>> path =
          audit::ConsistencyProof(from, request.to_size(), *AuditNodes(view));
      if (!path.ok()) {
        return runtime::Decision::Refuse(
            rpc::ProblemStatus(absl::StatusCode::kFailedPrecondition,
                               {{"audit_log_damaged", "to_size", "an audit log with all its nodes",
                                 "look at this gateway's own findings"}}));
      }
      gateway::v1::ConsistencyPath& added = *response.add_paths();
      for (std::string& hash : *path) added.add_hashes(std::move(hash));
    }
  }
  runtime::Decision decision;
  decision.reply = response.SerializeAsString();
  return decision;
}

}  // namespace waymark::sharing::audit_room
