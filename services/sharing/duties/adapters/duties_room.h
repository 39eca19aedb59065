// The room of the clocks that the agency itself owns and enforces, and of its people's work on
// cases. What it keeps and what wakes it: ../README.md.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "services/sharing/app/room.h"
#include "services/sharing/gateway_service.h"

namespace waymark::sharing::duties {

// `core` by partnership id; must outlive the room. Without a channel to casemgr the room answers
// from its own copy.
std::unique_ptr<Room> MakeDutiesRoom(const std::map<std::string, CoreChannels>& core);

}  // namespace waymark::sharing::duties
