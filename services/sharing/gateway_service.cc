#include "services/sharing/gateway_service.h"

#include <string>
#include <utility>
#include <vector>

#include "libs/config/topics.h"
#include "services/sharing/alerts/adapters/alert_effects.h"
#include "services/sharing/alerts/adapters/alerts_room.h"
#include "services/sharing/consent/adapters/consent_room.h"
#include "services/sharing/disclosure/adapters/disclosure_room.h"
#include "services/sharing/door/adapters/door_room.h"
#include "services/sharing/duties/adapters/duties_room.h"
#include "services/sharing/vault/adapters/vault_room.h"

namespace waymark::sharing {

std::unique_ptr<GatewayApp> MakeGateway(const GatewayConfig& config) {
  std::vector<std::unique_ptr<Room>> rooms;
  rooms.push_back(door::MakeDoorRoom(config.core));
  rooms.push_back(vault::MakeVaultRoom());
  rooms.push_back(consent::MakeConsentRoom());
  rooms.push_back(disclosure::MakeDisclosureRoom());
  rooms.push_back(alerts::MakeAlertsRoom(config.peers, config.streams));
  rooms.push_back(duties::MakeDutiesRoom(config.core));
  return std::make_unique<GatewayApp>(config.memberships, std::move(rooms));
}

std::unique_ptr<runtime::EffectPerformer> MakeGatewayEffects(AlertStreams& streams,
                                                             telemetry::Alarms& alarms) {
  return std::make_unique<alerts::AlertEffects>(streams, alarms);
}

void ActivateAgreements(runtime::Runtime& runtime, const Memberships& memberships,
                        const std::function<void(absl::Status)>& done) {
  for (const auto& [partnership, membership] : memberships) {
    runtime::Command command;
    command.principal = config::GatewaySource(membership.agency);
    command.method = disclosure::kActivateAgreements;
    command.on_reply = [done](const absl::StatusOr<std::string>& reply) { done(reply.status()); };
    runtime.Submit(membership.Shard(), std::move(command));
  }
}

}  // namespace waymark::sharing
