#include "services/sharing/disclosure/domain/receive.h"

#include <set>

#include "libs/agreement/catalogue.h"

namespace waymark::sharing::disclosure {
namespace {

using agreement::Gateway;

agreement::ConsentFacts StatedConsent(const Attested& attested) {
  agreement::ConsentFacts consent;
  consent.receipt_id = attested.consent_id;
  consent.agencies = {attested.recipient};
  consent.purposes = {attested.purpose};
  consent.form_version = attested.consent_form;
  consent.given = attested.consent_given;
  consent.expires = attested.expires;
  std::set<agreement::DataCategory> categories;
  for (const std::string& name : attested.fields) {
    const std::optional<int> id = agreement::FieldId(name);
    if (id) categories.insert(agreement::Catalogue()[static_cast<size_t>(*id)].category);
  }
  consent.categories.assign(categories.begin(), categories.end());
  return consent;
}

}  // namespace

agreement::Decision DecideToTake(const agreement::Evaluator& agreements, const Attested& attested,
                                 absl::Time now) {
  const std::optional<Gateway> gateway = agreement::ParseTerm<Gateway>(attested.lawful_gateway);
  agreement::Request request;
  request.partnership = attested.partnership;
  request.origin = attested.origin;
  request.recipient = attested.recipient;
  request.recipient_role = attested.recipient_role;
  request.purpose = attested.purpose;
  request.subject = agreement::SubjectCategory::kVictim;
  request.fields = attested.fields;
  request.ask = attested.ask;
  request.band = attested.band;
  request.recipient_has_interest = true;  // casemgr names it among those with an interest
  request.child_at_risk = gateway == Gateway::kSafeguardingChild;
  request.adult_at_risk = gateway == Gateway::kSafeguardingAdult;
  request.vital_interests = gateway == Gateway::kVitalInterests;
  if (gateway == Gateway::kConsent) request.consent = StatedConsent(attested);
  request.public_body_request = gateway == Gateway::kRecognisedLegitimateInterest;
  if (!attested.override_id.empty()) {
    request.override_facts = {attested.override_by, "kept by the origin"};
  }
  request.only_gateway = gateway.value_or(Gateway::kNotPersonal);
  return agreements.Decide(request, now);
}

}  // namespace waymark::sharing::disclosure
