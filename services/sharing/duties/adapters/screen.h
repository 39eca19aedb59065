// Cases and clocks as people see them: the own copy, and the own copy with what the register
// answers put in. Pure, over messages.
#pragma once

#include <vector>

#include "absl/time/time.h"
#include "services/sharing/duties/domain/model.h"
#include "waymark/casemgr/v1/casemgr.pb.h"
#include "waymark/gateway/v1/case.pb.h"

namespace waymark::sharing::duties {

// With its standing at `now`, whoever runs it.
gateway::v1::Clock ClockOf(const Case& one, const Obligation& obligation, absl::Time now);

gateway::v1::ShowCaseResponse ScreenOf(const Case& one, absl::Time now);
// Without clocks and history.
gateway::v1::ShowCaseResponse LineOf(const Case& one);

// The register is right about everything but what this gateway has done and not yet been heard
// about: a profile or conference, a clock that ended here, a clock it runs by itself.
gateway::v1::ShowCaseResponse MergeCase(const gateway::v1::ShowCaseResponse& own,
                                        const gateway::v1::ShowCaseResponse& told);
gateway::v1::ListCasesResponse MergeCases(const gateway::v1::ListCasesResponse& own,
                                          const casemgr::v1::ListCasesResponse& told);
gateway::v1::ListClocksResponse MergeClocks(const gateway::v1::ListClocksResponse& own,
                                            const casemgr::v1::ListObligationsResponse& told,
                                            bool ended);

// The own copy alone, which says that it is. `own` clocks are all, ended ones too.
gateway::v1::ShowCaseResponse OwnAlone(gateway::v1::ShowCaseResponse own);
gateway::v1::ListCasesResponse OwnAlone(gateway::v1::ListCasesResponse own);
gateway::v1::ListClocksResponse OwnAlone(gateway::v1::ListClocksResponse own, bool ended);

// Running ones first, the soonest due first; then ended ones, the latest first.
void SortByUrgency(google::protobuf::RepeatedPtrField<gateway::v1::Clock>& clocks);

}  // namespace waymark::sharing::duties
