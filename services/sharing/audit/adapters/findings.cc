#include "services/sharing/audit/adapters/findings.h"

#include "absl/strings/str_cat.h"
#include "libs/audit/checkpoint.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/config/topics.h"
#include "services/sharing/adapters/rows.h"
#include "services/sharing/adapters/times.h"
#include "services/sharing/audit/adapters/audit_view.h"
#include "services/sharing/audit/adapters/keys.h"

namespace waymark::sharing::audit_room {
namespace {

using gateway::v1::AuditFinding;
using gateway::v1::AuditFound;

constexpr int kEvidenceMax = 2;
constexpr size_t kMeansBytesMax = 1000;

bool IsCode(std::string_view code) {
  return code == finding::kRewritten || code == finding::kTruncated ||
         code == finding::kRolledBack || code == finding::kForked || code == finding::kSilent;
}

bool MakesSense(const Membership& membership, const AuditFinding& found) {
  if (!IsCode(found.code()) || membership.peers.count(found.agency()) == 0) return false;
  if (found.means().size() > kMeansBytesMax || found.evidence_size() > kEvidenceMax) return false;
  for (const std::string& note : found.evidence()) {
    if (note.size() > audit::kCheckpointBytesMax) return false;
  }
  return found.has_found_at();
}

}  // namespace

AuditFinding MakeFinding(const Membership& membership, const std::string& agency,
                         std::string_view code, const std::string& where,
                         const std::vector<std::string>& evidence, absl::Time now) {
  AuditFinding found;
  found.set_code(std::string(code));
  found.set_agency(agency);
  found.set_found_by(membership.agency);
  *found.mutable_found_at() = ToProto(now);
  found.set_means(absl::StrCat(where, where.empty() ? "" : ": ", ToAbsl(MeaningOf(code))));
  for (const std::string& note : evidence) found.add_evidence(note);
  return found;
}

void AddFinding(const Membership& membership, const runtime::View& view, const AuditFinding& found,
                runtime::Decision& decision) {
  const auto before = AuditView(view).Finding(found.agency(), found.code(), found.found_by());
  if (before && !before->has_ended_at() && !found.has_ended_at()) return;
  AuditFound event;
  *event.mutable_finding() = found;
  event.set_tell(found.found_by() == membership.agency);
  decision.events.push_back(MakeEvent(event));
}

void EndSilence(const Membership& membership, const runtime::View& view, const std::string& agency,
                absl::Time now, runtime::Decision& decision) {
  auto silent = AuditView(view).Finding(agency, std::string(finding::kSilent), membership.agency);
  if (!silent || silent->has_ended_at()) return;
  *silent->mutable_ended_at() = ToProto(now);
  AddFinding(membership, view, *silent, decision);
}

absl::StatusOr<runtime::Decision> DecideTold(const Membership& membership,
                                             const runtime::View& view,
                                             const runtime::Input& input) {
  gateway::v1::AuditFindingTold told;
  if (!told.ParseFromString(input.payload) || !MakesSense(membership, told.finding()) ||
      config::GatewaySource(told.finding().found_by()) != input.source) {
    return absl::InvalidArgumentError("a finding about an audit log that makes no sense");
  }
  runtime::Decision decision;
  AddFinding(membership, view, told.finding(), decision);
  return decision;
}

absl::Status EvolveFound(const Membership& membership, const runtime::View& view,
                         const runtime::Event& event, runtime::Changes& changes) {
  AuditFound found;
  WM_RETURN_IF_ERROR(ReadEvent(event, found));
  const AuditFinding& what = found.finding();
  changes.Put(kFindings, FindingKey(what.agency(), what.code(), what.found_by()),
              what.SerializeAsString());
  TellOperator(view, what, changes);
  if (found.tell()) {
    gateway::v1::AuditFindingTold told;
    *told.mutable_finding() = what;
    changes.Send(membership.AuditOf(membership.agency), told.GetTypeName(),
                 told.SerializeAsString());
  }
  return absl::OkStatus();
}

void TellOperator(const runtime::View& view, const AuditFinding& found, runtime::Changes& changes) {
  gateway::v1::AuditAlarm alarm;
  alarm.set_code(found.code());
  alarm.set_agency(found.agency());
  alarm.set_detail(absl::StrCat("found by ", found.found_by(), "; ", found.means()));
  // The same may have been found by several.
  for (const AuditFinding& other : AuditView(view).Findings()) {
    if (other.agency() == found.agency() && other.code() == found.code() && !other.has_ended_at()) {
      alarm.set_raise(true);
    }
  }
  changes.StartEffect(absl::StrCat(ToAbsl(kAlarm), ":", found.agency(), ":", found.code()), kAlarm,
                      alarm.SerializeAsString());
}

}  // namespace waymark::sharing::audit_room
