// ExplainShare and ListShares: what was decided, and what would be.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "libs/runtime/decider.h"
#include "services/sharing/membership.h"

namespace waymark::sharing::disclosure {

inline constexpr std::string_view kExplainShare = "/waymark.gateway.v1.ShareService/ExplainShare";
inline constexpr std::string_view kListShares = "/waymark.gateway.v1.ShareService/ListShares";

inline constexpr size_t kSharesListedMax = 200;

absl::StatusOr<runtime::Decision> DecideExplain(const Membership& membership,
                                                const runtime::View& view,
                                                const runtime::Input& input,
                                                runtime::Context& context);
absl::StatusOr<runtime::Decision> DecideList(const Membership& membership,
                                             const runtime::View& view,
                                             const runtime::Input& input);

}  // namespace waymark::sharing::disclosure
