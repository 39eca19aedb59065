// Folds the journal of a shard into an empty store.
#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/runtime/runtime.h"

namespace waymark::runtime {

// Restores state, positions of lanes, replies, outbox rows younger than the retention period,
// timers and effects, and publishes or performs nothing. DataLoss when records are missing from the
// journal. Events of a decision whose last ones never reached the journal are left out, with the
// alarm "journal_cut": they count as lost by this source.
absl::Status FoldJournal(const RuntimeConfig& config, const RuntimeDeps& deps,
                         const ShardConfig& shard, absl::Time now);

}  // namespace waymark::runtime
