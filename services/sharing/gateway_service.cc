#include "services/sharing/gateway_service.h"

#include <utility>
#include <vector>

#include "services/sharing/door/adapters/door_room.h"
#include "services/sharing/vault/adapters/vault_room.h"

namespace waymark::sharing {

std::unique_ptr<GatewayApp> MakeGateway(const GatewayConfig& config) {
  std::vector<std::unique_ptr<Room>> rooms;
  rooms.push_back(door::MakeDoorRoom(config.core));
  rooms.push_back(vault::MakeVaultRoom());
  return std::make_unique<GatewayApp>(config.memberships, std::move(rooms));
}

}  // namespace waymark::sharing
