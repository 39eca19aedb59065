// What one gateway of a local partnership works with beside its store and its keys. Filled by
// LocalPartnership before anything is served.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cli/partnership/layout.h"
#include "libs/base/clock.h"
#include "libs/config/partnership.h"
#include "libs/crypto/slot_keys.h"
#include "libs/runtime/ports.h"
#include "libs/runtime/runtime.h"
#include "libs/telemetry/alarms.h"
#include "services/sharing/gateway_service.h"

namespace waymark::cli {

// Alarms of a part that is opened after what raises them. Nothing is raised before.
class LateAlarms : public telemetry::Alarms {
 public:
  void SendTo(telemetry::Alarms& alarms) { to_ = &alarms; }
  void Raise(std::string_view code, std::string_view subject, std::string_view detail) override {
    if (to_ != nullptr) to_->Raise(code, subject, detail);
  }
  void Clear(std::string_view code, std::string_view subject) override {
    if (to_ != nullptr) to_->Clear(code, subject);
  }

 private:
  telemetry::Alarms* to_ = nullptr;
};

struct GatewayWorld {
  sharing::Memberships memberships;
  std::map<std::string, sharing::CoreChannels> core;  // by partnership id
  sharing::PeerChannels peers;
  sharing::AlertStreams streams;
  LateAlarms late_alarms;
  std::unique_ptr<runtime::EffectPerformer> effects =
      sharing::MakeGatewayEffects(memberships, streams, late_alarms, peers, &core);
  std::shared_ptr<crypto::FileSlotKeys> person_keys;

  // Once the runtime is open. `found`: by CheckBeforeServing. `alarms` outlives it.
  void Activate(runtime::Runtime& runtime, telemetry::Alarms& alarms,
                const std::optional<gateway::v1::AuditFinding>& found) {
    late_alarms.SendTo(alarms);
    sharing::WatchIntakeKey(runtime, memberships);
    sharing::ActivateAgreements(runtime, memberships, [&alarms](const absl::Status& status) {
      if (status.ok()) return;
      alarms.Raise("agreements_not_activated", "gateway",
                   "look at why its store failed, then start the gateway again");
    });
    for (const auto& [partnership, membership] : memberships) {
      sharing::StartAudit(runtime, membership, found);
    }
  }
};

// A membership from its keys and the directory; pack, agreements and person keys are the caller's
// to set. FailedPrecondition: the keys are not those of the directory. `random` outlives it.
absl::StatusOr<sharing::Membership> MakeMembership(const Layout& layout,
                                                   const config::Partnership& directory,
                                                   const config::Member& member, Random& random);

}  // namespace waymark::cli
