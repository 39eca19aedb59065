// What the executor keeps in memory of one shard: the rows of rt_meta that nearly every batch
// reads, and what is due. The store holds the truth; Load reads it and Save writes what changed.
// Used by the shard's executor alone.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/runtime/lanes.h"
#include "libs/runtime/overlay.h"
#include "libs/runtime/rows.h"
#include "libs/runtime/runtime.h"
#include "libs/store/store.h"

namespace waymark::runtime {

using LaneId = std::pair<std::string, std::string>;  // source, lane

// An effect that waits for its time or for its outcome.
struct EffectState {
  std::string started_by;
  absl::Time due;
  bool in_flight = false;
};

struct Shard {
  ShardConfig config;
  ShardRow row;
  std::map<LaneId, LaneInRow> in;
  std::map<std::string, LaneOutRow> out;  // by lane
  std::map<LaneId, LaneAsk> asks;         // one for each stopped lane
  // No timer of the class (TimerClass) is due before this; it may be early.
  absl::Time timer_next[2] = {absl::InfiniteFuture(), absl::InfiniteFuture()};
  std::map<std::string, EffectState> effects;
  std::set<std::pair<absl::Time, std::string>> effects_due;  // those that are not in flight

  // What differs from the store.
  bool row_changed = false;
  std::set<LaneId> in_changed;
  std::set<std::string> out_changed;

  absl::Status Load(const store::Store& store);
  void Save(Overlay& overlay);
  // Keep effects and effects_due in step.
  void SetEffect(const std::string& id, EffectState state);
  void EraseEffect(const std::string& id);

  // The lane to a partition, begun in the present epoch when it is new.
  std::pair<const std::string, LaneOutRow>& LaneTo(const eventlog::TopicPartition& to);
};

}  // namespace waymark::runtime
