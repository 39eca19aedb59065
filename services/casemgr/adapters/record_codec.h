// From the records of intake and risk to the domain.
#pragma once

#include "services/casemgr/domain/model.h"
#include "services/casemgr/domain/risk_changed.h"
#include "waymark/intake/v1/events.pb.h"
#include "waymark/risk/v1/events.pb.h"

namespace waymark::casemgr {

Incident IncidentOf(const intake::v1::IncidentLinked& linked);
Assessed AssessedOf(const intake::v1::AssessmentLinked& linked);
RiskNews NewsOfRisk(const risk::v1::SubjectRiskChanged& changed);

}  // namespace waymark::casemgr
