// What follows when a member has erased a person: their key is destroyed at once, and at the next
// full hour the partnership's index is put under a new key in bounded steps, the old key destroyed
// and the key file put under a new master, so that old copies of store, journal and key file hold
// noise. The same round makes a new sealing key (sealing.h). docs/adr/0009-erasure.md.
//
// Destroying is an effect: the slots are recorded as erased in the batch that orders it, and what
// is recorded is done at start before anything is served (FinishErasures).
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/crypto/slot_keys.h"
#include "libs/runtime/decider.h"
#include "libs/runtime/ports.h"
#include "libs/runtime/runtime.h"
#include "services/intake/adapters/tokens.h"
#include "waymark/intake/v1/events.pb.h"
#include "waymark/intake/v1/kept.pb.h"

namespace waymark::intake {

inline constexpr std::string_view kRound = "intake.round";  // timer: begin; payload: partnership
inline constexpr std::string_view kRekey = "intake.rekey";  // timer: the next step; likewise
inline constexpr std::string_view kDestroyKeys = "intake.destroy_keys";  // effect

// Of both timers.
absl::StatusOr<runtime::Decision> DecideRekey(const runtime::View& view, const TokenDesk& tokens,
                                              const std::string& partnership, bool begin,
                                              absl::Time now);
absl::Status EvolveForgotten(const runtime::View& view, const TokenDesk& tokens,
                             const intake::v1::PersonForgotten& forgotten, absl::Time now,
                             runtime::Changes& changes);
absl::Status EvolveRekeyed(const runtime::View& view, const TokenDesk& tokens,
                           const intake::v1::IndexRekeyed& step, absl::Time now,
                           runtime::Changes& changes);

// For Evolve: records the slots as erased and has them destroyed.
void DestroyKeys(const intake::v1::KeysToDestroy& keys, runtime::Changes& changes);

// Performs the effect, at once. Thread-safe.
class KeyEffects : public runtime::EffectPerformer {
 public:
  // `keys` must outlive this. `destroy_directory_key` destroys the sealing key that set-up made;
  // repeating it does no harm.
  KeyEffects(crypto::SlotKeys& keys, std::function<absl::Status()> destroy_directory_key)
      : keys_(keys), destroy_directory_key_(std::move(destroy_directory_key)) {}
  void Perform(const runtime::Effect& effect,
               std::function<void(runtime::EffectOutcome)> done) override;

 private:
  crypto::SlotKeys& keys_;
  const std::function<absl::Status()> destroy_directory_key_;
};

// Once the runtime and the key file are open, before anything is served.
absl::Status FinishErasures(const runtime::Runtime& runtime, const std::string& shard,
                            crypto::SlotKeys& keys);

}  // namespace waymark::intake
