#include "services/sharing/alerts/adapters/queue.h"

#include <utility>

#include "libs/base/status.h"
#include "libs/config/topics.h"
#include "libs/rpc/errors.h"
#include "libs/runtime_rpc/submit.h"
#include "services/sharing/adapters/audit_note.h"
#include "services/sharing/adapters/rows.h"
#include "services/sharing/adapters/times.h"
#include "services/sharing/alerts/adapters/alerts_view.h"
#include "services/sharing/alerts/adapters/keys.h"
#include "services/sharing/alerts/domain/waiting.h"
#include "services/sharing/disclosure/adapters/disclosure_view.h"
#include "waymark/casemgr/v1/inbox.pb.h"

namespace waymark::sharing::alerts {
namespace {

using gateway::v1::AlertChanged;
using gateway::v1::StoredAlert;

std::optional<pack::Band> PackBand(common::v1::Band band) {
  switch (band) {
    case common::v1::BAND_STANDARD:
      return pack::Band::kStandard;
    case common::v1::BAND_MEDIUM:
      return pack::Band::kMedium;
    case common::v1::BAND_HIGH:
      return pack::Band::kHigh;
    default:
      return std::nullopt;
  }
}

absl::StatusOr<std::optional<Wait>> WaitOf(const Membership& membership, const StoredAlert& alert) {
  const std::optional<pack::Band> band = PackBand(alert.alert().band());
  if (!band) return std::optional<Wait>();
  Result<std::optional<Wait>> wait =
      WaitFor(*membership.pack, membership.agency, *band, FromProto(alert.queued_at()));
  if (!wait.ok()) return absl::InvalidArgumentError(Describe(wait.problem()));
  return *std::move(wait);
}

// Raises the version and says so in the feed.
void AddEntry(AlertChanged& changed, EntryKind kind, const std::string& reason = "") {
  StoredAlert& alert = *changed.mutable_alert();
  alert.set_version(alert.version() + 1);
  gateway::v1::FeedEntry& entry = *changed.add_entries();
  entry.set_alert_id(alert.alert().alert_id());
  entry.set_version(alert.version());
  entry.set_kind(std::string(EntryKindName(kind)));
  entry.set_reason(reason);
}

gateway::v1::RaisedAlert Raised(const casemgr::v1::HighRiskAlert& said) {
  gateway::v1::RaisedAlert alert;
  alert.set_alert_id(said.alert_id());
  alert.set_case_id(said.case_id());
  *alert.mutable_raised_at() = said.raised_at();
  alert.set_band(said.band());
  *alert.mutable_band_by() = said.band_by();
  alert.set_category(said.category());
  *alert.mutable_area() = said.area();
  alert.set_lead_agency(said.lead_agency());
  alert.set_interest(said.interest());
  *alert.mutable_holders() = said.holders();
  return alert;
}

bool SaysTheSame(const gateway::v1::RaisedAlert& a, const gateway::v1::RaisedAlert& b) {
  return a.SerializeAsString() == b.SerializeAsString();
}

AuditNote NoteOf(const StoredAlert& alert, const std::string& what) {
  AuditNote note;
  note.what = what;
  note.about = {alert.alert().alert_id(), alert.alert().case_id()};
  return note;
}

void AddReminder(AlertChanged& changed, const std::string& role, const std::string& kind,
                 absl::Time now) {
  gateway::v1::AlertReminder& reminder = *changed.mutable_reminder();
  reminder.set_alert_id(changed.alert().alert().alert_id());
  reminder.set_case_id(changed.alert().alert().case_id());
  reminder.set_role(role);
  reminder.set_kind(kind);
  *reminder.mutable_at() = ToProto(now);
}

}  // namespace

absl::StatusOr<runtime::Decision> DecideHighRisk(const Membership& membership,
                                                 const runtime::View& view,
                                                 const runtime::Input& input,
                                                 runtime::Context& context) {
  if (input.source != config::kCasemgrSource) {
    return runtime::Decision::Refuse(
        absl::PermissionDeniedError("only casemgr raises a high-risk alert"));
  }
  casemgr::v1::HighRiskAlert said;
  if (!said.ParseFromString(input.payload) || said.alert_id().empty() || said.case_id().empty()) {
    return absl::InvalidArgumentError("HighRiskAlert cannot be read");
  }
  AlertChanged changed;
  StoredAlert& alert = *changed.mutable_alert();
  const auto before = AlertsView(view).Alert(said.alert_id());
  if (before && SaysTheSame(before->alert(), Raised(said))) return runtime::Decision{};
  if (before) alert = *before;
  *alert.mutable_alert() = Raised(said);
  if (!before) {
    *alert.mutable_queued_at() = ToProto(context.now());
    WM_ASSIGN_OR_RETURN(const std::optional<Wait> wait, WaitOf(membership, alert));
    if (wait) {
      *alert.mutable_acknowledge_by() = ToProto(wait->due);
      *changed.mutable_remind_at() = ToProto(wait->due_soon);
      *changed.mutable_escalate_at() = ToProto(wait->due);
    }
  }
  AddEntry(changed, EntryKind::kAlert);
  runtime::Decision decision;
  decision.events = {MakeEvent(changed),
                     NoteAudit(membership, NoteOf(alert, "alert_queued"), context.now())};
  return decision;
}

absl::StatusOr<runtime::Decision> DecideShareChanged(const runtime::View& view,
                                                     const runtime::Input& input) {
  gateway::v1::ShareChanged share;
  if (!share.ParseFromString(input.payload)) {
    return absl::InvalidArgumentError("a nudge that cannot be read");
  }
  runtime::Decision decision;
  const AlertsView alerts(view);
  for (const StoredAlert& alert : alerts.OfCase(share.case_id())) {
    AlertChanged changed;
    *changed.mutable_alert() = alert;
    if (!share.withdrawn().empty()) {
      auto& unreached = *changed.mutable_alert()->mutable_unreached();
      for (int i = unreached.size() - 1; i >= 0; --i) {
        if (unreached[i] == share.share_id()) unreached.DeleteSubrange(i, 1);
      }
      // Takes back what was said, then says what still may be.
      AddEntry(changed, EntryKind::kTombstone, share.withdrawn());
    }
    AddEntry(changed, EntryKind::kAlert);
    decision.events.push_back(MakeEvent(changed));
  }
  return decision;
}

absl::StatusOr<runtime::Decision> DecideTimer(const Membership& membership,
                                              const runtime::View& view,
                                              const runtime::Input& input,
                                              runtime::Context& context) {
  gateway::v1::AlertTimer timer;
  if (!timer.ParseFromString(input.payload)) {
    return absl::InvalidArgumentError("a timer that cannot be read");
  }
  const auto alert = AlertsView(view).Alert(timer.alert_id());
  if (!alert) return runtime::Decision{};
  AlertChanged changed;
  *changed.mutable_alert() = *alert;
  runtime::Decision decision;
  if (input.type == kRetry) {
    if (alert->unreached().empty()) return decision;
    gateway::v1::FeedEntry& entry = *changed.add_entries();
    entry.set_alert_id(timer.alert_id());
    entry.set_version(alert->version());
    entry.set_kind(std::string(EntryKindName(EntryKind::kRetry)));
    decision.events = {MakeEvent(changed)};
    return decision;
  }
  if (alert->has_acknowledged_at()) return decision;
  WM_ASSIGN_OR_RETURN(const std::optional<Wait> wait, WaitOf(membership, *alert));
  const std::string due_soon_role = wait ? wait->due_soon_role : "";
  const std::string escalation_role = wait ? wait->escalation_role : "";
  if (input.type == kRemind) {
    AddReminder(changed, due_soon_role, "due_soon", context.now());
    decision.events = {MakeEvent(changed)};
    return decision;
  }
  changed.mutable_alert()->set_escalated(true);
  AddReminder(changed, escalation_role, "unacknowledged", context.now());
  AuditNote note = NoteOf(*alert, "alert_escalated");
  note.facts["told"] = escalation_role;
  decision.events = {MakeEvent(changed), NoteAudit(membership, note, context.now())};
  return decision;
}

absl::StatusOr<runtime::Decision> DecideAcknowledge(const Membership& membership,
                                                    const runtime::View& view,
                                                    const runtime::Input& input,
                                                    runtime::Context& context) {
  WM_ASSIGN_OR_RETURN(const auto command,
                      runtime_rpc::DecodeCommand<gateway::v1::AcknowledgeAlertRequest>(input));
  const auto alert = AlertsView(view).Alert(command.request.alert_id());
  if (!alert) {
    return runtime::Decision::Refuse(rpc::ProblemStatus(
        absl::StatusCode::kNotFound,
        {{"unknown_alert", "alert_id", "an alert of this agency", "list the alerts"}}));
  }
  runtime::Decision decision;
  gateway::v1::AcknowledgeAlertResponse response;
  if (alert->has_acknowledged_at()) {
    *response.mutable_acknowledged_at() = alert->acknowledged_at();
    decision.reply = response.SerializeAsString();
    return decision;
  }
  AlertChanged changed;
  *changed.mutable_alert() = *alert;
  *changed.mutable_alert()->mutable_acknowledged_at() = ToProto(context.now());
  changed.mutable_alert()->set_acknowledged_by(command.caller.person_subject());
  changed.set_settled(true);
  AuditNote note = NoteOf(*alert, "alert_acknowledged");
  note.caller = command.caller;
  decision.events = {MakeEvent(changed), NoteAudit(membership, note, context.now())};
  *response.mutable_acknowledged_at() = changed.alert().acknowledged_at();
  decision.reply = response.SerializeAsString();
  return decision;
}

absl::StatusOr<runtime::Decision> DecideListAlerts(const Membership& membership,
                                                   const runtime::View& view,
                                                   runtime::Context& context) {
  const disclosure::DisclosureView shares(membership, view);
  gateway::v1::ListAlertsResponse response;
  for (const StoredAlert& alert : AlertsView(view).Alerts(kAlertsListedMax)) {
    gateway::v1::AlertStatus& status = *response.add_alerts();
    status.set_alert_id(alert.alert().alert_id());
    status.set_case_id(alert.alert().case_id());
    *status.mutable_raised_at() = alert.alert().raised_at();
    if (alert.has_acknowledge_by()) *status.mutable_acknowledge_by() = alert.acknowledge_by();
    if (alert.has_acknowledged_at()) *status.mutable_acknowledged_at() = alert.acknowledged_at();
    if (alert.has_delivered_at()) *status.mutable_delivered_at() = alert.delivered_at();
    status.set_escalated(alert.escalated());
    status.set_depersonalised(shares.LiveReceived(alert.alert().case_id(), context.now()).empty());
  }
  runtime::Decision decision;
  decision.reply = response.SerializeAsString();
  return decision;
}

}  // namespace waymark::sharing::alerts
