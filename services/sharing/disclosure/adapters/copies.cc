#include "services/sharing/disclosure/adapters/copies.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/problem.h"
#include "libs/base/status.h"
#include "libs/rpc/errors.h"
#include "libs/runtime_rpc/submit.h"
#include "services/sharing/adapters/audit_note.h"
#include "services/sharing/adapters/rows.h"
#include "services/sharing/adapters/times.h"
#include "services/sharing/disclosure/adapters/disclosure_view.h"
#include "services/sharing/disclosure/adapters/explain.h"

namespace waymark::sharing::disclosure {
namespace {

using gateway::v1::CopyReport;
using gateway::v1::CopyStatus;
using gateway::v1::ReceivedCopiesKept;
using gateway::v1::ShareCopy;
using gateway::v1::StoredReceivedShare;
using gateway::v1::StoredShare;

absl::StatusOr<gateway::v1::Parcel> ReportParcel(const Membership& membership,
                                                 const std::string& origin,
                                                 const CopyReport& report) {
  gateway::v1::ParcelHeader header;
  header.set_share_id(report.share_id());
  header.set_case_id(report.case_id());
  header.set_kind("copies");
  gateway::v1::ParcelContent content;
  *content.mutable_copies() = report;
  return SealParcel(membership, origin, header, content);
}

CopyReport ReportOf(const StoredReceivedShare& share, absl::Time now) {
  CopyReport report;
  report.set_share_id(share.share_id());
  report.set_case_id(share.case_id());
  *report.mutable_at() = ToProto(now);
  return report;
}

ShareCopy* CopyOf(const std::string& holder, StoredReceivedShare& share) {
  for (ShareCopy& copy : *share.mutable_copies()) {
    if (copy.holder() == holder && !copy.has_removed_at()) return &copy;
  }
  return nullptr;
}

template <class Row>
void Add(const Row& row, const std::string& origin, const std::string& held_by,
         const std::string& reason, bool all,
         google::protobuf::RepeatedPtrField<CopyStatus>& list) {
  for (const ShareCopy& copy : row.copies()) {
    const bool outstanding = IsOutstanding(row) && !copy.has_removed_at();
    if (!outstanding && !all) continue;
    CopyStatus& status = *list.Add();
    status.set_share_id(row.share_id());
    status.set_case_id(row.case_id());
    status.set_origin(origin);
    status.set_held_by(held_by);
    *status.mutable_copy() = copy;
    status.set_share_state(row.state());
    status.set_reason(reason);
    status.set_outstanding(outstanding);
  }
}

}  // namespace

ShareCopy CopyBy(const std::string& holder, const std::string& role, const std::string& purpose,
                 absl::Time at) {
  ShareCopy copy;
  copy.set_holder(holder);
  copy.set_role(role);
  copy.set_purpose(purpose);
  *copy.mutable_taken_at() = ToProto(at);
  return copy;
}

absl::Status NoteCopy(const Membership& membership, const runtime::View& view,
                      const std::string& share_id, const ShareCopy& copy, bool receipt,
                      absl::Time now, runtime::Decision& decision) {
  const auto before = DisclosureView(membership, view).Received(share_id);
  if (!before) return absl::OkStatus();
  ReceivedCopiesKept kept;
  StoredReceivedShare& share = *kept.mutable_share();
  share = *before;
  const bool taken = AddCopy(copy, share);
  bool confirmed = false;
  if (receipt) {
    ShareCopy* held = CopyOf(copy.holder(), share);
    confirmed = held != nullptr && !held->has_receipt_at();
    if (confirmed) *held->mutable_receipt_at() = ToProto(now);
  }
  if (!taken && !confirmed) return absl::OkStatus();
  // What was fetched the origin listed when it was asked.
  if (taken && share.state() == "pushed") {
    CopyReport report = ReportOf(share, now);
    *report.add_taken() = copy;
    WM_ASSIGN_OR_RETURN(*kept.mutable_parcel(), ReportParcel(membership, share.origin(), report));
  }
  decision.events.push_back(MakeEvent(kept));
  return absl::OkStatus();
}

absl::StatusOr<runtime::Decision> DecideConfirmRemoval(const Membership& membership,
                                                       const runtime::View& view,
                                                       const runtime::Input& input,
                                                       runtime::Context& context) {
  WM_ASSIGN_OR_RETURN(const auto command,
                      runtime_rpc::DecodeCommand<gateway::v1::ConfirmRemovalRequest>(input));
  const auto before = DisclosureView(membership, view).Received(command.request.share_id());
  if (!before) {
    return runtime::Decision::Refuse(
        rpc::ProblemStatus(absl::StatusCode::kNotFound,
                           {{"unknown_share", "share_id", "a share that this agency was told of",
                             "list the copies to find its id"}}));
  }
  const absl::Time now = context.now();
  const std::string& who = command.caller.person_subject();
  ReceivedCopiesKept kept;
  *kept.mutable_share() = *before;
  gateway::v1::ConfirmRemovalResponse response;
  *response.mutable_confirmed_at() = ToProto(now);
  for (const ShareCopy& copy : before->copies()) {
    // The sealed one goes when the share falls away; nobody's word removes it.
    if (copy.holder() == kGatewayHolder) continue;
    response.set_copies(response.copies() +
                        RemoveCopies(copy.holder(), ToProto(now), who, *kept.mutable_share()));
  }
  CopyReport report = ReportOf(kept.share(), now);
  report.set_none_left(true);
  report.set_removed_by(who);
  report.set_removed_by_role(command.caller.person_role());
  WM_ASSIGN_OR_RETURN(*kept.mutable_parcel(), ReportParcel(membership, before->origin(), report));
  AuditNote note;
  note.what = "copy_removal_confirmed";
  note.caller = command.caller;
  note.about = {before->share_id(), before->case_id()};
  note.facts = {{"origin", before->origin()}, {"copies", absl::StrCat(response.copies())}};
  runtime::Decision decision;
  decision.events = {MakeEvent(kept), NoteAudit(membership, note, now)};
  decision.reply = response.SerializeAsString();
  return decision;
}

absl::StatusOr<runtime::Decision> DecideKeyDestroyed(const Membership& membership,
                                                     const runtime::View& view,
                                                     const runtime::Input& input,
                                                     runtime::Context& context) {
  gateway::v1::PushedShareEnded ended;
  if (!ended.ParseFromString(input.payload)) {
    return absl::InvalidArgumentError("the result of a key's destruction cannot be read");
  }
  const auto before = DisclosureView(membership, view).Received(ended.share_id());
  if (!before) return runtime::Decision{};
  const absl::Time now = context.now();
  ReceivedCopiesKept kept;
  *kept.mutable_share() = *before;
  RemoveCopies(kGatewayHolder, ToProto(now), "", *kept.mutable_share());
  CopyReport report = ReportOf(*before, now);
  report.add_removed(std::string(kGatewayHolder));
  WM_ASSIGN_OR_RETURN(*kept.mutable_parcel(), ReportParcel(membership, before->origin(), report));
  AuditNote note;
  note.what = "pushed_share_destroyed";
  note.about = {before->share_id(), before->case_id()};
  note.facts = {{"origin", before->origin()}, {"reason", before->reason()}};
  runtime::Decision decision;
  decision.events = {MakeEvent(kept), NoteAudit(membership, note, now)};
  return decision;
}

absl::StatusOr<runtime::Decision> DecideCopyReport(const Membership& membership,
                                                   const runtime::View& view,
                                                   const OpenedParcel& parcel, absl::Time now) {
  const CopyReport& report = parcel.content.copies();
  const auto before = DisclosureView(membership, view).Share(report.share_id());
  if (!before || before->recipient() != parcel.sender || before->case_id() != report.case_id()) {
    return runtime::Decision::Refuse(
        absl::PermissionDeniedError("copies are reported by somebody who was given no such share"));
  }
  gateway::v1::GivenCopiesKept kept;
  StoredShare& share = *kept.mutable_share();
  share = *before;
  AuditNote note;
  note.about = {share.share_id(), share.case_id(), share.person_id()};
  note.facts = {{"recipient", share.recipient()}};
  for (const ShareCopy& copy : report.taken()) {
    AddCopy(copy, share);
    note.facts["taken"] = copy.holder();
  }
  for (const std::string& holder : report.removed()) {
    RemoveCopies(holder, report.at(), "", share);
    note.facts["removed"] = holder;
  }
  if (report.none_left()) {
    for (const ShareCopy& copy : before->copies()) {
      if (copy.holder() == kGatewayHolder) continue;
      RemoveCopies(copy.holder(), report.at(), report.removed_by(), share);
    }
    note.facts["removed_by"] = report.removed_by();
    note.facts["removed_by_role"] = report.removed_by_role();
  }
  share.set_copy_outstanding(AnyCopyThere(share));
  note.what = report.taken().empty() ? "copy_removed_at_recipient" : "copy_taken_at_recipient";
  runtime::Decision decision;
  decision.events = {MakeEvent(kept), NoteAudit(membership, note, now)};
  return decision;
}

absl::StatusOr<runtime::Decision> DecideListCopies(const Membership& membership,
                                                   const runtime::View& view,
                                                   const runtime::Input& input) {
  WM_ASSIGN_OR_RETURN(const auto command,
                      runtime_rpc::DecodeCommand<gateway::v1::ListCopiesRequest>(input));
  const DisclosureView shares(membership, view);
  gateway::v1::ListCopiesResponse response;
  const auto given = command.request.all() ? shares.Shares(kSharesListedMax)
                                           : shares.OutstandingGiven(kCopiesListedMax);
  for (const StoredShare& share : given) {
    Add(share, membership.agency, share.recipient(), share.withdrawn_because(),
        command.request.all(), *response.mutable_given());
  }
  const auto taken = command.request.all() ? shares.ReceivedShares(kSharesListedMax)
                                           : shares.OutstandingTaken(kCopiesListedMax);
  for (const StoredReceivedShare& share : taken) {
    Add(share, share.origin(), membership.agency, share.reason(), command.request.all(),
        *response.mutable_taken());
  }
  runtime::Decision decision;
  decision.reply = response.SerializeAsString();
  return decision;
}

}  // namespace waymark::sharing::disclosure
