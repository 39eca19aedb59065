#include "services/sharing/duties/adapters/facts.h"

#include "services/sharing/consent/adapters/consent_view.h"
#include "services/sharing/disclosure/adapters/facts.h"
#include "services/sharing/vault/adapters/vault_view.h"

namespace waymark::sharing::duties {

LawfulFacts FactsOf(const Membership& membership, const runtime::View& view, const Case& one) {
  LawfulFacts facts;
  const vault::VaultView vault(membership, view);
  for (const std::string& incident_id : one.incidents) {
    const std::optional<gateway::v1::StoredIncident> incident = vault.Incident(incident_id);
    if (!incident) continue;
    facts.child_at_risk |= incident->safeguarding().child_at_risk();
    facts.adult_at_risk |= incident->safeguarding().adult_at_risk();
    facts.vital_interests |= incident->safeguarding().vital_interests();
  }
  const consent::ConsentView consents(view);
  for (const std::string& person_id : one.persons) {
    for (const gateway::v1::StoredConsent& given : consents.Of(person_id)) {
      facts.consents.push_back(disclosure::FactsOf(given));
    }
  }
  return facts;
}

}  // namespace waymark::sharing::duties
