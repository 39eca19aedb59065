// The check before a gateway serves: is its store as new as what was signed for it? A store that
// was put back from an old copy does not know; the partnership's topics do.
#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/eventlog/event_log.h"
#include "libs/runtime/decider.h"
#include "services/sharing/membership.h"
#include "waymark/gateway/v1/checkpoint.pb.h"

namespace waymark::sharing::audit_room {

// Looks at the newest checkpoints of the own log on its own audit topic and, cosigned, on the
// others'. nullopt when the stored log continues all of them, and when there are none. Only notes
// that this membership's own audit key signed count. Unavailable: the event log cannot be read; the
// cosignatures that come later tell the same.
absl::StatusOr<std::optional<gateway::v1::AuditFinding>> CheckBeforeServing(
    const Membership& membership, const runtime::View& view, eventlog::EventLog& log,
    absl::Time now);

}  // namespace waymark::sharing::audit_room
