// The room audit: publishes checkpoints of this membership's audit log, cosigns those of the
// others, and finds out what was edited, cut, put back or shown in two versions. Why, and what it
// does not do: docs/adr/0007.
#pragma once

#include <memory>

#include "services/sharing/app/room.h"

namespace waymark::sharing::audit_room {

std::unique_ptr<Room> MakeAuditRoom();

}  // namespace waymark::sharing::audit_room
