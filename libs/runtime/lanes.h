// The receiving end of lanes: which records are taken, and whom to ask when some are missing.
//
// A lane (source, lane) carries seq 1, 2, 3 ... without gaps, through all its epochs. A source
// opens a new epoch when it may have lost what it knew; `base` is then the last seq it still knows
// of.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/time/time.h"
#include "libs/runtime/cloud_event.h"
#include "libs/runtime/rows.h"

namespace waymark::runtime {

enum class LaneVerdict {
  kTake,        // the next one
  kRepeat,      // taken before: dropped
  kGap,         // records before it are missing: dropped, the lane is stopped until they come
  kOlderEpoch,  // written by a source that has been replaced: refused
  kOpened,      // the opening of an epoch, nothing missing
};

struct LaneJudgement {
  LaneVerdict verdict = LaneVerdict::kTake;
  // The source knows less than was taken from it: it has lost records.
  bool source_lost_records = false;
};

// `row` is what is known of the lane, a default row on first contact; it is brought up to date.
// A record of an earlier epoch is taken only up to the base of the present one, as a repair.
LaneJudgement JudgeLane(LaneInRow& row, const CloudEvent& event);

// When to ask about the gap of one stopped lane, and how often it was done.
struct LaneAsk {
  absl::Time due = absl::InfinitePast();
  absl::Duration backoff;
  uint64_t times = 0;
  bool waiting = false;  // asked, no answer yet
};

}  // namespace waymark::runtime
