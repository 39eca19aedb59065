// The room that decides who may be told what: as origin it decides, notifies, pushes, hands over
// and takes back; as receiver it verifies, decides again and keeps.
#pragma once

#include <memory>
#include <string_view>

#include "services/sharing/app/room.h"

namespace waymark::sharing::disclosure {

inline constexpr std::string_view kActivateAgreements = "disclosure.activate_agreements";

std::unique_ptr<Room> MakeDisclosureRoom();

}  // namespace waymark::sharing::disclosure
