// The checks about what people and partners were told, and about the clocks.
#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/match.h"
#include "libs/config/topics.h"
#include "services/sharing/adapters/times.h"
#include "tests/simulation/checks.h"
#include "waymark/casemgr/v1/inbox.pb.h"
#include "waymark/gateway/v1/alert.pb.h"
#include "waymark/gateway/v1/case.pb.h"
#include "waymark/gateway/v1/consent.pb.h"
#include "waymark/gateway/v1/copy.pb.h"
#include "waymark/gateway/v1/received.pb.h"
#include "waymark/gateway/v1/share.pb.h"

namespace waymark::simulation {
namespace {

using casemgr::v1::HighRiskAlert;
using casemgr::v1::ObligationNotice;
using gateway::v1::AuditEntry;
using sharing::FromProto;

// A share is shown no longer than this after its receiver asked for it.
constexpr absl::Duration kShownAtMost = absl::Seconds(60);
// The way from a gateway to a system.
constexpr absl::Duration kOnItsWay = absl::Seconds(1);

eventlog::TopicPartition Inbox(const std::string& agency) {
  return {config::MemberInboxTopic(kPartnership, agency), 0};
}

// A consent as its client knows it.
struct Given {
  const Request* asked = nullptr;
  gateway::v1::RecordConsentRequest said;
  const Request* withdrawn = nullptr;
};

std::map<std::string, Given> Consents(const Judge& judge) {
  std::map<std::string, Given> all;
  for (const Request& request : judge.clients.book().requests) {
    gateway::v1::RecordConsentResponse told;
    if (request.path == kRecordConsent && request.ok() && told.ParseFromString(**request.answer)) {
      Given& given = all[told.consent_id()];
      given.asked = &request;
      given.said.ParseFromString(request.bytes);
    }
    if (request.path == kWithdraw && request.ok()) {
      Given& given = all[request.about];
      if (given.withdrawn == nullptr || request.answered < given.withdrawn->answered) {
        given.withdrawn = &request;
      }
    }
  }
  return all;
}

void CheckAlertsOf(Judge& judge, const std::string& agency) {
  const auto listed = judge.clients.Look<gateway::v1::ListAlertsResponse>(
      agency, kListAlerts, gateway::v1::ListAlertsRequest());
  if (!listed.ok()) return judge.Say(agency, " cannot list alerts: ", listed.status().ToString());
  std::set<std::string> got;
  for (const Received& received : judge.clients.book().received) {
    if (received.agency == agency) got.insert(received.message.alert().alert_id());
  }
  std::map<std::string, gateway::v1::AlertStatus> known;
  for (const auto& alert : listed->alerts()) known[alert.alert_id()] = alert;
  for (const HighRiskAlert& raised : judge.Messages<HighRiskAlert>(Inbox(agency))) {
    const auto at = known.find(raised.alert_id());
    if (at == known.end()) {
      judge.Say("alert ", raised.alert_id(), " is not known at ", agency);
      continue;
    }
    const gateway::v1::AlertStatus& alert = at->second;
    if (got.count(raised.alert_id()) == 0) {
      judge.Say("alert ", raised.alert_id(), " never came to the system of ", agency);
    }
    const bool due = alert.has_acknowledge_by() &&
                     FromProto(alert.acknowledge_by()) + absl::Minutes(1) < judge.world.clock.Now();
    if (due && !alert.has_acknowledged_at() && !alert.escalated()) {
      judge.Say("alert ", raised.alert_id(), " at ", agency,
                " was neither acknowledged nor escalated");
    }
    if (due && alert.has_acknowledged_at() && alert.escalated() &&
        FromProto(alert.acknowledged_at()) < FromProto(alert.acknowledge_by())) {
      judge.Say("alert ", raised.alert_id(), " at ", agency, " was acknowledged and escalated");
    }
  }
}

void CheckContent(Judge& judge, const Exchange& fetch, const std::map<std::string, Given>& given) {
  gateway::v1::FetchShareRequest asked;
  gateway::v1::FetchShareResponse told;
  gateway::v1::ShareContent content;
  if (!asked.ParseFromString(fetch.request) || !told.ParseFromString(*fetch.answer) ||
      !content.ParseFromString(told.content())) {
    return judge.Say("a share of ", fetch.to, " cannot be read");
  }
  const std::string what = absl::StrCat("share ", content.share_id(), " of ", fetch.to, " for ",
                                        content.recipient(), " at line ", fetch.arrived);
  if (fetch.from != config::GatewaySource(content.recipient())) {
    judge.Say(what, " was handed to ", fetch.from);
  }
  if (content.expires_at().seconds() - content.decided_at().seconds() >
      absl::ToInt64Seconds(kShownAtMost)) {
    judge.Say(what, " may be shown for longer than ", absl::FormatDuration(kShownAtMost));
  }
  CheckOverridden(judge, fetch, content);
  if (content.consent_id().empty()) {
    if (content.lawful_gateway() == "consent") judge.Say(what, " names no consent");
    return;
  }
  const auto at = given.find(content.consent_id());
  if (at == given.end() || at->second.asked == nullptr) {
    return judge.Say(what, " rests on consent ", content.consent_id(), " that nobody gave");
  }
  const Given& consent = at->second;
  const auto& scope = consent.said.scope();
  if (consent.withdrawn != nullptr && consent.withdrawn->answered < fetch.arrived) {
    judge.Say(what, " rests on a consent whose withdrawal was answered at line ",
              consent.withdrawn->answered);
  }
  if (FromProto(content.expires_at()) > FromProto(consent.said.expires_at())) {
    judge.Say(what, " outlives the consent it rests on");
  }
  const auto has = [](const auto& list, const std::string& word) {
    return std::find(list.begin(), list.end(), word) != list.end();
  };
  if (!has(scope.agencies(), content.recipient()) || !has(scope.purposes(), asked.purpose())) {
    judge.Say(what, " goes beyond the consent: ", content.recipient(), " for ", asked.purpose());
  }
  for (const auto& [prefix, category] :
       std::map<std::string, std::string>{{"person.name", "identity"},
                                          {"person.date_of_birth", "identity"},
                                          {"person.telephone", "contact"},
                                          {"person.email", "contact"},
                                          {"person.address", "contact"},
                                          {"person.safe_contact", "contact"},
                                          {"incident.summary", "incident"}}) {
    if (content.fields().count(prefix) != 0 && !has(scope.categories(), category)) {
      judge.Say(what, " holds ", prefix, " beyond the consent");
    }
  }
}

// What members were told of clocks: a breach once, and not before it was one.
void CheckNotices(Judge& judge, const std::string& agency) {
  std::map<std::string, std::string> state;
  std::map<std::string, int> breaches;
  for (const runtime::CloudEvent& event : judge.Records(Inbox(agency))) {
    ObligationNotice notice;
    if (event.type != ObligationNotice::descriptor()->full_name() ||
        !notice.ParseFromString(event.payload)) {
      continue;
    }
    const std::string before = std::exchange(state[notice.obligation_id()], notice.state());
    if (notice.state() != "breached") continue;
    if (before != "breached") ++breaches[notice.obligation_id()];
    if (event.at < FromProto(notice.due_at())) {
      judge.Say(agency, " was told of a breach of ", notice.obligation_id(), " before it was due");
    }
  }
  for (const auto& [id, times] : breaches) {
    if (times > 1) judge.Say("obligation ", id, " was breached ", times, " times at ", agency);
  }
}

// No clock is still said to run when its time is long past.
void CheckClocksOf(Judge& judge, const std::string& agency) {
  gateway::v1::ListClocksRequest all;
  all.set_ended(true);
  const auto listed = judge.clients.Look<gateway::v1::ListClocksResponse>(agency, kListClocks, all);
  if (!listed.ok()) return judge.Say(agency, " cannot list clocks: ", listed.status().ToString());
  if (listed->own_copies_only()) judge.Say("the register does not answer ", agency);
  using gateway::v1::Clock;
  for (const Clock& clock : listed->clocks()) {
    const bool runs =
        clock.state() == Clock::STATE_RUNNING || clock.state() == Clock::STATE_DUE_SOON;
    if (runs && FromProto(clock.due_at()) + absl::Hours(1) < judge.world.clock.Now()) {
      judge.Say("clock ", clock.clock(), " (", clock.obligation_id(), ") of case ", clock.case_id(),
                " still runs at ", agency, " although it was due at ",
                absl::FormatTime(FromProto(clock.due_at()), absl::UTCTimeZone()));
    }
  }
}

void CheckReminders(Judge& judge, const std::string& agency) {
  gateway::v1::ListRemindersRequest all;
  all.set_count_max(1000);
  const auto reminders =
      judge.clients.Look<gateway::v1::ListRemindersResponse>(agency, kListReminders, all);
  if (!reminders.ok()) {
    return judge.Say(agency, " cannot list reminders: ", reminders.status().ToString());
  }
  std::set<std::string> seen;
  for (const auto& one : reminders->reminders()) {
    if (one.obligation_id().empty()) continue;
    const std::string key = absl::StrCat(one.kind(), " ", one.obligation_id(), " ", one.role());
    if (!seen.insert(key).second) judge.Say(agency, " was reminded twice: ", key);
  }
}

// What an officer read rested on a consent that had not been withdrawn when they asked; and where
// they saved it, it is on the list of copies at both ends.
void CheckRead(Judge& judge, const Request& request, const std::map<std::string, Given>& given) {
  gateway::v1::ReadShareRequest asked;
  gateway::v1::ReadShareResponse told;
  if (!asked.ParseFromString(request.bytes) || !told.ParseFromString(**request.answer)) {
    return judge.Say("request ", request.number, " or its answer cannot be read");
  }
  const auto at = given.find(told.basis().consent_id());
  if (at != given.end() && at->second.withdrawn != nullptr &&
      at->second.withdrawn->answered < request.first_asked) {
    judge.Say("request ", request.number, " shows share ", told.share_id(),
              " after the withdrawal of its consent was answered");
  }
  if (!asked.save()) return;
  gateway::v1::ListCopiesRequest all;
  all.set_all(true);
  const auto has = [&](const auto& copies) {
    return std::any_of(copies.begin(), copies.end(), [&](const gateway::v1::CopyStatus& copy) {
      return copy.share_id() == told.share_id() && copy.held_by() == request.agency;
    });
  };
  const auto taken =
      judge.clients.Look<gateway::v1::ListCopiesResponse>(request.agency, kListCopies, all);
  const auto gave =
      judge.clients.Look<gateway::v1::ListCopiesResponse>(told.origin(), kListCopies, all);
  if (!taken.ok() || !has(taken->taken())) {
    judge.Say("share ", told.share_id(), " was saved at ", request.agency, " and is not listed");
  }
  if (!gave.ok() || !has(gave->given())) {
    judge.Say("share ", told.share_id(), " was saved at ", request.agency,
              " and is not listed at its origin ", told.origin());
  }
}

}  // namespace

void CheckAlerts(Judge& judge) {
  for (const std::string& agency : judge.partnership.agencies()) CheckAlertsOf(judge, agency);
  std::map<std::string, std::set<std::string>> cased;
  for (const std::string& agency : judge.partnership.agencies()) {
    for (const auto& notice : judge.Messages<casemgr::v1::CaseNotice>(Inbox(agency))) {
      cased[agency].insert(notice.own_incident_ids().begin(), notice.own_incident_ids().end());
    }
  }
  for (const Request& request : judge.clients.book().requests) {
    gateway::v1::PublishIncidentResponse told;
    if (request.path != kPublish || !request.ok() || !told.ParseFromString(**request.answer)) {
      continue;
    }
    // Where the log lost the end of an inbox, its reader had taken what is missing there.
    if (told.receipt().assessment().overall() != common::v1::BAND_HIGH ||
        judge.lost_tails.count(Inbox(request.agency)) != 0) {
      continue;
    }
    if (cased[request.agency].count(told.receipt().incident_id()) == 0 &&
        !WasErased(judge, request)) {
      judge.Say("request ", request.number, " (", request.about, "): incident ",
                told.receipt().incident_id(), " is HIGH and in no case");
    }
  }
}

void CheckDisclosures(Judge& judge) {
  const std::map<std::string, Given> given = Consents(judge);
  std::map<std::string, int> handed_over;  // by origin and share
  for (const Exchange& fetch : judge.clients.book().fetches) {
    CheckContent(judge, fetch, given);
    gateway::v1::FetchShareRequest asked;
    if (asked.ParseFromString(fetch.request)) ++handed_over[fetch.to + " " + asked.share_id()];
  }
  for (const Request& request : judge.clients.book().requests) {
    if (request.path == kReadShare && request.ok()) CheckRead(judge, request, given);
  }
  for (const Received& received : judge.clients.book().received) {
    const gateway::v1::LawfulBasis& basis = received.message.alert().basis();
    const auto at = given.find(basis.consent_id());
    if (basis.consent_id().empty() || at == given.end() || at->second.withdrawn == nullptr) {
      continue;
    }
    if (received.at > at->second.withdrawn->answered_at + kShownAtMost + kOnItsWay) {
      judge.Say("an alert at line ", received.line, " shows ", received.agency,
                " what rests on a consent that was withdrawn at line ",
                at->second.withdrawn->answered);
    }
  }
  for (const std::string& agency : judge.partnership.agencies()) {
    const LogLeaves log = LeavesOf(judge, agency);
    std::map<std::string, int> leaves;
    for (const AuditEntry& leaf : log.open) {
      if (leaf.what() == "share_fetched" && leaf.about_size() > 0) ++leaves[leaf.about(0)];
    }
    const std::string origin = config::GatewaySource(agency) + " ";
    int missing = 0;
    std::string example;
    for (const auto& [share, times] : handed_over) {
      if (!absl::StartsWith(share, origin)) continue;
      const int found = leaves[share.substr(origin.size())];
      if (found >= times) continue;
      missing += times - found;
      example = absl::StrCat("share ", share, " was handed over ", times, " times and has ", found);
    }
    if (missing > log.erased) judge.Say(example, " leaves, and ", log.erased, " are erased");
  }
}

void CheckClocks(Judge& judge) {
  for (const std::string& agency : judge.partnership.agencies()) {
    CheckNotices(judge, agency);
    CheckClocksOf(judge, agency);
    CheckReminders(judge, agency);
  }
}

}  // namespace waymark::simulation
