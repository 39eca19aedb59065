#include "services/sharing/alerts/adapters/alert_effects.h"

#include "absl/strings/str_cat.h"
#include "services/sharing/alerts/adapters/keys.h"
#include "waymark/gateway/v1/alert_kept.pb.h"

namespace waymark::sharing::alerts {

void AlertEffects::Perform(const runtime::Effect& effect,
                           std::function<void(runtime::EffectOutcome)> done) {
  if (effect.kind == kWake) {
    streams_.Wake(effect.shard);
    return done(runtime::EffectOutcome::Done(""));
  }
  gateway::v1::AlertAlarm alarm;
  if (effect.kind != kAlarm || !alarm.ParseFromString(effect.payload)) {
    return done(runtime::EffectOutcome::GaveUp("no effect of this room"));
  }
  if (!alarm.origin_without_proof().empty()) {
    alarms_.Raise("disclosure_without_proof",
                  absl::StrCat(effect.shard, "/", alarm.origin_without_proof()),
                  "an agency's gateway handed over a share without a valid proof that it recorded "
                  "the disclosure: nothing of it was shown; ring its operator");
    return done(runtime::EffectOutcome::Done(""));
  }
  const std::string subject = absl::StrCat(effect.shard, "/", alarm.alert_id());
  if (alarm.raise()) {
    alarms_.Raise("alert_unacknowledged", subject,
                  "nobody acknowledged a high-risk alert in time: ring the agency's supervisor");
  } else {
    alarms_.Clear("alert_unacknowledged", subject);
  }
  done(runtime::EffectOutcome::Done(""));
}

}  // namespace waymark::sharing::alerts
