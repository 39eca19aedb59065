#include "services/sharing/gateway_service.h"

#include <utility>
#include <vector>

namespace waymark::sharing {

std::unique_ptr<GatewayApp> MakeGateway(const GatewayConfig& config) {
  std::vector<std::unique_ptr<Room>> rooms;
  return std::make_unique<GatewayApp>(config.memberships, std::move(rooms));
}

}  // namespace waymark::sharing
