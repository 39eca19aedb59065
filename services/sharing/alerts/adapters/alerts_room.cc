#include "services/sharing/alerts/adapters/alerts_room.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "services/sharing/adapters/methods.h"
#include "services/sharing/adapters/rows.h"
#include "services/sharing/adapters/times.h"
#include "services/sharing/alerts/adapters/alert_stream.h"
#include "services/sharing/alerts/adapters/alerts_view.h"
#include "services/sharing/alerts/adapters/keys.h"
#include "services/sharing/alerts/adapters/nudge.h"
#include "services/sharing/alerts/adapters/queue.h"
#include "services/sharing/alerts/adapters/read_share.h"
#include "services/sharing/alerts/adapters/send.h"

namespace waymark::sharing::alerts {
namespace {

using gateway::v1::AlertChanged;
using gateway::v1::AlertSent;
using gateway::v1::ReceiptTaken;
using gateway::v1::StoredAlert;
using gateway::v1::SubscriptionChanged;

constexpr std::string_view kHighRiskAlert = "waymark.casemgr.v1.HighRiskAlert";
constexpr std::string_view kSubscribeAlerts = "/waymark.gateway.v1.AlertService/SubscribeAlerts";

std::string IdOf(std::string_view kind, const std::string& alert_id) {
  return absl::StrCat(ToAbsl(kind), "/", alert_id);
}

void SoundAlarm(const std::string& alert_id, bool raise, runtime::Changes& changes) {
  gateway::v1::AlertAlarm alarm;
  alarm.set_alert_id(alert_id);
  alarm.set_raise(raise);
  changes.StartEffect(IdOf(kAlarm, alert_id), kAlarm, alarm.SerializeAsString());
}

void RunClocks(const AlertChanged& changed, runtime::Changes& changes) {
  const std::string& id = changed.alert().alert().alert_id();
  gateway::v1::AlertTimer timer;
  timer.set_alert_id(id);
  const std::string payload = timer.SerializeAsString();
  if (changed.has_remind_at()) {
    changes.ArmTimer(IdOf(kRemind, id), FromProto(changed.remind_at()), kRemind, payload);
  }
  if (changed.has_escalate_at()) {
    changes.ArmTimer(IdOf(kUnacknowledged, id), FromProto(changed.escalate_at()), kUnacknowledged,
                     payload);
  }
  if (changed.has_retry_at()) {
    changes.ArmTimer(IdOf(kRetry, id), FromProto(changed.retry_at()), kRetry, payload);
  }
  if (changed.settled()) {
    changes.CancelTimer(IdOf(kRemind, id));
    changes.CancelTimer(IdOf(kUnacknowledged, id));
    if (changed.alert().escalated()) SoundAlarm(id, false, changes);
  }
}

absl::Status EvolveAlert(const runtime::View& view, const runtime::Event& event,
                         runtime::Changes& changes) {
  AlertChanged changed;
  WM_RETURN_IF_ERROR(ReadEvent(event, changed));
  StoredAlert& alert = *changed.mutable_alert();
  const std::string id = alert.alert().alert_id();
  uint64_t seq = AlertsView(view).head();
  for (const gateway::v1::FeedEntry& entry : changed.entries()) {
    changes.Put(kFeed, BigEndian64(++seq), entry.SerializeAsString());
    if (entry.kind() == EntryKindName(EntryKind::kAlert)) alert.set_latest_seq(seq);
  }
  if (changed.entries_size() > 0) {
    changes.Put(kHead, kFeedKey, BigEndian64(seq));
    changes.StartEffect(kWake, kWake, "");
  }
  changes.Put(kAlerts, RowKey(id), alert.SerializeAsString());
  changes.Put(kOfCase, RowKey(alert.alert().case_id(), id), "");
  changes.Put(kByTime, AlertTimeKey(FromProto(alert.queued_at()), id), "");
  RunClocks(changed, changes);
  if (changed.has_reminder()) {
    const gateway::v1::AlertReminder& reminder = changed.reminder();
    changes.Put(kReminders, ReminderKey(FromProto(reminder.at()), id, reminder.kind()),
                reminder.SerializeAsString());
    if (reminder.kind() == "unacknowledged") SoundAlarm(id, true, changes);
  }
  return absl::OkStatus();
}

absl::Status EvolveReceipt(const runtime::View& view, const runtime::Event& event, absl::Time now,
                           runtime::Changes& changes) {
  ReceiptTaken taken;
  WM_RETURN_IF_ERROR(ReadEvent(event, taken));
  const AlertsView alerts(view);
  for (const auto& [seq, delivery] : alerts.Deliveries(taken.subscription(), taken.seq())) {
    changes.Delete(kDeliveries, DeliveryKey(taken.subscription(), seq));
    std::optional<StoredAlert> alert = alerts.Alert(delivery.alert_id());
    if (!alert || alert->has_delivered_at()) continue;
    *alert->mutable_delivered_at() = ToProto(now);
    changes.Put(kAlerts, RowKey(delivery.alert_id()), alert->SerializeAsString());
  }
  gateway::v1::StoredSubscription stored =
      alerts.Subscription(taken.subscription()).value_or(gateway::v1::StoredSubscription());
  stored.set_confirmed_seq(taken.seq());
  changes.Put(kSubscriptions, RowKey(taken.subscription()), stored.SerializeAsString());
  return absl::OkStatus();
}

absl::Status EvolveProofRefused(const runtime::Event& event, runtime::Changes& changes) {
  gateway::v1::ProofRefused refused;
  WM_RETURN_IF_ERROR(ReadEvent(event, refused));
  gateway::v1::AlertAlarm alarm;
  alarm.set_origin_without_proof(refused.origin());
  changes.StartEffect(IdOf(kAlarm, refused.share_id()), kAlarm, alarm.SerializeAsString());
  return absl::OkStatus();
}

template <class Message>
bool Is(const runtime::Event& event) {
  return event.type == Message::descriptor()->full_name();
}

class AlertsRoom : public Room {
 public:
  AlertsRoom(const PeerChannels& peers, AlertStreams& streams) : peers_(peers), streams_(streams) {}

