// The sending end of lanes: rows get their seq in the batch that caused them and stay for a
// retention period after the log acknowledged them. Used by the shard's executor.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "libs/eventlog/event_log.h"
#include "libs/runtime/overlay.h"
#include "libs/runtime/rows.h"
#include "libs/runtime/shard.h"

namespace waymark::runtime {

struct Written {
  std::string lane;
  uint64_t seq = 0;
};

// Gives `row` the next seq, epoch and base of its lane and puts it into the outbox, unless it is
// older than `keep_since` (a rebuild restores no rows that would be purged at once).
Written AddToOutbox(Overlay& overlay, Shard& shard, const eventlog::TopicPartition& to,
                    OutboxRow row, absl::Time keep_since);

// The journal's last seq so far; 0 without a journal.
uint64_t JournalSeq(const Shard& shard);

// Begins `epoch` on every lane of the shard, to be announced.
void OpenEpoch(Shard& shard, uint64_t epoch);

// An epoch number that no earlier life of this shard has used: it grows with time, so that a store
// that was lost or restored does not fall back to a number that receivers know.
uint64_t NextEpoch(const Shard& shard, absl::Time now);

// Removes up to `max` rows of each lane that were acknowledged a retention period ago or earlier.
void PurgeOutbox(Overlay& overlay, Shard& shard, absl::Time now, absl::Duration retention,
                 uint64_t max);

}  // namespace waymark::runtime
