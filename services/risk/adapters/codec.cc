#include "services/risk/adapters/codec.h"

#include <algorithm>
#include <optional>
#include <set>

namespace waymark::risk {
namespace {

bool Has(const intake::v1::LinkedParty& party, common::v1::Role role) {
  return std::find(party.roles().begin(), party.roles().end(), role) != party.roles().end();
}

std::optional<pack::Band> BandFrom(common::v1::Band band) {
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

common::v1::Band BandTo(const std::optional<pack::Band>& band) {
  if (!band) return common::v1::BAND_UNSPECIFIED;
  switch (*band) {
    case pack::Band::kStandard:
      return common::v1::BAND_STANDARD;
    case pack::Band::kMedium:
      return common::v1::BAND_MEDIUM;
    case pack::Band::kHigh:
      return common::v1::BAND_HIGH;
  }
  return common::v1::BAND_UNSPECIFIED;
}

}  // namespace

absl::Time FromProto(const google::protobuf::Timestamp& at) {
  return absl::FromUnixSeconds(at.seconds()) + absl::Nanoseconds(at.nanos());
}

google::protobuf::Timestamp ToProto(absl::Time at) {
  google::protobuf::Timestamp out;
  out.set_seconds(absl::ToUnixSeconds(at));
  out.set_nanos(
      static_cast<int32_t>(absl::ToInt64Nanoseconds(at - absl::FromUnixSeconds(out.seconds()))));
  return out;
}

rules::Incident ToDomain(const risk::v1::HistoryNoted& noted, const std::string& subject_id) {
  return {noted.incident_id(),
          FromProto(noted.occurred_at()),
          FromProto(noted.reported_at()),
          noted.type(),
          subject_id,
          noted.location_id(),
          noted.agency()};
}

AgencyAssessment ToDomain(const common::v1::Assessment& assessment) {
  AgencyAssessment out;
  out.id = assessment.assessment_id();
  out.agency = assessment.agency();
  out.overall = BandFrom(assessment.overall());
  out.at = FromProto(assessment.made_at());
  return out;
}

risk::v1::SubjectRiskChanged ToProto(const Picture& picture, const pack::Pack& pack) {
  risk::v1::SubjectRiskChanged out;
  out.set_effective(BandTo(picture.effective));
  for (const std::string& agency : picture.by) out.add_effective_by(agency);
  if (picture.since) *out.mutable_high_since() = ToProto(*picture.since);
  out.set_high_first_by(picture.first_by);
  out.set_highest(BandTo(picture.highest));
  for (const rules::Firing& firing : picture.repeats) {
    risk::v1::RepeatFired& repeat = *out.add_repeats();
    repeat.set_rule(firing.rule);
    repeat.set_count(static_cast<uint32_t>(firing.count));
    *repeat.mutable_since() = ToProto(firing.since);
    for (const std::string& id : firing.incidents) repeat.add_incident_ids(id);
    repeat.set_type_group(firing.type_group.value_or(""));
  }
  out.set_pack_digest(pack.digest);
  return out;
}

Picture FromProto(const risk::v1::SubjectRiskChanged& changed) {
  Picture out;
  out.effective = BandFrom(changed.effective());
  out.by = {changed.effective_by().begin(), changed.effective_by().end()};
  if (changed.has_high_since()) out.since = FromProto(changed.high_since());
  out.first_by = changed.high_first_by();
  out.highest = BandFrom(changed.highest());
  for (const risk::v1::RepeatFired& repeat : changed.repeats()) {
    rules::Firing& firing = out.repeats.emplace_back();
    firing.rule = repeat.rule();
    firing.subject = changed.subject_id();
    if (!repeat.type_group().empty()) firing.type_group = repeat.type_group();
    firing.count = repeat.count();
    firing.since = FromProto(repeat.since());
    firing.incidents = {repeat.incident_ids().begin(), repeat.incident_ids().end()};
  }
  return out;
}

risk::v1::HistoryNoted HistoryOf(const intake::v1::IncidentLinked& incident) {
  risk::v1::HistoryNoted noted;
  noted.set_partnership(incident.partnership());
  noted.set_incident_id(incident.incident_id());
  noted.set_revision(incident.revision());
  noted.set_agency(incident.agency());
  *noted.mutable_occurred_at() = incident.occurred_at();
  *noted.mutable_reported_at() = incident.reported_at();
  noted.set_type(incident.type());
  noted.set_location_id(incident.location_id());
  std::set<std::string> counted;
  for (const intake::v1::LinkedParty& party : incident.parties()) {
    if (!Has(party, common::v1::ROLE_CALLER) && !Has(party, common::v1::ROLE_VICTIM)) continue;
    if (!counted.insert(party.subject_id()).second) continue;
    risk::v1::CountedPerson& person = *noted.add_counted();
    person.set_subject_id(party.subject_id());
    person.set_person_id(party.person_id());
  }
  return noted;
}

const intake::v1::LinkedParty* AssessedParty(const intake::v1::IncidentLinked& incident) {
  for (const common::v1::Role role : {common::v1::ROLE_VICTIM, common::v1::ROLE_CALLER}) {
    for (const intake::v1::LinkedParty& party : incident.parties()) {
      if (Has(party, role)) return &party;
    }
  }
  return nullptr;
}

}  // namespace waymark::risk
