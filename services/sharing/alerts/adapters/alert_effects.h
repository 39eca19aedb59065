// Performs the effects of the room alerts: wakes the streams, and raises or clears the operator's
// alarm about an alert that nobody acknowledged. Both answer at once. Thread-safe.
#pragma once

#include <functional>

#include "libs/runtime/ports.h"
#include "libs/telemetry/alarms.h"
#include "services/sharing/alerts/adapters/alert_streams.h"

namespace waymark::sharing::alerts {

class AlertEffects : public runtime::EffectPerformer {
 public:
  // Both must outlive this.
  AlertEffects(AlertStreams& streams, telemetry::Alarms& alarms)
      : streams_(streams), alarms_(alarms) {}
  void Perform(const runtime::Effect& effect,
               std::function<void(runtime::EffectOutcome)> done) override;

 private:
  AlertStreams& streams_;
  telemetry::Alarms& alarms_;
};

}  // namespace waymark::sharing::alerts
