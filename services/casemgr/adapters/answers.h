// From the domain to the answers of CaseRegisterService.
#pragma once

#include <vector>

#include "services/casemgr/domain/call_card.h"
#include "services/casemgr/domain/events.h"
#include "waymark/casemgr/v1/casemgr.pb.h"
#include "waymark/gateway/v1/case.pb.h"

namespace waymark::casemgr {

v1::CallCardResponse ToProto(const CallCard& card);
// Without clocks and history.
gateway::v1::ShowCaseResponse Summary(const Case& one, size_t incidents);
// `now` is for the lateness of a clock that still runs.
gateway::v1::Clock ToProto(const Case& one, const Obligation& obligation, absl::Time now);
gateway::v1::CaseEvent ToProto(const HistoryLine& line);

}  // namespace waymark::casemgr
