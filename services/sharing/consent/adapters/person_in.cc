#include "services/sharing/consent/adapters/person_in.h"

#include <utility>
#include <vector>

#include "services/sharing/consent/domain/check_consent.h"

namespace waymark::sharing::consent {

Result<std::string> PersonIn(const gateway::v1::StoredIncident& incident, uint32_t place) {
  std::vector<ConsentParty> parties;
  for (const gateway::v1::ReportedParty& party : incident.parties()) {
    ConsentParty one{party.person_id()};
    for (const int role : party.roles()) {
      one.victim = one.victim || role == common::v1::ROLE_VICTIM;
      one.caller = one.caller || role == common::v1::ROLE_CALLER;
    }
    parties.push_back(std::move(one));
  }
  return PersonOf(parties, {incident.places().begin(), incident.places().end()}, place);
}

}  // namespace waymark::sharing::consent
