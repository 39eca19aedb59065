#include "services/sharing/gateway_service.h"

#include <string>
#include <utility>
#include <vector>

#include "libs/base/status.h"
#include "libs/config/topics.h"
#include "services/sharing/alerts/adapters/alert_effects.h"
#include "services/sharing/alerts/adapters/alerts_room.h"
#include "services/sharing/audit/adapters/audit_effects.h"
#include "services/sharing/audit/adapters/audit_room.h"
#include "services/sharing/audit/adapters/keys.h"
#include "services/sharing/consent/adapters/consent_room.h"
#include "services/sharing/disclosure/adapters/copies.h"
#include "services/sharing/disclosure/adapters/disclosure_room.h"
#include "services/sharing/disclosure/adapters/key_effects.h"
#include "services/sharing/door/adapters/door_room.h"
#include "services/sharing/duties/adapters/duties_room.h"
#include "services/sharing/override/adapters/override_room.h"
#include "services/sharing/proofs/adapters/proofs_room.h"
#include "services/sharing/statement/adapters/statement_room.h"
#include "services/sharing/vault/adapters/destroy_keys.h"
#include "services/sharing/vault/adapters/erase.h"
#include "services/sharing/vault/adapters/intake_key.h"
#include "services/sharing/vault/adapters/vault_room.h"
#include "waymark/gateway/v1/checkpoint_kept.pb.h"

namespace waymark::sharing {

namespace {

// Each effect to the room that started it.
class GatewayEffects : public runtime::EffectPerformer {
 public:
  GatewayEffects(const Memberships& memberships, AlertStreams& streams, telemetry::Alarms& alarms,
                 const PeerChannels& peers, const std::map<std::string, CoreChannels>* core)
      : memberships_(memberships),
        core_(core),
        keys_(memberships),
        share_keys_(memberships),
        alerts_(streams, alarms),
        audit_(peers, alarms) {}

  void Perform(const runtime::Effect& effect,
               std::function<void(runtime::EffectOutcome)> done) override {
    if (effect.kind == vault::kAskIntakeKey) return AskIntakeKey(effect.shard, std::move(done));
    if (effect.kind.starts_with("vault.")) return keys_.Perform(effect, std::move(done));
    if (effect.kind.starts_with("audit.")) return audit_.Perform(effect, std::move(done));
    if (effect.kind == disclosure::kDestroyKey) {
      return share_keys_.Perform(effect, std::move(done));
    }
    alerts_.Perform(effect, std::move(done));
  }

 private:
  void AskIntakeKey(const std::string& shard, std::function<void(runtime::EffectOutcome)> done) {
    for (const auto& [partnership, membership] : memberships_) {
      if (membership.Shard() != shard || core_ == nullptr) continue;
      const auto channels = core_->find(partnership);
      if (channels == core_->end()) continue;
      return vault::AskIntakeKey(channels->second, partnership, std::move(done));
    }
    done(runtime::EffectOutcome::Done(""));
  }

  const Memberships& memberships_;
  const std::map<std::string, CoreChannels>* const core_;
  vault::KeyEffects keys_;
  disclosure::KeyEffects share_keys_;
  alerts::AlertEffects alerts_;
  audit_room::AuditEffects audit_;
};

}  // namespace

std::unique_ptr<GatewayApp> MakeGateway(const GatewayConfig& config) {
  std::vector<std::unique_ptr<Room>> rooms;
  rooms.push_back(door::MakeDoorRoom(config.core));
  rooms.push_back(vault::MakeVaultRoom());
  rooms.push_back(consent::MakeConsentRoom());
  rooms.push_back(disclosure::MakeDisclosureRoom(config.peers));
  rooms.push_back(alerts::MakeAlertsRoom(config.peers, config.streams));
  rooms.push_back(duties::MakeDutiesRoom(config.core));
  rooms.push_back(audit_room::MakeAuditRoom());
  rooms.push_back(proofs::MakeProofsRoom());
  rooms.push_back(overrides::MakeOverrideRoom());
  rooms.push_back(statement::MakeStatementRoom());
  return std::make_unique<GatewayApp>(config.memberships, std::move(rooms));
}

std::unique_ptr<runtime::EffectPerformer> MakeGatewayEffects(
    const Memberships& memberships, AlertStreams& streams, telemetry::Alarms& alarms,
    const PeerChannels& peers, const std::map<std::string, CoreChannels>* core) {
  return std::make_unique<GatewayEffects>(memberships, streams, alarms, peers, core);
}

void WatchIntakeKey(runtime::Runtime& runtime, const Memberships& memberships) {
  for (const auto& [partnership, membership] : memberships) {
    runtime::Command command;
    command.principal = config::GatewaySource(membership.agency);
    command.method = vault::kWatchIntakeKey;
    command.on_reply = [](const absl::StatusOr<std::string>&) {
      // A failure stops the runtime, which whoever runs it sees.
    };
    runtime.Submit(membership.Shard(), std::move(command));
  }
}

absl::Status FinishErasures(runtime::Runtime& runtime, const Memberships& memberships) {
  for (const auto& [partnership, membership] : memberships) {
    WM_RETURN_IF_ERROR(vault::FinishErasures(runtime, membership));
    WM_ASSIGN_OR_RETURN(const std::vector<uint64_t> unknown,
                        vault::UnknownErasures(runtime, membership));
    if (unknown.empty()) continue;
    gateway::v1::ReconcileErasures erased;
    for (const uint64_t slot : unknown) erased.add_erased_slots(slot);
    runtime::Command command;
    command.principal = config::GatewaySource(membership.agency);
    command.method = vault::kReconcile;
    command.payload = erased.SerializeAsString();
    command.on_reply = [](const absl::StatusOr<std::string>&) {
      // A failure stops the runtime, which whoever runs it sees.
    };
    runtime.Submit(membership.Shard(), std::move(command));
  }
  return absl::OkStatus();
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

void StartAudit(runtime::Runtime& runtime, const Membership& membership,
                const std::optional<gateway::v1::AuditFinding>& found) {
  gateway::v1::StartAudit start;
  if (found) *start.mutable_finding() = *found;
  runtime::Command command;
  command.principal = config::GatewaySource(membership.agency);
  command.method = audit_room::kStart;
  command.payload = start.SerializeAsString();
  // A runtime that refuses it has stopped, and says so itself.
  command.on_reply = [](const absl::StatusOr<std::string>&) {};
  runtime.Submit(membership.Shard(), std::move(command));
}

}  // namespace waymark::sharing
