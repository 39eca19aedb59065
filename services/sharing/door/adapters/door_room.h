// The room where an agency's systems hand in what they know and ask what is known. It keeps only
// the register of references and stock; people and incidents are the vault's.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "services/sharing/app/room.h"
#include "services/sharing/door/adapters/ask_partners.h"

namespace waymark::sharing::door {

// `core` by partnership id; must outlive the room.
std::unique_ptr<Room> MakeDoorRoom(const std::map<std::string, CoreChannels>& core);

}  // namespace waymark::sharing::door