  std::string_view name() const override { return "alerts"; }

  std::vector<std::string> DomainColumnFamilies() const override {
    std::vector<std::string> all;
    for (const std::string_view family :
         {kAlerts, kOfCase, kByTime, kFeed, kHead, kSubscriptions, kDeliveries, kReminders}) {
      all.emplace_back(family);
    }
    return all;
  }

  std::vector<std::string> Inputs() const override {
    std::vector<std::string> all;
    for (const std::string_view type :
         {kHighRiskAlert, kShareChanged, kRemind, kUnacknowledged, kRetry, kAcknowledgeAlert,
          kListAlerts, kOpen, kNext, kRecordSend, kTakeReceipt, kWake, kAlarm, kReadShare,
          kRecordRead, kListReceived}) {
      all.emplace_back(type);
    }
    for (const std::string_view effect : {kWake, kAlarm}) {
      all.push_back(absl::StrCat(ToAbsl(effect), ".failed"));
    }
    return all;
  }

  std::vector<std::string> Events() const override {
    return {AlertChanged::descriptor()->full_name(), AlertSent::descriptor()->full_name(),
            ReceiptTaken::descriptor()->full_name(), SubscriptionChanged::descriptor()->full_name(),
            gateway::v1::ProofRefused::descriptor()->full_name()};
  }

