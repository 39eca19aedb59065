#include "services/sharing/alerts/adapters/send.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libs/base/status.h"
#include "libs/rpc/errors.h"
#include "libs/runtime_rpc/submit.h"
#include "services/sharing/adapters/audit_note.h"
#include "services/sharing/adapters/rows.h"
#include "services/sharing/adapters/times.h"
#include "services/sharing/alerts/adapters/alerts_view.h"
#include "services/sharing/alerts/adapters/compose.h"
#include "services/sharing/alerts/adapters/fetch_shares.h"
#include "services/sharing/alerts/adapters/keys.h"
#include "services/sharing/alerts/adapters/show.h"
#include "services/sharing/alerts/domain/mask.h"
#include "services/sharing/alerts/domain/waiting.h"
#include "services/sharing/disclosure/adapters/copies.h"
#include "services/sharing/disclosure/adapters/disclosure_view.h"

namespace waymark::sharing::alerts {
namespace {

using gateway::v1::AlertSent;
using gateway::v1::RecordSend;
using gateway::v1::StoredAlert;

Problem UnknownToken() {
  return {"unknown_token", "resume_token", "a token that this subscription was sent",
          "leave it empty to go on where the subscription stopped"};
}

AuditNote NoteOf(const common::v1::Caller& caller, const std::string& what,
                 const std::string& purpose, const std::string& subscription) {
  AuditNote note;
  note.what = what;
  note.caller = caller;
  note.purpose = purpose;
  note.facts = {{"subscription", subscription}};
  return note;
}

// Everything up to `seq` is safe in the subscriber's system: what it took in is on record.
absl::Status TakeUpTo(const Membership& membership, const AlertsView& alerts,
                      const runtime::View& view, const common::v1::Caller& caller,
                      const std::string& subscription, uint64_t seq, absl::Time now,
                      runtime::Decision& decision) {
  gateway::v1::ReceiptTaken taken;
  taken.set_subscription(subscription);
  taken.set_seq(seq);
  std::set<std::string> about, shares;
  for (const auto& [number, delivery] : alerts.Deliveries(subscription, seq)) {
    about.insert(delivery.alert_id());
    for (const std::string& share_id : delivery.share_ids()) {
      shares.insert(share_id);
    }
  }
  AuditNote note = NoteOf(caller, "alert_taken_in", "", subscription);
  about.insert(shares.begin(), shares.end());
  note.about.assign(about.begin(), about.end());
  note.facts["copies"] = absl::StrCat(shares.size());
  decision.events.push_back(MakeEvent(taken));
  for (const std::string& share_id : shares) {
    WM_RETURN_IF_ERROR(disclosure::NoteCopy(
        membership, view, share_id,
        disclosure::CopyBy(SystemReader(caller.role(), subscription), caller.role(), "", now), true,
        now, decision));
  }
  decision.events.push_back(NoteAudit(membership, note, now));
  return absl::OkStatus();
}

std::vector<Problem> CheckStart(const Membership& membership,
                                const gateway::v1::SubscribeAlertsRequest::Start& start,
                                uint64_t head) {
  std::vector<Problem> problems;
  if (!IsSubscriptionName(start.subscription())) {
    problems.push_back({"malformed_name", "start.subscription", "1 to 64 of a-z 0-9 - _",
                        "give the subscription a name of its own"});
  }
  if (!start.resume_token().empty()) {
    const std::optional<uint64_t> seq = ParseToken(start.resume_token());
    if (!seq || *seq > head) problems.push_back(UnknownToken());
  }
  const std::set<std::string> purposes = PurposesOf(*membership.agreements);
  if (purposes.count(start.purpose()) == 0) {
    problems.push_back({"unknown_purpose", "start.purpose",
                        absl::StrCat("one of: ", absl::StrJoin(purposes, ", ")),
                        "say what the alerts are received for"});
  }
  return problems;
}

// A share of the item, as the record of the sending sees it.
struct Shares {
  std::vector<std::string> carried;      // in the message
  std::vector<std::string> drop;         // withdrawn since they were fetched
  std::vector<std::string> unreachable;  // their origin is away
  std::vector<std::string> refused;
};

Shares Sort(const RecordSend& send, const std::set<std::string>& live) {
  Shares shares;
  const auto carry = [&](const std::string& id) {
    (live.count(id) != 0 ? shares.carried : shares.drop).push_back(id);
  };
  for (const std::string& id : send.share_ids()) carry(id);
  for (const gateway::v1::FetchOutcome& outcome : send.outcomes()) {
    if (outcome.outcome() == "fetched") {
      carry(outcome.share_id());
    } else if (outcome.outcome() == "unreachable") {
      shares.unreachable.push_back(outcome.share_id());
    } else {
      shares.refused.push_back(outcome.share_id());
    }
  }
  return shares;
}

AuditNote NoteOfSend(const common::v1::Caller& caller, const RecordSend& send, const Shares& shares,
                     bool tombstone, uint32_t version) {
  AuditNote note = NoteOf(caller, tombstone ? "tombstone_sent" : "alert_sent", send.purpose(),
                          send.subscription());
  note.about = {send.entry().alert_id()};
  note.about.insert(note.about.end(), shares.carried.begin(), shares.carried.end());
  note.facts["version"] = absl::StrCat(version);
  note.facts["recipient"] = caller.role();
  for (const gateway::v1::FetchOutcome& outcome : send.outcomes()) {
    note.facts["share." + outcome.share_id()] =
        outcome.code().empty() ? outcome.outcome() : outcome.code();
  }
  return note;
}

// The alert after an attempt to send it: who is still missing, and when they are asked again.
// Returns false when nothing about it changed.
bool AfterAttempt(const Shares& shares, bool retry, absl::Time now,
                  gateway::v1::AlertChanged& changed) {
  StoredAlert& alert = *changed.mutable_alert();
  std::set<std::string> missing(alert.unreached().begin(), alert.unreached().end());
  const std::set<std::string> before = missing;
  bool came = false;
  for (const auto* over : {&shares.carried, &shares.drop, &shares.refused}) {
    for (const std::string& id : *over) came = missing.erase(id) > 0 || came;
  }
  missing.insert(shares.unreachable.begin(), shares.unreachable.end());
  const bool failed_again = retry && !shares.unreachable.empty();
  if (missing == before && !failed_again) return false;
  alert.clear_unreached();
  for (const std::string& id : missing) alert.add_unreached(id);
  if (came) alert.set_version(alert.version() + 1);
  if (missing.empty()) {
    alert.set_tries(0);
  } else {
    alert.set_tries(alert.tries() + 1);
    *changed.mutable_retry_at() = ToProto(now + RetryAfter(alert.tries()));
  }
  return true;
}

}  // namespace

absl::StatusOr<runtime::Decision> DecideOpen(const Membership& membership,
                                             const runtime::View& view, const runtime::Input& input,
                                             runtime::Context& context) {
  WM_ASSIGN_OR_RETURN(const auto command,
                      runtime_rpc::DecodeCommand<gateway::v1::OpenSubscription>(input));
  const auto& start = command.request.start();
  const AlertsView alerts(view);
  const std::vector<Problem> problems = CheckStart(membership, start, alerts.head());
  if (!problems.empty()) {
    return runtime::Decision::Refuse(
        rpc::ProblemStatus(absl::StatusCode::kInvalidArgument, problems));
  }
  const auto before = alerts.Subscription(start.subscription());
  const uint64_t confirmed = before ? before->confirmed_seq() : 0;
  runtime::Decision decision;
  if (!before) {
    gateway::v1::SubscriptionChanged changed;
    changed.set_subscription(start.subscription());
    *changed.mutable_stored()->mutable_opened_at() = ToProto(context.now());
    changed.mutable_stored()->set_system_role(command.caller.role());
    decision.events.push_back(MakeEvent(changed));
  }
  decision.events.push_back(
      NoteAudit(membership,
                NoteOf(command.caller, "alerts_subscribed", start.purpose(), start.subscription()),
                context.now()));
  const uint64_t after =
      start.resume_token().empty() ? confirmed : ParseToken(start.resume_token()).value_or(0);
  if (after > confirmed) {
    WM_RETURN_IF_ERROR(TakeUpTo(membership, alerts, view, command.caller, start.subscription(),
                                after, context.now(), decision));
  }
  gateway::v1::SubscriptionOpened opened;
  opened.set_after_seq(after);
  decision.reply = opened.SerializeAsString();
  return decision;
}

absl::StatusOr<runtime::Decision> DecideNext(const Membership& membership,
                                             const runtime::View& view, const runtime::Input& input,
                                             runtime::Context& context) {
  WM_ASSIGN_OR_RETURN(const auto command, runtime_rpc::DecodeCommand<gateway::v1::NextItem>(input));
  const AlertsView alerts(view);
  gateway::v1::ItemDecided item;
  runtime::Decision decision;
  const std::optional<uint64_t> seq = NextEntry(alerts, command.request.after_seq());
  if (!seq) {
    decision.reply = item.SerializeAsString();
    return decision;
  }
  item.set_seq(*seq);
  *item.mutable_entry() = alerts.EntryAt(*seq);
  if (alerts.KindAt(*seq) != EntryKind::kTombstone) {
    const auto alert = alerts.Alert(item.entry().alert_id());
    WM_CHECK(alert.has_value(), "an entry of the feed names an alert that is not there");
    const Showing showing{membership, view, command.caller.role(), command.request.purpose(),
                          context.now()};
    WM_RETURN_IF_ERROR(Show(showing, *alert, item));
  }
  // On record before anything is opened or fetched, whatever becomes of the stream: the origin's
  // leaf of the fetch has its counterpart here.
  if (item.share_ids_size() + item.fetch_size() > 0) {
    const std::string what = item.share_ids_size() > 0 ? "read" : "share_asked_for";
    AuditNote note =
        NoteOf(command.caller, what, command.request.purpose(), command.request.subscription());
    note.about.assign(item.share_ids().begin(), item.share_ids().end());
    for (const gateway::v1::ShareToFetch& fetch : item.fetch()) {
      note.about.push_back(fetch.share_id());
      note.facts["asked." + fetch.share_id()] = fetch.origin();
    }
    decision.events = {NoteAudit(membership, note, context.now())};
  }
  decision.reply = item.SerializeAsString();
  return decision;
}

absl::StatusOr<runtime::Decision> DecideRecordSend(const Membership& membership,
                                                   const runtime::View& view,
                                                   const runtime::Input& input,
                                                   runtime::Context& context) {
  WM_ASSIGN_OR_RETURN(const auto command, runtime_rpc::DecodeCommand<RecordSend>(input));
  const RecordSend& send = command.request;
  const auto alert = AlertsView(view).Alert(send.entry().alert_id());
  if (!alert) return absl::InvalidArgumentError("a message about an alert that is not there");
  std::set<std::string> live;
  for (const auto& share : disclosure::DisclosureView(membership, view)
                               .LiveReceived(alert->alert().case_id(), context.now())) {
    live.insert(share.share_id());
  }
  const Shares shares = Sort(send, live);
  runtime::Decision decision;
  gateway::v1::SendRecorded reply;
  // The fields of a pushed share are in the alert already.
  const bool fell_away =
      std::any_of(send.share_ids().begin(), send.share_ids().end(),
                  [&](const std::string& pushed) { return live.count(pushed) == 0; });
  if (fell_away) {
    reply.set_again(true);
    decision.reply = reply.SerializeAsString();
    return decision;
  }
  const bool retry = send.entry().kind() == EntryKindName(EntryKind::kRetry);
  const bool tombstone = send.entry().kind() == EntryKindName(EntryKind::kTombstone);
  gateway::v1::AlertChanged changed;
  *changed.mutable_alert() = *alert;
  WitnessProofs(membership, view, send.outcomes(), context.now(), decision);
  if (!tombstone && AfterAttempt(shares, retry, context.now(), changed)) {
    decision.events.push_back(MakeEvent(changed));
  }
  reply.set_send(!retry || !shares.carried.empty() || !shares.refused.empty());
  reply.set_version(tombstone ? send.entry().version() : changed.alert().version());
  reply.set_resume_token(ToToken(send.seq()));
  for (const std::string& id : shares.drop) reply.add_drop(id);
  decision.reply = reply.SerializeAsString();
  if (!reply.send()) return decision;

  AlertSent sent;
  sent.set_subscription(send.subscription());
  sent.set_seq(send.seq());
  sent.mutable_delivery()->set_alert_id(send.entry().alert_id());
  sent.mutable_delivery()->set_version(reply.version());
  for (const std::string& id : shares.carried) sent.mutable_delivery()->add_share_ids(id);
  *sent.mutable_delivery()->mutable_sent_at() = ToProto(context.now());
  decision.events.push_back(MakeEvent(sent));
  for (const std::string& id : shares.carried) {
    WM_RETURN_IF_ERROR(disclosure::NoteCopy(
        membership, view, id,
        disclosure::CopyBy(SystemReader(command.caller.role(), send.subscription()),
                           command.caller.role(), send.purpose(), context.now()),
        false, context.now(), decision));
  }
  const AuditNote note = NoteOfSend(command.caller, send, shares, tombstone, reply.version());
  if (tombstone) {
    decision.events.push_back(NoteAudit(membership, note, context.now()));
    return decision;
  }
  *reply.mutable_alert() =
      Compose(membership, command.caller.role(), send, {shares.drop.begin(), shares.drop.end()});
  reply.mutable_alert()->set_version(reply.version());
  WM_RETURN_IF_ERROR(
      NoteSent(membership, view, note, context.now(), *reply.mutable_alert(), decision));
  decision.reply = reply.SerializeAsString();
  return decision;
}

absl::StatusOr<runtime::Decision> DecideReceipt(const Membership& membership,
                                                const runtime::View& view,
                                                const runtime::Input& input,
                                                runtime::Context& context) {
  WM_ASSIGN_OR_RETURN(const auto command,
                      runtime_rpc::DecodeCommand<gateway::v1::TakeReceipt>(input));
  const AlertsView alerts(view);
  const auto subscription = alerts.Subscription(command.request.subscription());
  const std::optional<uint64_t> seq = ParseToken(command.request.resume_token());
  if (!subscription || !seq || *seq > alerts.head()) {
    return runtime::Decision::Refuse(rpc::ProblemStatus(UnknownToken()));
  }
  runtime::Decision decision;
  if (*seq <= subscription->confirmed_seq()) return decision;
  WM_RETURN_IF_ERROR(TakeUpTo(membership, alerts, view, command.caller,
                              command.request.subscription(), *seq, context.now(), decision));
  return decision;
}

}  // namespace waymark::sharing::alerts
