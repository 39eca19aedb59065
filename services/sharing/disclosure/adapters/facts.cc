#include "services/sharing/disclosure/adapters/facts.h"

#include <algorithm>

#include "services/sharing/adapters/times.h"
#include "services/sharing/consent/adapters/consent_view.h"
#include "services/sharing/consent/adapters/told.h"
#include "services/sharing/override/adapters/overrides_view.h"

namespace waymark::sharing::disclosure {

namespace {

// Of a consent, or of what another gateway told of one.
template <class Consent>
agreement::ConsentFacts ScopeOf(const Consent& consent) {
  agreement::ConsentFacts facts;
  facts.receipt_id = consent.consent_id();
  facts.agencies.assign(consent.scope().agencies().begin(), consent.scope().agencies().end());
  facts.purposes.assign(consent.scope().purposes().begin(), consent.scope().purposes().end());
  for (const std::string& word : consent.scope().categories()) {
    const auto category = agreement::ParseTerm<agreement::DataCategory>(word);
    if (category) facts.categories.push_back(*category);
  }
  facts.form_version = consent.form_version();
  facts.given = FromProto(consent.given_at());
  facts.expires = FromProto(consent.expires_at());
  return facts;
}

}  // namespace

agreement::ConsentFacts FactsOf(const gateway::v1::StoredConsent& consent) {
  agreement::ConsentFacts facts = ScopeOf(consent);
  facts.withdrawn = consent.has_withdrawn_at();
  return facts;
}

agreement::ConsentFacts FactsOf(const gateway::v1::StoredToldConsent& stored) {
  agreement::ConsentFacts facts = ScopeOf(stored.told());
  std::erase(facts.agencies, stored.home());
  facts.withdrawn = stored.told().over();
  return facts;
}

std::optional<agreement::Band> BandOf(common::v1::Band band) {
  switch (band) {
    case common::v1::BAND_STANDARD:
      return agreement::Band::kStandard;
    case common::v1::BAND_MEDIUM:
      return agreement::Band::kMedium;
    case common::v1::BAND_HIGH:
      return agreement::Band::kHigh;
    default:
      return std::nullopt;
  }
}

SubjectFacts FactsFor(const runtime::View& view, const gateway::v1::StoredAsk& ask,
                      const std::string& person_id) {
  SubjectFacts facts;
  facts.band = BandOf(ask.asked().band());
  facts.child_at_risk = ask.asked().safeguarding().child_at_risk();
  facts.adult_at_risk = ask.asked().safeguarding().adult_at_risk();
  facts.vital_interests = ask.asked().safeguarding().vital_interests();
  // Of other gateways first: an own one that gives as much is preferred.
  for (const auto& told : consent::ToldIn(view, ask.asked().case_id())) {
    facts.consents.push_back(FactsOf(told));
  }
  for (const gateway::v1::StoredConsent& consent : consent::ConsentView(view).Of(person_id)) {
    facts.consents.push_back(FactsOf(consent));
  }
  facts.overrides = overrides::OverridesView(view).FactsOf(person_id);
  return facts;
}

bool HasInterest(const gateway::v1::StoredAsk& ask, const std::string& agency) {
  const auto& recipients = ask.asked().recipients();
  return std::find(recipients.begin(), recipients.end(), agency) != recipients.end();
}

Question TellQuestion(const Membership& membership, const gateway::v1::StoredAsk& ask,
                      const std::string& recipient) {
  Question question;
  question.partnership = membership.partnership;
  question.origin = membership.agency;
  question.recipient = recipient;
  question.recipient_role = kGatewayRole;
  question.purpose = kSharingPurpose;
  question.has_interest = HasInterest(ask, recipient);
  return question;
}

gateway::v1::ShareDecision ToMessage(const agreement::Decision& decision,
                                     const std::string& recipient, absl::Time now) {
  gateway::v1::ShareDecision message;
  message.set_recipient(recipient);
  const bool permit = decision.effect == agreement::Effect::kPermit;
  message.set_effect(permit ? "permit" : "refuse");
  if (permit) {
    for (const std::string& field : decision.released) message.add_released(field);
    message.set_lawful_gateway(std::string(agreement::Name(*decision.gateway)));
    message.set_override_id(decision.override_receipt);
  }
  for (const agreement::WithheldField& field : decision.withheld) {
    (*message.mutable_withheld())[field.field] = std::string(agreement::Name(field.reason));
  }
  message.set_clause(ClauseOf(decision));
  message.set_agreement_digest(decision.agreement_digest);
  for (const agreement::ObligationDue& due : decision.obligations) {
    message.add_obligations(std::string(agreement::Name(due.code)));
  }
  const Refusal refusal = Explained(decision);
  message.set_missing(refusal.missing);
  message.set_remedy(refusal.remedy);
  message.set_who_can_decide(refusal.who_can_decide);
  message.add_reasons(agreement::Explain(decision));
  if (!permit && decision.effect == agreement::Effect::kDepersonalised) {
    message.add_reasons("Until then the recipient gets the depersonalised alert.");
  }
  *message.mutable_decided_at() = ToProto(now);
  return message;
}

std::optional<Standing> StandingOf(const std::optional<gateway::v1::StoredShare>& share) {
  if (!share) return std::nullopt;
  Standing standing;
  standing.state = ParseState(share->state()).value_or(State::kWaiting);
  standing.released.assign(share->decision().released().begin(),
                           share->decision().released().end());
  standing.lawful_gateway = share->decision().lawful_gateway();
  standing.consent_id = share->consent_id();
  if (share->has_expires_at()) standing.ends = FromProto(share->expires_at());
  standing.override_id = share->override_id();
  return standing;
}

Attested AttestedBy(const Membership& membership, const std::string& origin,
                    const gateway::v1::ShareNotice& notice) {
  Attested attested;
  attested.partnership = membership.partnership;
  attested.origin = origin;
  attested.recipient = membership.agency;
  attested.recipient_role = kGatewayRole;
  attested.purpose = notice.basis().purpose();
  attested.lawful_gateway = notice.lawful_gateway();
  attested.consent_id = notice.consent_id();
  attested.consent_form = notice.basis().consent_form();
  attested.override_id = notice.basis().override_id();
  attested.override_by = notice.basis().override_by();
  if (notice.basis().has_consent_given_at()) {
    attested.consent_given = FromProto(notice.basis().consent_given_at());
  }
  if (notice.has_expires_at()) attested.expires = FromProto(notice.expires_at());
  attested.band = BandOf(notice.basis().band());
  attested.fields.assign(notice.fields().begin(), notice.fields().end());
  return attested;
}

}  // namespace waymark::sharing::disclosure
