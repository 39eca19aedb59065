// The messages that both the journal and the store's rows hold.
#include "services/casemgr/adapters/event_codec.h"
#include "services/casemgr/adapters/words.h"

namespace waymark::casemgr {

v1::IncidentNoted ToProto(const IncidentNoted& event) {
  const Incident& incident = event.incident;
  v1::IncidentNoted out;
  out.set_incident_id(incident.id);
  out.set_revision(incident.revision);
  out.set_agency(incident.agency);
  SetTime(incident.occurred_at, out.mutable_occurred_at());
  SetTime(incident.reported_at, out.mutable_reported_at());
  out.set_category(ToProto(incident.category));
  out.set_type(incident.type);
  out.set_action_taken(incident.action_taken);
  *out.mutable_area() = ToProto(incident.area);
  for (const Party& party : incident.parties) {
    v1::NotedParty& noted = *out.add_parties();
    noted.set_subject_id(party.subject_id);
    noted.set_person_id(party.person_id);
    for (const Role role : party.roles) noted.add_roles(ToProto(role));
    noted.set_confirmed(party.confirmed);
  }
  for (const auto& [agency, reason] : incident.interests) {
    (*out.mutable_interests())[agency] = reason;
  }
  *out.mutable_safeguarding() = ToProto(incident.safeguarding);
  return out;
}

IncidentNoted FromProto(const v1::IncidentNoted& in) {
  Incident incident;
  incident.id = in.incident_id();
  incident.revision = in.revision();
  incident.agency = in.agency();
  incident.occurred_at = FromProto(in.occurred_at());
  incident.reported_at = FromProto(in.reported_at());
  incident.category = FromProto(in.category());
  incident.type = in.type();
  incident.action_taken = in.action_taken();
  incident.area = FromProto(in.area());
  for (const v1::NotedParty& noted : in.parties()) {
    Party party{noted.subject_id(), noted.person_id(), {}, noted.confirmed()};
    for (const int role : noted.roles()) {
      party.roles.push_back(FromProto(static_cast<common::v1::Role>(role)));
    }
    incident.parties.push_back(std::move(party));
  }
  incident.interests.insert(in.interests().begin(), in.interests().end());
  incident.safeguarding = FromProto(in.safeguarding());
  return {std::move(incident)};
}

v1::RiskNoted ToProto(const RiskNoted& event) {
  const Risk& risk = event.risk;
  v1::RiskNoted out;
  out.set_subject_id(event.subject_id);
  out.set_effective(ToProto(risk.effective));
  SetList(risk.effective_by, out.mutable_effective_by());
  if (risk.high_since) SetTime(*risk.high_since, out.mutable_high_since());
  out.set_high_first_by(risk.high_first_by);
  out.set_highest(ToProto(risk.highest));
  for (const RepeatFinding& finding : risk.repeats) {
    v1::RepeatNoted& repeat = *out.add_repeats();
    repeat.set_rule(finding.rule);
    repeat.set_count(finding.count);
    SetTime(finding.since, repeat.mutable_since());
  }
  SetTime(risk.at, out.mutable_at());
  return out;
}

RiskNoted FromProto(const v1::RiskNoted& in) {
  RiskNoted event{in.subject_id(), {}};
  Risk& risk = event.risk;
  risk.effective = FromProto(in.effective());
  risk.effective_by = ListOf(in.effective_by());
  if (in.has_high_since()) risk.high_since = FromProto(in.high_since());
  risk.high_first_by = in.high_first_by();
  risk.highest = FromProto(in.highest());
  for (const v1::RepeatNoted& repeat : in.repeats()) {
    risk.repeats.push_back({repeat.rule(), repeat.count(), FromProto(repeat.since())});
  }
  risk.at = FromProto(in.at());
  return event;
}

v1::SubjectAssessed ToProto(const SubjectAssessed& event) {
  v1::SubjectAssessed out;
  out.set_subject_id(event.subject_id);
  out.set_assessment_id(event.assessed.assessment_id);
  out.set_agency(event.assessed.agency);
  out.set_overall(ToProto(event.assessed.overall));
  SetTime(event.assessed.at, out.mutable_at());
  return out;
}

SubjectAssessed FromProto(const v1::SubjectAssessed& in) {
  return {in.subject_id(),
          {in.assessment_id(), in.agency(), FromProto(in.overall()), FromProto(in.at())}};
}

v1::ObligationStarted ToProto(const ObligationStarted& event) {
  v1::ObligationStarted out;
  out.set_case_id(event.case_id);
  out.set_obligation_id(event.obligation_id);
  out.set_clock(event.clock);
  out.set_owner(event.owner);
  out.set_handed_from(event.handed_from);
  SetTime(event.started_at, out.mutable_started_at());
  SetTime(event.due_soon_at, out.mutable_due_soon_at());
  SetTime(event.due_at, out.mutable_due_at());
  out.set_why(event.why);
  out.set_pack_digest(event.pack_digest);
  out.set_opening(event.opening);
  return out;
}

ObligationStarted FromProto(const v1::ObligationStarted& in) {
  ObligationStarted event;
  event.case_id = in.case_id();
  event.obligation_id = in.obligation_id();
  event.clock = in.clock();
  event.owner = in.owner();
  event.handed_from = in.handed_from();
  event.started_at = FromProto(in.started_at());
  event.due_soon_at = FromProto(in.due_soon_at());
  event.due_at = FromProto(in.due_at());
  event.why = in.why();
  event.pack_digest = in.pack_digest();
  event.opening = in.opening();
  return event;
}

v1::ProfileNoted ToProto(const ProfileNoted& event) {
  v1::ProfileNoted out;
  out.set_case_id(event.case_id);
  out.set_agency(event.profile.agency);
  SetTime(event.profile.created_at, out.mutable_created_at());
  out.set_skeleton(event.skeleton);
  out.set_by_register(event.profile.by_register);
  out.set_obligation_id(event.profile.obligation_id);
  return out;
}

ProfileNoted FromProto(const v1::ProfileNoted& in) {
  return {in.case_id(),
          {in.agency(), FromProto(in.created_at()), in.by_register(), in.obligation_id()},
          in.skeleton()};
}

v1::ConferenceNoted ToProto(const ConferenceNoted& event) {
  const Conference& conference = event.conference;
  v1::ConferenceNoted out;
  out.set_case_id(event.case_id);
  out.set_agency(conference.agency);
  SetTime(conference.called_at, out.mutable_called_at());
  SetTime(conference.scheduled_for, out.mutable_scheduled_for());
  SetList(conference.invited, out.mutable_invited());
  out.set_automatic(conference.automatic);
  out.set_by_register(conference.by_register);
  out.set_obligation_id(conference.obligation_id);
  return out;
}

ConferenceNoted FromProto(const v1::ConferenceNoted& in) {
  return {in.case_id(),
          {in.agency(), FromProto(in.called_at()), FromProto(in.scheduled_for()),
           ListOf(in.invited()), in.automatic(), in.by_register(), in.obligation_id()}};
}

v1::ConferenceHeldNoted ToProto(const ConferenceHeldNoted& event) {
  v1::ConferenceHeldNoted out;
  out.set_case_id(event.case_id);
  out.set_agency(event.held.agency);
  SetTime(event.held.held_at, out.mutable_held_at());
  SetList(event.held.attended, out.mutable_attended());
  SetList(event.held.absent, out.mutable_absent());
  out.set_chair_role(event.held.chair_role);
  return out;
}

ConferenceHeldNoted FromProto(const v1::ConferenceHeldNoted& in) {
  return {in.case_id(),
          {in.agency(), FromProto(in.held_at()), ListOf(in.attended()), ListOf(in.absent()),
           in.chair_role()}};
}

v1::CoverNoted ToProto(const CoverNoted& event) {
  v1::CoverNoted out;
  out.set_case_id(event.case_id);
  out.set_closed_agency(event.closed_agency);
  out.set_cover(event.cover);
  SetTime(event.at, out.mutable_at());
  if (event.opens_at) SetTime(*event.opens_at, out.mutable_opens_at());
  return out;
}

CoverNoted FromProto(const v1::CoverNoted& in) {
  CoverNoted event{in.case_id(), in.closed_agency(), in.cover(), FromProto(in.at()), std::nullopt};
  if (in.has_opens_at()) event.opens_at = FromProto(in.opens_at());
  return event;
}

}  // namespace waymark::casemgr
