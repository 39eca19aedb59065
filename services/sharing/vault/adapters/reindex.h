// The round that completes erasures: puts the index of tokens under a new key in bounded steps,
// has the old key destroyed, then the key file put under a new master. One round serves every
// erasure of an hour (domain/erasure.h). Progress is in the store, so it goes on after a restart.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/runtime/decider.h"
#include "services/sharing/membership.h"
#include "waymark/gateway/v1/erasure_kept.pb.h"

namespace waymark::sharing::vault {

inline constexpr std::string_view kRound = "vault.round";      // timer: begin one
inline constexpr std::string_view kReindex = "vault.reindex";  // timer: the next step

// How many persons one step re-indexes: about 10 ms of work.
inline constexpr size_t kReindexPersonsMax = 500;

// For Evolve: the round for what is erased at `now`.
void ArmRound(absl::Time now, runtime::Changes& changes);

// Of both timers. `from_nothing`: the index's key is gone already.
absl::StatusOr<runtime::Decision> DecideReindex(const Membership& membership,
                                                const runtime::View& view, bool begin,
                                                bool from_nothing, absl::Time now);
// Results of the effects of destroy_keys.h.
absl::StatusOr<runtime::Decision> DecideKeysDestroyed(const Membership& membership,
                                                      const runtime::View& view,
                                                      const runtime::Input& input, absl::Time now);
absl::StatusOr<runtime::Decision> DecideRewritten(const Membership& membership,
                                                  const runtime::Input& input, absl::Time now);

absl::Status EvolveReindexed(const Membership& membership, const runtime::View& view,
                             const gateway::v1::TokensReindexed& step, absl::Time now,
                             runtime::Changes& changes);
void EvolveKeysDestroyed(const runtime::View& view, const gateway::v1::PersonKeysDestroyed& done,
                         runtime::Changes& changes);
void EvolveRewritten(const runtime::View& view, const gateway::v1::KeyFileRewritten& done,
                     absl::Time now, runtime::Changes& changes);

}  // namespace waymark::sharing::vault
