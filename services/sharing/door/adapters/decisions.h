// The door's decisions over messages, keys and the store's views: decode, check (domain), decide
// (domain), seal, encode. One for each command. As runtime::Service::Decide: a refusal of the
// caller is inside the decision; an error outside it stops the process, and comes only of the key
// file.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "libs/runtime/decider.h"
#include "libs/runtime_rpc/token_sheet.h"
#include "services/sharing/membership.h"

namespace waymark::sharing::door {

inline constexpr std::string_view kPublishIncident =
    "/waymark.gateway.v1.IncidentService/PublishIncident";
inline constexpr std::string_view kPublishIncidents =
    "/waymark.gateway.v1.IncidentService/PublishIncidents";
inline constexpr std::string_view kAssessVictim =
    "/waymark.gateway.v1.AssessmentService/AssessVictim";
inline constexpr std::string_view kRegisterStock = "/waymark.gateway.v1.StockService/RegisterStock";
inline constexpr std::string_view kLookUp = "/waymark.gateway.v1.LookUpService/LookUp";

absl::StatusOr<runtime::Decision> DecidePublish(const Membership& membership,
                                                const runtime::View& view,
                                                const runtime::Input& input,
                                                runtime_rpc::TokenSealer& sealer,
                                                runtime::Context& context);
absl::StatusOr<runtime::Decision> DecideAssessment(const Membership& membership,
                                                   const runtime::View& view,
                                                   const runtime::Input& input,
                                                   runtime::Context& context);
absl::StatusOr<runtime::Decision> DecideStock(const Membership& membership,
                                              const runtime::View& view,
                                              const runtime::Input& input,
                                              runtime::Context& context);
// The reply is a LookUpDecided.
absl::StatusOr<runtime::Decision> DecideLookUp(const Membership& membership,
                                               const runtime::View& view,
                                               const runtime::Input& input,
                                               runtime_rpc::TokenSealer& sealer,
                                               runtime::Context& context);

}  // namespace waymark::sharing::door
