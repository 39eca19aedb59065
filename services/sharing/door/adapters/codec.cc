#include "services/sharing/door/adapters/codec.h"

#include <utility>

#include "libs/base/check.h"
#include "libs/rpc/errors.h"
#include "services/sharing/adapters/times.h"

namespace waymark::sharing::door {
namespace {

// What a Timestamp may hold: years 1 to 9999 (timestamp.proto).
constexpr int64_t kSecondsMin = -62'135'596'800;
constexpr int64_t kSecondsMax = 253'402'300'799;
constexpr int32_t kNanosMax = 999'999'999;

GivenTime GivenOf(bool given, const google::protobuf::Timestamp& at) {
  GivenTime time;
  time.given = given;
  if (given && at.seconds() >= kSecondsMin && at.seconds() <= kSecondsMax && at.nanos() >= 0 &&
      at.nanos() <= kNanosMax) {
    time.at = FromProto(at);
  }
  return time;
}

GivenAddress GivenOf(const gateway::v1::Address& address) {
  return {address.house(), address.street(), address.postcode(), address.uprn()};
}

identifiers::Identity PlaceOf(const gateway::v1::Address& address) {
  identifiers::Identity place;
  place.uprn = address.uprn();
  place.house = address.house();
  place.postcode = address.postcode();
  return place;
}

}  // namespace

GivenIdentity GivenOf(const gateway::v1::Identity& identity) {
  return {identity.given_name(),  identity.family_name(), identity.date_of_birth(),
          identity.telephone(),   identity.email(),       GivenOf(identity.address()),
          identity.safe_contact()};
}

GivenJudgement GivenOf(const common::v1::Judgement& judgement) {
  return {judgement.band(), judgement.reason()};
}

GivenIncident GivenOf(const gateway::v1::Incident& incident) {
  GivenIncident given;
  given.source_reference = incident.source_reference();
  given.revision = incident.revision();
  given.occurred_at = GivenOf(incident.has_occurred_at(), incident.occurred_at());
  given.reported_at = GivenOf(incident.has_reported_at(), incident.reported_at());
  given.category = incident.category();
  given.type = incident.type();
  given.channel = incident.channel();
  for (const gateway::v1::Party& party : incident.parties()) {
    given.parties.push_back(
        {{party.roles().begin(), party.roles().end()}, GivenOf(party.identity())});
  }
  given.location = GivenOf(incident.location());
  given.lsoa = incident.lsoa();
  given.summary = incident.summary();
  if (incident.has_grading()) {
    given.grading = GivenGrading{incident.grading().harm(), incident.grading().pattern()};
  }
  given.answers = AnswersOf(incident.answers());
  if (incident.has_officer()) given.officer = GivenOf(incident.officer());
  given.action_taken = incident.action_taken();
  return given;
}

std::optional<Problem> IdentifierLibrary::Check(IdentifierKind kind, std::string_view raw,
                                                std::string_view field) {
  const auto normalised = [&]() -> identifiers::Normalised {
    switch (kind) {
      case IdentifierKind::kTelephone:
        return telephones_.Normalise(raw, field);
      case IdentifierKind::kName:
        return identifiers::NormaliseName(raw, field);
      case IdentifierKind::kDateOfBirth:
        return identifiers::NormaliseDateOfBirth(raw, field, today_);
      case IdentifierKind::kUprn:
        return identifiers::NormaliseUprn(raw, field);
      case IdentifierKind::kPostcode:
        return identifiers::NormalisePostcode(raw, field);
      case IdentifierKind::kHouse:
        return identifiers::NormaliseHouse(raw, field);
      case IdentifierKind::kEmail:
        return identifiers::NormaliseEmail(raw, field);
      case IdentifierKind::kLsoa:
        return identifiers::NormaliseLsoa(raw, field);
    }
    return std::string();
  }();
  if (normalised.ok()) return std::nullopt;
  return normalised.problem();
}

std::vector<identifiers::TokenInput> IdentifierLibrary::TokensOf(
    const identifiers::Identity& identity) {
  return identifiers::MakeTokenInputs(identity, today_, "", telephones_).inputs;
}

std::vector<identifiers::TokenInput> IdentifierLibrary::Tokens(
    const gateway::v1::Identity& identity) {
  identifiers::Identity person = PlaceOf(identity.address());
  person.given_name = identity.given_name();
  person.family_name = identity.family_name();
  person.date_of_birth = identity.date_of_birth();
  person.telephone = identity.telephone();
  person.email = identity.email();
  return TokensOf(person);
}

std::vector<identifiers::TokenInput> IdentifierLibrary::Tokens(const gateway::v1::Address& place) {
  return TokensOf(PlaceOf(place));
}

common::v1::Assessment ToProto(const LocalAssessment& local, const Membership& membership,
                               const std::string& id, absl::Time made_at) {
  common::v1::Assessment assessment;
  assessment.set_assessment_id(id);
  assessment.set_subject_kind(std::string(pack::SubjectName(pack::Subject::kVictim)));
  if (local.overall)
    assessment.set_overall(static_cast<common::v1::Band>(NumberOf(*local.overall)));
  if (local.scored) assessment.set_scored(static_cast<common::v1::Band>(NumberOf(*local.scored)));
  assessment.set_score_min(static_cast<int32_t>(local.score_min));
  assessment.set_score_max(static_cast<int32_t>(local.score_max));
  *assessment.mutable_made_at() = sharing::ToProto(made_at);
  assessment.set_agency(membership.agency);
  assessment.set_instrument(local.instrument);
  assessment.set_pack_digest(membership.pack->digest);
  for (const std::string& fired : local.fired) assessment.add_fired(fired);
  return assessment;
}

absl::Status Refusal(const std::vector<Problem>& problems) {
  return rpc::ProblemStatus(absl::StatusCode::kInvalidArgument, problems);
}

absl::Status Refusal(const Problem& problem) { return Refusal(std::vector<Problem>{problem}); }

absl::Status CheckCaller(const Membership& membership, const std::string& partnership,
                         const common::v1::Caller& caller) {
  const std::optional<Problem> problem =
      CheckMembership(partnership, caller.agency(), membership.partnership, membership.agency);
  if (!problem) return absl::OkStatus();
  return rpc::ProblemStatus(absl::StatusCode::kPermissionDenied, {*problem});
}

OwnIncident OwnOf(const gateway::v1::StoredIncident& incident, std::vector<vault::Role> roles) {
  return {incident.incident_id(),
          FromProto(incident.occurred_at()),
          FromProto(incident.reported_at()),
          incident.category(),
          incident.type(),
          incident.action_taken(),
          std::move(roles)};
}

std::vector<OwnIncident> VaultHistory::IncidentsOf(const std::string& person_id) const {
  std::vector<OwnIncident> incidents;
  for (vault::Part& part : vault_.PartsOf(person_id)) {
    const std::optional<gateway::v1::StoredIncident> incident = vault_.Incident(part.incident_id);
    WM_CHECK(incident.has_value(), "a person's part in an incident that is not there");
    incidents.push_back(OwnOf(*incident, std::move(part.roles)));
  }
  return incidents;
}

std::vector<OwnAssessment> VaultHistory::AssessmentsOf(const std::string& person_id) const {
  std::vector<OwnAssessment> all;
  for (const gateway::v1::StoredAssessment& stored : vault_.AssessmentsOf(person_id)) {
    const common::v1::Assessment& assessment = stored.assessment();
    std::optional<pack::Band> overall;
    if (assessment.overall() != common::v1::BAND_UNSPECIFIED) {
      overall = BandOf(assessment.overall());
    }
    all.push_back({overall, FromProto(assessment.made_at())});
  }
  return all;
}

}  // namespace waymark::sharing::door
