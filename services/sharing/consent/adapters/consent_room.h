// The room of consents: each is recorded for a person of this vault, who gave it to this agency, so
// this gateway is its home. It is withdrawn here, and from the batch that answers nothing rests on
// it. Whoever else wants to rely on it asks this gateway before each release (FetchShare).
#pragma once

#include <memory>

#include "services/sharing/app/room.h"

namespace waymark::sharing::consent {

std::unique_ptr<Room> MakeConsentRoom();

}  // namespace waymark::sharing::consent
