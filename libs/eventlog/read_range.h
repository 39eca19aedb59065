// Records that are known to be there, read to their end: for checks at a start, where a Poll that
// returns nothing only means that a log over a network has not delivered yet.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/eventlog/event_log.h"

namespace waymark::eventlog {

// The records of [begin, end), which Range has said are there; those that compaction or markers
// have left out are missing from the answer. Unavailable when nothing comes for `patience`. Blocks.
absl::StatusOr<std::vector<Fetched>> ReadRange(EventLog& log, const TopicPartition& at,
                                               int64_t begin, int64_t end,
                                               absl::Duration patience = absl::Seconds(10));

}  // namespace waymark::eventlog
