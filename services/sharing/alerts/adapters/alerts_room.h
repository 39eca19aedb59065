// The room that tells this agency's systems and people of high risk, and does not let an alert go
// unseen.
#pragma once

#include <memory>

#include "services/sharing/alerts/adapters/alert_streams.h"
#include "services/sharing/app/room.h"

namespace waymark::sharing::alerts {

// Both must outlive the room.
std::unique_ptr<Room> MakeAlertsRoom(const PeerChannels& peers, AlertStreams& streams);

}  // namespace waymark::sharing::alerts
