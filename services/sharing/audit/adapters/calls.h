// The RPCs of the room audit.
#pragma once

#include "absl/status/statusor.h"
#include "libs/runtime/decider.h"
#include "services/sharing/membership.h"

namespace waymark::sharing::audit_room {

absl::StatusOr<runtime::Decision> DecideShowLog(const Membership& membership,
                                                const runtime::View& view,
                                                const runtime::Input& input);
absl::StatusOr<runtime::Decision> DecideProveConsistency(const Membership& membership,
                                                         const runtime::View& view,
                                                         const runtime::Input& input);

}  // namespace waymark::sharing::audit_room
