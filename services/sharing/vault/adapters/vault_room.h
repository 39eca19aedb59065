// The room that keeps persons, incidents, assessments and the audit log, and erases persons. It
// decides nothing else by itself: the door's events, and the audit leaves of every room, are
// evolved here.
#pragma once

#include <memory>

#include "services/sharing/app/room.h"

namespace waymark::sharing::vault {

std::unique_ptr<Room> MakeVaultRoom();

}  // namespace waymark::sharing::vault
