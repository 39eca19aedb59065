// A small agreement and its baseline for the tests of this library. Tests only.
#pragma once

#include <string>
#include <vector>

#include "libs/agreement/evaluator.h"

namespace waymark::agreement::testing {

inline const absl::Time kStart = absl::FromCivil(absl::CivilDay(2026, 1, 1), absl::UTCTimeZone());
inline const absl::Time kNow = kStart + absl::Hours(24 * 100);
inline const absl::Time kEnd = kStart + absl::Hours(24 * 365);

inline Agreement Frame(const std::string& id, AgreementKind kind) {
  Agreement agreement;
  agreement.id = id;
  agreement.version = "1";
  agreement.title = "An agreement for tests";
  agreement.partnership = "fenland";
  agreement.kind = kind;
  for (const char* party : {"police", "council", "housing", "fire"}) {
    const bool authority = std::string(party) != "housing";
    agreement.parties.push_back({party,
                                 party,
                                 authority,
                                 std::string(party) == "police",
                                 {{"case_officer", false}, {"case_system", true}}});
    agreement.signatories.push_back({party, "Chief Executive"});
    agreement.signed_by.push_back(party);
  }
  agreement.purposes = {{"support_victim", "Support victims", Regime::kUkGdpr},
                        {"prevent_asb", "Prevent anti-social behaviour", Regime::kUkGdpr}};
  agreement.subjects = {SubjectCategory::kVictim, SubjectCategory::kPerpetrator};
  agreement.data = {
      {DataCategory::kIdentity, {"person.name", "person.date_of_birth"}, 365},
      {DataCategory::kContact, {"person.safe_contact", "person.address"}, 180},
      {DataCategory::kIncident,
       {"incident.category", "incident.summary", "incident.area", "incident.occurred_at"},
       365},
      {DataCategory::kRisk, {"risk.band", "risk.reasons"}, 365},
      {DataCategory::kCase, {"case.lead_contact"}, 365},
      {DataCategory::kHistory, {"history.count"}, 365},
      {DataCategory::kSafeguarding, {"safeguarding.concern"}, 365}};
  agreement.renewed_by = "the partnership's steering group";
  agreement.valid_from = kStart;
  agreement.review_at = kStart + absl::Hours(24 * 180);
  return agreement;
}

inline Clause Permit(const std::string& id, std::vector<Gateway> gateways,
                     std::vector<std::string> fields) {
  Clause clause;
  clause.id = id;
  clause.words = "Clause " + id;
  clause.from = clause.to = {"police", "council", "housing", "fire"};
  clause.purposes = {"support_victim", "prevent_asb"};
  clause.subjects = {SubjectCategory::kVictim};
  clause.asks = {Ask::kAlert, Ask::kNotice, Ask::kFetch};
  clause.gateways = std::move(gateways);
  clause.fields = std::move(fields);
  return clause;
}

// 2: consent, 3: depersonalised, 4: public task by override, 5: look-ups.
inline Agreement Isa() {
  Agreement isa = Frame("fenland-isa", AgreementKind::kPartnership);
  isa.gateways = {Gateway::kConsent, Gateway::kPublicTask, Gateway::kNotPersonal};
  isa.deciders = {{Gateway::kConsent, "case officer of the origin, with the person"},
                  {Gateway::kPublicTask, "inspector or service manager of the origin"}};
  isa.consent_forms = {"form-3"};
  isa.expires = kEnd;
  isa.clauses = {Permit("2", {Gateway::kConsent},
                        {"person.name", "person.safe_contact", "person.address", "risk.band",
                         "risk.reasons", "incident.summary", "incident.category"}),
                 Permit("3", {Gateway::kNotPersonal},
                        {"risk.band", "incident.category", "incident.area", "case.lead_contact"}),
                 Permit("4", {Gateway::kPublicTask}, {"person.name", "risk.band", "risk.reasons"}),
                 Permit("5", {Gateway::kPublicTask}, {"history.count"})};
  isa.clauses[0].obligations = {Obligation::kNoOnwardSharing};
  isa.clauses[2].needs_override = true;
  isa.clauses[3].asks = {Ask::kLookUp};
  isa.clauses[3].needs_interest = false;
  return isa;
}

inline Agreement Baseline() {
  Agreement baseline = Frame("fenland-baseline", AgreementKind::kBaseline);
  baseline.gateways = {Gateway::kVitalInterests, Gateway::kSafeguardingChild};
  baseline.conditions = {Condition::kSafeguardingAtRisk};
  baseline.deciders = {{Gateway::kVitalInterests, "duty manager of the origin"},
                       {Gateway::kSafeguardingChild, "safeguarding lead of the origin"}};
  baseline.clauses = {Permit("B1", {Gateway::kSafeguardingChild, Gateway::kVitalInterests},
                             {"person.name", "person.date_of_birth", "person.address", "risk.band",
                              "incident.summary", "safeguarding.concern"})};
  baseline.clauses[0].conditions = {Condition::kSafeguardingAtRisk};
  baseline.clauses[0].needs_interest = false;
  baseline.clauses[0].asks.push_back(Ask::kPush);
  return baseline;
}

inline ConsentFacts Consent() {
  ConsentFacts consent;
  consent.receipt_id = "consent-1";
  consent.agencies = {"housing", "council"};
  consent.categories = {DataCategory::kIdentity, DataCategory::kContact, DataCategory::kIncident,
                        DataCategory::kRisk};
  consent.purposes = {"support_victim"};
  consent.form_version = "form-3";
  consent.given = kStart + absl::Hours(24);
  consent.expires = kEnd - absl::Hours(24);
  return consent;
}

// What the police would send the landlord of a victim graded HIGH.
inline Request AlertToHousing() {
  Request request;
  request.partnership = "fenland";
  request.origin = "police";
  request.recipient = "housing";
  request.recipient_role = "case_system";
  request.purpose = "support_victim";
  request.subject = SubjectCategory::kVictim;
  request.fields = {"person.name",  "person.safe_contact", "person.address", "risk.band",
                    "risk.reasons", "incident.summary",    "incident.area"};
  request.ask = Ask::kAlert;
  request.band = Band::kHigh;
  request.recipient_has_interest = true;
  return request;
}

}  // namespace waymark::agreement::testing
