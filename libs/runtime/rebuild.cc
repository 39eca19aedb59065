#include "libs/runtime/rebuild.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/runtime/applier.h"
#include "libs/runtime/journal.h"

namespace waymark::runtime {
namespace {

constexpr uint64_t kEventsOfABatch = 2'000;

class Fold {
 public:
  Fold(const RuntimeDeps& deps, const ShardConfig& config, absl::Time keep_since)
      : deps_(deps), overlay_(deps.store), applier_(deps.service, overlay_, keep_since) {
    shard_.config = config;
  }

  // First all records in the order of the log: which epochs there were.
  void Survey(const CloudEvent& event) { base_of_[event.epoch] = event.base; }

  // Then all of them once more.
  absl::Status Add(CloudEvent event) {
    if (event.type == kLaneOpenedType || event.seq < next_ || Superseded(event)) {
      return absl::OkStatus();
    }
    waiting_.emplace(event.seq, std::move(event));
    for (auto at = waiting_.find(next_); at != waiting_.end(); at = waiting_.find(next_)) {
      WM_RETURN_IF_ERROR(Next(at->second));
      waiting_.erase(at);
      ++next_;
    }
    return absl::OkStatus();
  }

  absl::Status Finish() {
    if (!waiting_.empty()) {
      return absl::DataLossError(absl::StrCat("the journal of shard ", shard_.config.id,
                                              " lacks seq ", next_, " to ",
                                              waiting_.begin()->first - 1));
    }
    if (!decision_.empty()) {
      deps_.alarms.Raise("journal_cut", shard_.config.id,
                         "the last decision had not reached the journal as a whole and was left "
                         "out; who has read a part of it will report lost records");
    }
    if (!base_of_.empty()) shard_.row.epoch = std::max(shard_.row.epoch, base_of_.rbegin()->first);
    shard_.row_changed = true;
    for (auto& [name, lane] : shard_.out) {
      lane.acked = lane.last;
      shard_.out_changed.insert(name);
    }
    return Commit();
  }

 private:
  // Written in an epoch that ended before this seq: its source had lost it.
  bool Superseded(const CloudEvent& event) const {
    return std::any_of(base_of_.upper_bound(event.epoch), base_of_.end(),
                       [&](const auto& later) { return event.seq > later.second; });
  }

  absl::Status Next(const CloudEvent& event) {
    WM_ASSIGN_OR_RETURN(JournalCause cause, DecodeCause(event.cause));
    if (cause.number != decision_.size() || cause.number >= cause.count) {
      return absl::DataLossError(absl::StrCat("the journal of shard ", shard_.config.id,
                                              " does not hold whole decisions at seq ", event.seq));
    }
    if (event.epoch != shard_.row.epoch) OpenEpoch(shard_, event.epoch);
    const bool last = cause.number + 1 == cause.count;
    decision_.push_back(
        {{event.type, event.payload}, event.id, event.at, event.traceparent, std::move(cause)});
    if (!last) return absl::OkStatus();
    TakePosition(decision_.front().cause.cause);
    applier_.Settle(shard_, decision_.front().cause.cause);
    std::vector<Written> written;
    WM_RETURN_IF_ERROR(applier_.Apply(shard_, decision_, written));
    decision_.clear();
    if (JournalSeq(shard_) != event.seq) {
      return absl::DataLossError(absl::StrCat("folding shard ", shard_.config.id, " gives seq ",
                                              JournalSeq(shard_), " where the journal has ",
                                              event.seq));
    }
    return shard_.row.events % kEventsOfABatch == 0 ? Commit() : absl::OkStatus();
  }

  void TakePosition(const Cause& cause) {
    const auto* record = std::get_if<RecordCause>(&cause);
    if (record == nullptr) return;
    const LaneId id{record->source, record->lane};
    LaneInRow& lane = shard_.in[id];
    if (record->epoch > lane.epoch) {
      lane.epoch = record->epoch;
      lane.base = record->seq - 1;
      lane.last = record->seq;
    } else {
      lane.last = std::max(lane.last, record->seq);
    }
    shard_.in_changed.insert(id);
  }

  absl::Status Commit() {
    shard_.Save(overlay_);
    WM_RETURN_IF_ERROR(overlay_.status());
    WM_RETURN_IF_ERROR(deps_.store.Commit(overlay_.Batch()));
    overlay_.Clear();
    return absl::OkStatus();
  }

  const RuntimeDeps& deps_;
  Overlay overlay_;
  Applier applier_;
  Shard shard_;
  std::map<uint64_t, uint64_t> base_of_;
  std::map<uint64_t, CloudEvent> waiting_;  // beyond a gap that a later record fills
  uint64_t next_ = 1;
  std::vector<Happened> decision_;  // until its last event has come
};

}  // namespace

absl::Status FoldJournal(const RuntimeConfig& config, const RuntimeDeps& deps,
                         const ShardConfig& shard, absl::Time now) {
  Fold fold(deps, shard, now - config.limits.outbox_retention);
  WM_ASSIGN_OR_RETURN(const eventlog::OffsetRange range, deps.log.Range(*shard.journal));
  WM_RETURN_IF_ERROR(ReadJournal(config, deps, shard, range, [&](const CloudEvent& event) {
    fold.Survey(event);
    return absl::OkStatus();
  }));
  WM_RETURN_IF_ERROR(ReadJournal(config, deps, shard, range,
                                 [&](CloudEvent event) { return fold.Add(std::move(event)); }));
  return fold.Finish();
}

}  // namespace waymark::runtime
