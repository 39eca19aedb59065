#include "libs/runtime/shard.h"

#include "absl/strings/str_cat.h"
#include "libs/base/bytes.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/runtime/keys.h"
#include "libs/runtime/timers.h"

namespace waymark::runtime {
namespace {

// Calls `row` for each pair under `prefix` until it fails.
absl::Status ForEach(const store::Store& store, std::string_view column_family,
                     const std::string& prefix,
                     const std::function<absl::Status(std::string_view, std::string_view)>& row) {
  absl::Status status;
  const absl::Status scanned = store.Scan(column_family, prefix, AfterPrefix(prefix),
                                          [&](std::string_view key, std::string_view value) {
                                            status = row(key.substr(prefix.size()), value);
                                            return status.ok();
                                          });
  WM_RETURN_IF_ERROR(scanned);
  return status;
}

}  // namespace

std::string LaneName(std::string_view shard, const eventlog::TopicPartition& to) {
  return absl::StrCat(ToAbsl(shard), ">", to.topic, "/", to.partition);
}

absl::Status Shard::Load(const store::Store& store) {
  WM_ASSIGN_OR_RETURN(const std::optional<std::string> stored,
                      store.Get(kMetaCf, ShardKey(config.id)));
  if (stored.has_value()) {
    WM_ASSIGN_OR_RETURN(row, DecodeShardRow(*stored));
  }
  WM_RETURN_IF_ERROR(ForEach(store, kMetaCf, LaneInPrefix(config.id),
                             [&](std::string_view key, std::string_view value) -> absl::Status {
                               KeyReader reader(key);
                               LaneId id;
                               WM_ASSIGN_OR_RETURN(id.first, reader.Text());
                               WM_ASSIGN_OR_RETURN(id.second, reader.Text());
                               WM_ASSIGN_OR_RETURN(LaneInRow lane, DecodeLaneInRow(value));
                               if (lane.stopped) asks[id] = LaneAsk{};
                               in[std::move(id)] = std::move(lane);
                               return absl::OkStatus();
                             }));
  WM_RETURN_IF_ERROR(ForEach(store, kMetaCf, LaneOutPrefix(config.id),
                             [&](std::string_view key, std::string_view value) -> absl::Status {
                               WM_ASSIGN_OR_RETURN(std::string lane, KeyReader(key).Text());
                               WM_ASSIGN_OR_RETURN(out[std::move(lane)], DecodeLaneOutRow(value));
                               return absl::OkStatus();
                             }));
  WM_RETURN_IF_ERROR(ForEach(store, kEffectsCf, EffectPrefix(config.id),
                             [&](std::string_view key, std::string_view value) -> absl::Status {
                               WM_ASSIGN_OR_RETURN(std::string id, KeyReader(key).Text());
                               WM_ASSIGN_OR_RETURN(EffectRow effect, DecodeEffectRow(value));
                               SetEffect(id, {effect.started_by, effect.due, false});
                               return absl::OkStatus();
                             }));
  return FindNextTimers(store, *this);
}

void Shard::Save(Overlay& overlay) {
  if (row_changed) overlay.Put(kMetaCf, ShardKey(config.id), Encode(row));
  for (const LaneId& id : in_changed) {
    overlay.Put(kMetaCf, LaneInKey(config.id, id.first, id.second), Encode(in[id]));
  }
  for (const std::string& lane : out_changed) {
    overlay.Put(kMetaCf, LaneOutKey(config.id, lane), Encode(out[lane]));
  }
  row_changed = false;
  in_changed.clear();
  out_changed.clear();
}

void Shard::SetEffect(const std::string& id, EffectState state) {
  EraseEffect(id);
  if (!state.in_flight) effects_due.emplace(state.due, id);
  effects[id] = std::move(state);
}

void Shard::EraseEffect(const std::string& id) {
  const auto at = effects.find(id);
  if (at == effects.end()) return;
  effects_due.erase({at->second.due, id});
  effects.erase(at);
}

std::pair<const std::string, LaneOutRow>& Shard::LaneTo(const eventlog::TopicPartition& to) {
  const auto [at, fresh] = out.try_emplace(LaneName(config.id, to));
  if (fresh) {
    at->second.to = to;
    at->second.epoch = row.epoch;
  }
  out_changed.insert(at->first);
  return *at;
}

}  // namespace waymark::runtime
