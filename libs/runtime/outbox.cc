#include "libs/runtime/outbox.h"

#include <algorithm>

#include "libs/runtime/keys.h"

namespace waymark::runtime {

Written AddToOutbox(Overlay& overlay, Shard& shard, const eventlog::TopicPartition& to,
                    OutboxRow row, absl::Time keep_since) {
  auto& [name, lane] = shard.LaneTo(to);
  const uint64_t seq = ++lane.last;
  row.epoch = lane.epoch;
  row.base = lane.base;
  if (row.at >= keep_since) {
    overlay.Put(kOutboxCf, OutboxKey(name, seq), Encode(row));
  } else {
    lane.first = seq + 1;
  }
  return {name, seq};
}

uint64_t JournalSeq(const Shard& shard) {
  if (!shard.config.journal.has_value()) return 0;
  const auto at = shard.out.find(LaneName(shard.config.id, *shard.config.journal));
  return at == shard.out.end() ? 0 : at->second.last;
}

void OpenEpoch(Shard& shard, uint64_t epoch) {
  shard.row.epoch = epoch;
  shard.row_changed = true;
  // The journal must say so even when nothing was ever written: it is where epochs are learnt.
  if (shard.config.journal.has_value()) shard.LaneTo(*shard.config.journal);
  for (auto& [name, lane] : shard.out) {
    lane.epoch = epoch;
    lane.base = lane.last;
    lane.announce = true;
    shard.out_changed.insert(name);
  }
}

uint64_t NextEpoch(const Shard& shard, absl::Time now) {
  const int64_t seconds = std::max<int64_t>(absl::ToUnixSeconds(now), 0);
  return std::max(shard.row.epoch + 1, static_cast<uint64_t>(seconds));
}

void PurgeOutbox(Overlay& overlay, Shard& shard, absl::Time now, absl::Duration retention,
                 uint64_t max) {
  for (auto& [name, lane] : shard.out) {
    if (lane.mark_seq >= lane.first && now - lane.mark_at >= retention) {
      const uint64_t end = std::min(lane.mark_seq + 1, lane.first + max);
      for (; lane.first < end; ++lane.first) {
        overlay.Delete(kOutboxCf, OutboxKey(name, lane.first));
      }
      shard.out_changed.insert(name);
    }
    if (lane.mark_seq < lane.first && lane.acked >= lane.first) {
      lane.mark_seq = lane.acked;
      lane.mark_at = now;
      shard.out_changed.insert(name);
    }
  }
}

}  // namespace waymark::runtime