  absl::StatusOr<runtime::Decision> Decide(const Membership& membership, const runtime::View& view,
                                           const runtime::Input& input,
                                           runtime::Context& context) override {
    if (input.type == kNext) return DecideNext(membership, view, input, context);
    if (input.type == kRecordSend) return DecideRecordSend(membership, view, input, context);
    if (input.type == kTakeReceipt) return DecideReceipt(membership, view, input, context);
    if (input.type == kOpen) return DecideOpen(membership, view, input, context);
    if (input.type == kHighRiskAlert) return DecideHighRisk(membership, view, input, context);
    if (input.type == kShareChanged) return DecideShareChanged(view, input);
    if (input.type == kAcknowledgeAlert) return DecideAcknowledge(membership, view, input, context);
    if (input.type == kListAlerts) return DecideListAlerts(membership, view, context);
    if (input.type == kReadShare) return DecideReadShare(membership, view, input, context);
    if (input.type == kRecordRead) return DecideRecordRead(membership, view, input, context);
    if (input.type == kListReceived) return DecideListReceived(membership, view);
    if (input.type == kRemind || input.type == kUnacknowledged || input.type == kRetry) {
      return DecideTimer(membership, view, input, context);
    }
    return runtime::Decision{};  // how an effect went changes nothing: streams look by themselves
  }

  absl::Status Evolve(const Membership&, const runtime::View& view, const runtime::Event& event,
                      const runtime::EventContext& context, runtime::Changes& changes) override {
    if (Is<AlertChanged>(event)) return EvolveAlert(view, event, changes);
    if (Is<ReceiptTaken>(event)) return EvolveReceipt(view, event, context.at, changes);
    if (Is<gateway::v1::ProofRefused>(event)) return EvolveProofRefused(event, changes);
    if (Is<AlertSent>(event)) {
      AlertSent sent;
      WM_RETURN_IF_ERROR(ReadEvent(event, sent));
      changes.Put(kDeliveries, DeliveryKey(sent.subscription(), sent.seq()),
                  sent.delivery().SerializeAsString());
      return absl::OkStatus();
    }
    SubscriptionChanged changed;
    WM_RETURN_IF_ERROR(ReadEvent(event, changed));
    changes.Put(kSubscriptions, RowKey(changed.subscription()),
                changed.stored().SerializeAsString());
    return absl::OkStatus();
  }

  void AddMethods(const MethodContext& context, rpc::MethodTable& table) override {
    using namespace gateway::v1;  // NOLINT: the messages of five methods
    const rpc::Rule systems = OwnSystems(context.memberships);
    table.BidiStream<SubscribeAlertsRequest, SubscribeAlertsResponse>(
        std::string(kSubscribeAlerts), systems,
        [this, context](const rpc::CallContext& call, std::shared_ptr<AlertDuplex> stream) {
          ServeAlertStream(context, peers_, streams_, call, std::move(stream));
        });
    AddCommand<AcknowledgeAlertRequest, AcknowledgeAlertResponse>(
        table, std::string(kAcknowledgeAlert), rpc::Rule(systems).WithPerson(CaseWorkers()),
        context);
    AddCommand<ListAlertsRequest, ListAlertsResponse>(table, std::string(kListAlerts), systems,
                                                      context, runtime_rpc::Repeat::kRead);
    const rpc::Rule people = rpc::Rule(systems).WithPerson(CaseWorkers());
    AddCommand<ListReceivedSharesRequest, ListReceivedSharesResponse>(
        table, std::string(kListReceived), people, context, runtime_rpc::Repeat::kRead);
    table.Unary<ReadShareRequest, ReadShareResponse>(
        std::string(kReadShare), people,
        [this, context](const rpc::CallContext& call, const ReadShareRequest& request,
                        rpc::Reply<ReadShareResponse> reply) {
          ServeReadShare(context, peers_, call, request, std::move(reply));
        });
  }

 private:
  const PeerChannels& peers_;
  AlertStreams& streams_;
};

}  // namespace

std::unique_ptr<Room> MakeAlertsRoom(const PeerChannels& peers, AlertStreams& streams) {
  return std::make_unique<AlertsRoom>(peers, streams);
}

}  // namespace waymark::sharing::alerts
