// Destroying keys of the key file, so that it is safe to be interrupted at any point: the batch
// that asks for it records the slots as erased and starts an effect; the effect overwrites the
// slots and syncs; at start, before anything is served, what is recorded and not yet done is done
// (FinishErasures).
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "libs/runtime/decider.h"
#include "libs/runtime/ports.h"
#include "libs/runtime/runtime.h"
#include "services/sharing/membership.h"
#include "waymark/gateway/v1/erasure_kept.pb.h"

namespace waymark::sharing::vault {

inline constexpr std::string_view kDestroyKeys = "vault.destroy_keys";
inline constexpr std::string_view kRewriteKeys = "vault.rewrite_keys";

// For Evolve. At least one slot; slots that are erased already do no harm. The round that makes old
// copies of the key file worthless is started too.
void DestroyKeys(const gateway::v1::KeysToDestroy& keys, absl::Time now, runtime::Changes& changes);

// For a key whose destruction another effect carries out: only records it, and starts the round.
void RecordErased(uint64_t slot, absl::Time now, runtime::Changes& changes);

// Performs both effects; their result is their payload. Answers at once: a slot costs one sync, and
// a rewrite about 1.4 us for each slot of the file. Thread-safe.
class KeyEffects : public runtime::EffectPerformer {
 public:
  // `memberships` must outlive this.
  explicit KeyEffects(const Memberships& memberships) : memberships_(memberships) {}
  void Perform(const runtime::Effect& effect,
               std::function<void(runtime::EffectOutcome)> done) override;

 private:
  const Memberships& memberships_;
};

// At start, once the runtime and the key file are open and before anything is served: destroys the
// keys that the store records as destroyed. Errors are the store's or the key file's.
absl::Status FinishErasures(const runtime::Runtime& runtime, const Membership& membership);

// Slots that are erased in the key file though the store does not know of it, because it is an old
// copy. Rising.
absl::StatusOr<std::vector<uint64_t>> UnknownErasures(const runtime::Runtime& runtime,
                                                      const Membership& membership);

}  // namespace waymark::sharing::vault
