// The room that hands the audit log to whoever may check it. It keeps nothing: the log is the
// vault's.
#pragma once

#include <memory>

#include "services/sharing/app/room.h"

namespace waymark::sharing::proofs {

std::unique_ptr<Room> MakeProofsRoom();

}  // namespace waymark::sharing::proofs
