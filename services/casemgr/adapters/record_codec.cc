#include "services/casemgr/adapters/record_codec.h"

#include "services/casemgr/adapters/words.h"

namespace waymark::casemgr {

Incident IncidentOf(const intake::v1::IncidentLinked& linked) {
  Incident incident;
  incident.id = linked.incident_id();
  incident.revision = linked.revision();
  incident.agency = linked.agency();
  incident.occurred_at = FromProto(linked.occurred_at());
  incident.reported_at = FromProto(linked.reported_at());
  incident.category = FromProto(linked.category());
  incident.type = linked.type();
  incident.action_taken = linked.action_taken();
  incident.area = FromProto(linked.area());
  for (const intake::v1::LinkedParty& linked_party : linked.parties()) {
    Party party;
    party.subject_id = linked_party.subject_id();
    party.person_id = linked_party.person_id();
    for (const int role : linked_party.roles()) {
      party.roles.push_back(FromProto(static_cast<common::v1::Role>(role)));
    }
    party.confirmed = linked_party.evidence().confirmed();
    incident.parties.push_back(std::move(party));
  }
  for (const intake::v1::Interest& interest : linked.interests()) {
    incident.interests.insert_or_assign(interest.agency(), interest.reason());
  }
  incident.safeguarding = FromProto(linked.safeguarding());
  return incident;
}

Assessed AssessedOf(const intake::v1::AssessmentLinked& linked) {
  const common::v1::Assessment& assessment = linked.assessment();
  return {assessment.assessment_id(), linked.agency(), FromProto(assessment.overall()),
          FromProto(assessment.made_at())};
}

RiskNews NewsOfRisk(const risk::v1::SubjectRiskChanged& changed) {
  RiskNews news;
  news.subject_id = changed.subject_id();
  news.incident_id = changed.incident_id();
  news.newly_fired = ListOf(changed.newly_fired());
  Risk& risk = news.risk;
  risk.effective = FromProto(changed.effective());
  risk.effective_by = ListOf(changed.effective_by());
  if (changed.has_high_since()) risk.high_since = FromProto(changed.high_since());
  risk.high_first_by = changed.high_first_by();
  risk.highest = FromProto(changed.highest());
  for (const risk::v1::RepeatFired& repeat : changed.repeats()) {
    risk.repeats.push_back({repeat.rule(), repeat.count(), FromProto(repeat.since())});
  }
  risk.at = FromProto(changed.at());
  return news;
}

}  // namespace waymark::casemgr
