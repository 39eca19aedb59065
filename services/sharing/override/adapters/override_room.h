// The room of overrides: sharing against or without consent, decided by a named person of this
// agency and reviewed by a second one. A standing override is a fact of the share decision
// (disclosure/domain/decide.h); this room decides nothing about a disclosure itself.
#pragma once

#include <memory>

#include "services/sharing/app/room.h"

namespace waymark::sharing::overrides {

std::unique_ptr<Room> MakeOverrideRoom();

}  // namespace waymark::sharing::overrides
