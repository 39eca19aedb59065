// Which person of an incident a request is about, when it names the incident and perhaps a place in
// its list of parties.
#pragma once

#include <cstdint>
#include <string>

#include "libs/base/result.h"
#include "waymark/gateway/v1/vault.pb.h"

namespace waymark::sharing::consent {

// As PersonOf of consent/domain/check_consent.h.
Result<std::string> PersonIn(const gateway::v1::StoredIncident& incident, uint32_t place);

}  // namespace waymark::sharing::consent
