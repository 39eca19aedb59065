// A shard's journal as it stands in the event log.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/eventlog/event_log.h"
#include "libs/runtime/cloud_event.h"
#include "libs/runtime/rows.h"
#include "libs/runtime/runtime.h"

namespace waymark::runtime {

// Visits the records of [from, to) that are this shard's own: of its lane and, where the topic asks
// for signatures, with a good one. Others are passed over. Waits for the log; Unavailable when
// nothing comes for ten seconds.
absl::Status ReadJournal(const RuntimeConfig& config, const RuntimeDeps& deps,
                         const ShardConfig& shard, eventlog::OffsetRange range,
                         const std::function<absl::Status(CloudEvent)>& visit);

// Looks at the end of the journal. `known` is this store's row of the journal's lane.
// FailedPrecondition, with advice, when the journal holds a later epoch, or more of this one: then
// this store is an old copy. Otherwise the last seq found there, which is less than what the log
// acknowledged when the log has lost records.
absl::StatusOr<uint64_t> CheckJournalEnd(const RuntimeConfig& config, const RuntimeDeps& deps,
                                         const ShardConfig& shard, const LaneOutRow& known);

}  // namespace waymark::runtime
