#include "services/casemgr/adapters/answers.h"

#include <algorithm>

#include "services/casemgr/adapters/words.h"

namespace waymark::casemgr {
namespace {

using gateway::v1::Clock;
using gateway::v1::PartnerView;

Clock::State StateOf(Obligation::State state) {
  switch (state) {
    case Obligation::State::kRunning:
      return Clock::STATE_RUNNING;
    case Obligation::State::kDueSoon:
      return Clock::STATE_DUE_SOON;
    case Obligation::State::kBreached:
      return Clock::STATE_BREACHED;
    case Obligation::State::kDischarged:
      return Clock::STATE_DISCHARGED;
    case Obligation::State::kCancelled:
      return Clock::STATE_CANCELLED;
  }
  return Clock::STATE_UNSPECIFIED;
}

void SetPartners(const CallCard& card, PartnerView& partners) {
  partners.set_availability(card.withheld ? PartnerView::AVAILABILITY_WITHHELD
                                          : PartnerView::AVAILABILITY_ANSWERED);
  partners.set_reports(card.reports);
  for (const ShownIncident& shown : card.incidents) {
    gateway::v1::KnownIncident& known = *partners.add_incidents();
    if (shown.occurred_at) SetTime(*shown.occurred_at, known.mutable_occurred_at());
    known.set_category(ToProto(shown.category));
    known.set_type(shown.type);
    known.set_agency(shown.agency);
    known.set_action_taken(shown.action_taken);
  }
  partners.set_clause(card.clause);
  partners.set_withheld_because(card.withheld_because);
}

}  // namespace

v1::CallCardResponse ToProto(const CallCard& card) {
  v1::CallCardResponse response;
  SetPartners(card, *response.mutable_partners());
  response.set_band(ToProto(card.band));
  SetList(card.band_by, response.mutable_band_by());
  for (const RepeatFinding& finding : card.rules) {
    gateway::v1::RepeatFinding& rule = *response.add_rules();
    rule.set_rule(finding.rule);
    rule.set_count(finding.count);
    SetTime(finding.since, rule.mutable_since());
  }
  for (const ShownMarker& shown : card.markers) {
    gateway::v1::Marker& marker = *response.add_markers();
    marker.set_kind(shown.kind);
    marker.set_source(shown.source);
    if (shown.expires_at) SetTime(*shown.expires_at, marker.mutable_expires_at());
  }
  response.set_lead_agency(card.lead_agency);
  response.set_case_id(card.case_id);
  return response;
}

gateway::v1::ShowCaseResponse Summary(const Case& one, size_t incidents) {
  gateway::v1::ShowCaseResponse shown;
  shown.set_case_id(one.id);
  shown.set_band(ToProto(one.band));
  SetList(one.band_by, shown.mutable_band_by());
  shown.set_lead_agency(one.lead_agency);
  shown.set_state(one.open ? "open" : "closed");
  shown.set_profile(std::string(one.ProfileState()));
  if (one.conference) {
    SetTime(one.conference->scheduled_for, shown.mutable_conference_for());
    SetList(one.conference->invited, shown.mutable_invited());
  }
  SetList(one.interested, shown.mutable_interested());
  shown.set_incidents(static_cast<uint32_t>(incidents));
  return shown;
}

Clock ToProto(const Case& one, const Obligation& obligation, absl::Time now) {
  Clock clock;
  clock.set_obligation_id(obligation.id);
  clock.set_case_id(one.id);
  clock.set_clock(obligation.clock);
  clock.set_owner(obligation.owner);
  clock.set_handed_from(obligation.handed_from);
  SetTime(obligation.started_at, clock.mutable_started_at());
  SetTime(obligation.due_soon_at, clock.mutable_due_soon_at());
  SetTime(obligation.due_at, clock.mutable_due_at());
  if (obligation.ended_at) SetTime(*obligation.ended_at, clock.mutable_ended_at());
  clock.set_state(StateOf(obligation.state));
  clock.set_late_seconds(obligation.late_seconds);
  if (!obligation.ended()) {
    clock.set_late_seconds(std::max<int64_t>(
        0, absl::ToInt64Seconds(absl::Floor(now - obligation.due_at, absl::Seconds(1)))));
  }
  clock.set_why(obligation.why);
  return clock;
}

gateway::v1::CaseEvent ToProto(const HistoryLine& line) {
  gateway::v1::CaseEvent event;
  SetTime(line.at, event.mutable_at());
  event.set_what(line.what);
  event.set_by(line.by);
  event.set_detail(line.detail);
  return event;
}

}  // namespace waymark::casemgr
