#include "services/sharing/disclosure/adapters/key_effects.h"

#include "absl/strings/str_cat.h"
#include "services/sharing/disclosure/adapters/copies.h"
#include "waymark/gateway/v1/share_kept.pb.h"

namespace waymark::sharing::disclosure {

using runtime::EffectOutcome;

void KeyEffects::Perform(const runtime::Effect& effect, std::function<void(EffectOutcome)> done) {
  gateway::v1::PushedShareEnded ended;
  if (effect.kind != kDestroyKey || !ended.ParseFromString(effect.payload)) {
    return done(EffectOutcome::GaveUp("no effect of this room"));
  }
  for (const auto& [partnership, membership] : memberships_) {
    if (membership.Shard() != effect.shard) continue;
    const absl::Status erased = membership.person_keys->Erase(ended.key_slot());
    if (erased.ok()) return done(EffectOutcome::Done(effect.payload));
    return done(EffectOutcome::Retry(
        absl::StrCat("the key of a share that ended is still there: ", erased.ToString())));
  }
  done(EffectOutcome::GaveUp("no membership of this gateway"));
}

}  // namespace waymark::sharing::disclosure
