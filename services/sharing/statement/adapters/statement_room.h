// The room that tells afterwards what was shared: to the person it is about, and to people who
// answer for it. It decides nothing about a disclosure and keeps only an index of the audit log.
#pragma once

#include <memory>

#include "services/sharing/app/room.h"

namespace waymark::sharing::statement {

std::unique_ptr<Room> MakeStatementRoom();

}  // namespace waymark::sharing::statement
