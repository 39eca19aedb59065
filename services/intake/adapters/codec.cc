#include "services/intake/adapters/codec.h"

#include <algorithm>

namespace waymark::intake {
namespace {

constexpr char kUprn[] = "uprn";

bool IsVictimOrCaller(const intake::v1::LinkedParty& party) {
  return std::any_of(party.roles().begin(), party.roles().end(), [](int role) {
    return role == common::v1::ROLE_VICTIM || role == common::v1::ROLE_CALLER;
  });
}

}  // namespace

void SetTime(absl::Time at, google::protobuf::Timestamp& out) {
  const int64_t seconds = absl::ToUnixSeconds(at);
  out.set_seconds(seconds);
  out.set_nanos(
      static_cast<int32_t>(absl::ToInt64Nanoseconds(at - absl::FromUnixSeconds(seconds))));
}

intake::v1::LinkEvidence ToProto(const Evidence& evidence) {
  intake::v1::LinkEvidence out;
  for (const std::string& kind : evidence.kinds) out.add_kinds(kind);
  out.set_weight(static_cast<int32_t>(evidence.weight));
  out.set_confirmed(evidence.confirmed);
  return out;
}

intake::v1::IncidentLinked CopyFacts(const gateway::v1::IncidentReported& report,
                                     const std::string& agency) {
  intake::v1::IncidentLinked event;
  event.set_partnership(report.partnership());
  event.set_incident_id(report.incident_id());
  event.set_agency(agency);
  event.set_revision(report.revision());
  *event.mutable_occurred_at() = report.occurred_at();
  *event.mutable_reported_at() = report.reported_at();
  event.set_category(report.category());
  event.set_type(report.type());
  event.set_channel(report.channel());
  *event.mutable_area() = report.area();
  if (report.has_assessment()) *event.mutable_assessment() = report.assessment();
  *event.mutable_answers() = report.answers();
  *event.mutable_safeguarding() = report.safeguarding();
  event.set_action_taken(report.action_taken());
  return event;
}

void AddParty(const gateway::v1::ReportedParty& reported, const PartyLink& link,
              const intake::v1::KeptPerson& kept, intake::v1::IncidentLinked& event) {
  intake::v1::LinkedParty& party = *event.add_parties();
  party.set_person_id(link.person_id);
  party.set_subject_id(link.subject_id);
  *party.mutable_roles() = reported.roles();
  *party.mutable_evidence() = ToProto(link.evidence);
  for (const std::string& proposed : link.proposed) party.add_proposed_subject_ids(proposed);
  party.set_sealed_tokens(kept.sealed_tokens());
  party.set_key_slot(kept.key_slot());
}

void AddInterests(const std::vector<Interest>& interests, intake::v1::IncidentLinked& event) {
  for (const Interest& interest : interests) {
    intake::v1::Interest& out = *event.add_interests();
    out.set_agency(interest.agency);
    out.set_reason(interest.reason);
  }
}

std::string PlaceToken(const std::vector<Token>& location) {
  for (const Token& token : location) {
    if (token.kind == kUprn) return token.keyed;
  }
  return "";
}

InterestQuestion QuestionOf(const intake::v1::IncidentLinked& event, const OpenedSheet& sheet) {
  InterestQuestion question;
  question.reporter = event.agency();
  question.lsoa = event.area().lsoa();
  const auto add_places = [&](const std::vector<Token>& tokens) {
    for (const Token& token : tokens) {
      if (token.kind == kUprn) question.places.push_back(token.keyed);
    }
  };
  add_places(sheet.location);
  for (const intake::v1::LinkedParty& party : event.parties()) {
    if (!IsVictimOrCaller(party)) continue;
    question.victims.push_back(party.subject_id());
    if (const auto tokens = sheet.parties.find(party.person_id()); tokens != sheet.parties.end()) {
      add_places(tokens->second);
    }
  }
  return question;
}

intake::v1::AssessmentLinked LinkAssessment(const gateway::v1::VictimAssessed& assessed,
                                            const std::string& agency,
                                            const std::string& subject_id) {
  intake::v1::AssessmentLinked event;
  event.set_partnership(assessed.partnership());
  event.set_subject_id(subject_id);
  event.set_person_id(assessed.person_id());
  event.set_incident_id(assessed.incident_id());
  event.set_agency(agency);
  *event.mutable_assessment() = assessed.assessment();
  *event.mutable_answers() = assessed.answers();
  return event;
}

}  // namespace waymark::intake
