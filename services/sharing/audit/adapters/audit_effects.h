// Performs the effects of the room audit: raises and clears alarms, asks other gateways to prove
// that their logs only grew. Thread-safe.
#pragma once

#include <functional>

#include "libs/runtime/ports.h"
#include "libs/telemetry/alarms.h"
#include "services/sharing/alerts/adapters/alert_streams.h"

namespace waymark::sharing::audit_room {

class AuditEffects : public runtime::EffectPerformer {
 public:
  // Both must outlive this. `peers` is complete before calls are served; until then nobody is
  // asked.
  AuditEffects(const alerts::PeerChannels& peers, telemetry::Alarms& alarms)
      : peers_(peers), alarms_(alarms) {}
  void Perform(const runtime::Effect& effect,
               std::function<void(runtime::EffectOutcome)> done) override;

 private:
  void Ask(const runtime::Effect& effect, std::function<void(runtime::EffectOutcome)> done);

  const alerts::PeerChannels& peers_;
  telemetry::Alarms& alarms_;
};

}  // namespace waymark::sharing::audit_room
