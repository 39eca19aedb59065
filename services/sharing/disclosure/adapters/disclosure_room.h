// The room that decides who may be told what: as origin it decides, notifies, pushes, hands over
// and takes back; as receiver it verifies, decides again and keeps.
#pragma once

#include <memory>
#include <string_view>

#include "services/sharing/alerts/adapters/alert_streams.h"
#include "services/sharing/app/room.h"

namespace waymark::sharing::disclosure {

inline constexpr std::string_view kActivateAgreements = "disclosure.activate_agreements";

// `peers` must outlive the room: leases on consents of other gateways are asked for there.
std::unique_ptr<Room> MakeDisclosureRoom(const alerts::PeerChannels& peers);

}  // namespace waymark::sharing::disclosure
