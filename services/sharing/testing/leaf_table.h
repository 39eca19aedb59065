// Every input of a gateway (call, record, timer, effect, command) and what it must leave in the
// audit log. app/leaf_table_test.cc brings each of them and fails for one that is not here: add a
// row for every new one, and a line to the story of that test.
#pragma once

#include <map>
#include <set>
#include <string>

namespace waymark::sharing {

enum class Leaves {
  kOne,          // one leaf whenever it changed or disclosed something
  kEach,         // one for each event of the type that `means` names
  kEachAtLeast,  // the same, and one for each that was looked at and stayed as it was
  kSometimes,    // at most one: `means` says when
  kNone,         // never: `means` says why not
  kByOthers,     // a stream, or a later step of the same: `means` names the inputs to look at
};

struct Row {
  Leaves leaves;
  std::set<std::string> what;
  std::string means = "";
};

inline std::string Rpc(const std::string& method) { return "/waymark.gateway.v1." + method; }
inline std::string Register(const std::string& record) { return "waymark.casemgr.v1." + record; }
inline std::string Own(const std::string& record) { return "waymark.gateway.v1." + record; }

// With what is noted of each gateway that a consent is told to.
inline std::set<std::string> Told(const std::string& what) {
  return {what, "consent_told", "consent_no_longer_told"};
}

using Rows = std::map<std::string, Row>;

// Add a row for every new call, record, timer, effect and command.
inline Rows RowsOfDoor() {
  return {
      {Rpc("IncidentService/PublishIncident"), {Leaves::kOne, {"publish", "publish_revision"}}},
      {Rpc("IncidentService/PublishIncidents"),
       {Leaves::kByOthers, {}, "IncidentService/PublishIncident"}},
      {Rpc("AssessmentService/AssessVictim"), {Leaves::kOne, {"assess"}}},
      {Rpc("StockService/RegisterStock"), {Leaves::kOne, {"register_stock"}}},
      {Rpc("LookUpService/LookUp"), {Leaves::kOne, {"look_up"}}},
  };
}

inline Rows RowsOfConsent() {
  return {
      {Rpc("ConsentService/RecordConsent"), {Leaves::kOne, Told("consent_recorded")}},
      {Rpc("ConsentService/WithdrawConsent"), {Leaves::kOne, Told("consent_withdrawn")}},
      {"consent.expire", {Leaves::kOne, Told("consent_expired")}},
      {Rpc("ConsentLeaseService/LeaseConsent"),
       {Leaves::kOne, {"consent_leased", "consent_lease_refused"}}},
  };
}

inline Rows RowsOfDisclosure() {
  return {
      {Rpc("PeerService/FetchShare"), {Leaves::kOne, {"share_fetched", "fetch_refused"}}},
      {Rpc("ShareService/ExplainShare"), {Leaves::kOne, {"share_explained"}}},
      {Rpc("ShareService/ListShares"),
       {Leaves::kNone, {}, "names of fields and ids: no personal data"}},
      {Register("ShareAsked"), {Leaves::kNone, {}, "kept; decided by disclosure.redecide"}},
      {Own("Parcel"),
       {Leaves::kOne,
        {"share_notified", "share_pushed_here", "share_refused_on_receipt",
         "share_withdrawn_by_origin", "copy_taken_at_recipient", "copy_removed_at_recipient",
         "told_of_consent", "told_consent_over"}}},
      {"disclosure.received_end", {Leaves::kOne, {"share_expired_here"}}},
      {"disclosure.destroy_key", {Leaves::kOne, {"pushed_share_destroyed"}}},
      {Rpc("CopyService/ListCopies"), {Leaves::kNone, {}, "ids and roles: no personal data"}},
      {Rpc("CopyService/ConfirmRemoval"), {Leaves::kOne, {"copy_removal_confirmed"}}},
      {"disclosure.redecide", {Leaves::kEachAtLeast, Told("share_decided"), "ShareSettled"}},
      {"disclosure.activate_agreements", {Leaves::kOne, {"agreements_activated"}}},
  };
}

inline Rows RowsOfAlerts() {
  return {
      {Rpc("AlertService/SubscribeAlerts"),
       {Leaves::kByOthers,
        {},
        "alerts.open, alerts.next, alerts.record_send, alerts.take_receipt"}},
      {Rpc("AlertService/AcknowledgeAlert"), {Leaves::kOne, {"alert_acknowledged"}}},
      {Rpc("AlertService/ListAlerts"), {Leaves::kNone, {}, "ids and times: no personal data"}},
      {Register("HighRiskAlert"), {Leaves::kOne, {"alert_queued"}}},
      {"alerts.open", {Leaves::kOne, {"alerts_subscribed"}}},
      {"alerts.next",
       {Leaves::kSometimes, {"read", "share_asked_for"}, "when it opens shares, or asks for them"}},
      {"alerts.record_send", {Leaves::kEach, {"alert_sent", "tombstone_sent"}, "AlertSent"}},
      {"alerts.take_receipt", {Leaves::kOne, {"alert_taken_in"}}},
      {"alerts.share_changed", {Leaves::kNone, {}, "queues; alerts.record_send discloses"}},
      {"alerts.remind", {Leaves::kNone, {}, "a reminder without personal data"}},
      {"alerts.unacknowledged", {Leaves::kOne, {"alert_escalated"}}},
      {"alerts.retry", {Leaves::kNone, {}, "queues; alerts.record_send discloses"}},
      {"alerts.wake", {Leaves::kNone, {}, "a stream was woken"}},
      {"alerts.alarm", {Leaves::kNone, {}, "the operator was told what alert_escalated says"}},
      {Rpc("ReceivedShareService/ListReceivedShares"),
       {Leaves::kNone, {}, "names of fields and ids: no personal data"}},
      {Rpc("ReceivedShareService/ReadShare"),
       {Leaves::kOne, {"share_read", "share_read_refused", "share_asked_for"}}},
      {"alerts.record_read", {Leaves::kOne, {"share_read", "share_read_refused"}}},
  };
}

inline Rows RowsOfDuties() {
  return {
      {Rpc("CaseService/CreateProfile"), {Leaves::kOne, {"create_profile"}}},
      {Rpc("CaseService/CallConference"), {Leaves::kOne, {"call_conference"}}},
      {Rpc("CaseService/HoldConference"), {Leaves::kOne, {"hold_conference"}}},
      {Rpc("CaseService/CloseCase"), {Leaves::kOne, {"close_case"}}},
      {Rpc("CaseService/ShowCase"), {Leaves::kOne, {"read_case"}}},
      {Rpc("CaseService/ListCases"), {Leaves::kOne, {"list_cases"}}},
      {Rpc("CaseService/ListClocks"), {Leaves::kOne, {"list_clocks"}}},
      {Rpc("CaseService/ListReminders"), {Leaves::kOne, {"list_reminders"}}},
      {Register("CaseNotice"), {Leaves::kNone, {}, "the register's decision, kept"}},
      {Register("ObligationNotice"), {Leaves::kNone, {}, "the register's decision, kept"}},
      {Register("CoverAsked"), {Leaves::kNone, {}, "a reminder without personal data"}},
      {Register("ActedForMember"), {Leaves::kNone, {}, "the register's decision, kept"}},
      {Register("Reminder"), {Leaves::kNone, {}, "a reminder without personal data"}},
      {"duties.high_assessed", {Leaves::kNone, {}, "clocks start; the assessment left a leaf"}},
      {"duties.due_soon", {Leaves::kNone, {}, "a reminder without personal data"}},
      {"duties.breach",
       {Leaves::kSometimes, {"clock_enforced"}, "when the gateway acts by itself"}},
      {"duties.opening", {Leaves::kNone, {}, "a reminder without personal data"}},
  };
}

// What watches the log is not in it.
inline Rows RowsOfAudit() {
  return {
      {Rpc("AuditService/ExportLog"), {Leaves::kOne, {"log_exported"}}},
      {Rpc("WitnessService/ShowLog"), {Leaves::kNone, {}, "sizes and hashes: no personal data"}},
      {Rpc("WitnessService/ProveConsistency"), {Leaves::kNone, {}, "hashes: no personal data"}},
      {Own("CheckpointPublished"), {Leaves::kNone, {}, "each leaf would publish a checkpoint"}},
      {Own("CheckpointCosigned"), {Leaves::kNone, {}, "each leaf would publish a checkpoint"}},
      {Own("AuditFindingTold"), {Leaves::kNone, {}, "kept with its evidence"}},
      {"audit.start", {Leaves::kNone, {}, "nothing is decided about anybody"}},
      {"audit.publish", {Leaves::kNone, {}, "each leaf would publish a checkpoint"}},
      {"audit.self", {Leaves::kNone, {}, "findings are kept with their evidence"}},
      {"audit.silence", {Leaves::kNone, {}, "findings are kept with their evidence"}},
      {"audit.tie", {Leaves::kNone, {}, "findings are kept with their evidence"}},
      {"audit.alarm", {Leaves::kNone, {}, "the operator was told"}},
      {"audit.prove", {Leaves::kNone, {}, "findings are kept with their evidence"}},
      {"audit.prove_heard", {Leaves::kNone, {}, "findings are kept with their evidence"}},
  };
}

inline Rows RowsOfOverride() {
  return {
      {Rpc("OverrideService/RecordOverride"), {Leaves::kOne, {"override_recorded"}}},
      {Rpc("OverrideService/ReviewOverride"), {Leaves::kOne, {"override_reviewed"}}},
      {Rpc("OverrideService/ListOverrides"), {Leaves::kOne, {"overrides_listed"}}},
      {Rpc("OverrideService/ShowOverride"), {Leaves::kOne, {"override_shown"}}},
      {"override.due_soon", {Leaves::kNone, {}, "a reminder without personal data"}},
      {"override.overdue", {Leaves::kOne, {"override_review_overdue"}}},
  };
}

inline Rows RowsOfStatement() {
  return {
      {Rpc("StatementService/MakeStatement"), {Leaves::kOne, {"statement_made"}}},
      {Rpc("StatementService/ExplainPast"), {Leaves::kOne, {"share_explained"}}},
  };
}

inline Rows RowsOfVault() {
  return {
      {Rpc("PersonService/ErasePerson"), {Leaves::kOne, {"person_erased"}}},
      {Rpc("PersonService/ListErasures"), {Leaves::kNone, {}, "ids and grounds of the law"}},
      {"vault.reconcile", {Leaves::kEach, {"person_erased"}, "PersonErasing"}},
      {"vault.destroy_keys",
       {Leaves::kSometimes, {"person_keys_destroyed"}, "an index's key is nobody's"}},
      {"vault.rewrite_keys", {Leaves::kOne, {"key_file_rewritten"}}},
      {"vault.round", {Leaves::kNone, {}, "what comes of it leaves leaves"}},
      {"vault.reindex", {Leaves::kByOthers, {}, "vault.round, beyond 500 persons"}},
      {"vault.watch_intake_key", {Leaves::kNone, {}, "a question to intake"}},
      {"vault.intake_key_due", {Leaves::kNone, {}, "a question to intake"}},
      {"vault.ask_intake_key",
       {Leaves::kSometimes, {"intake_key_adopted"}, "when intake has another key"}},
  };
}

inline const Rows& Table() {
  static const auto* table = [] {
    auto* all = new Rows;
    for (const Rows& rows :
         {RowsOfDoor(), RowsOfVault(), RowsOfConsent(), RowsOfDisclosure(), RowsOfAlerts(),
          RowsOfDuties(), RowsOfAudit(), RowsOfOverride(), RowsOfStatement()}) {
      all->insert(rows.begin(), rows.end());
    }
    return all;
  }();
  return *table;
}

}  // namespace waymark::sharing
