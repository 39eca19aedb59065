#include "libs/runtime/journal.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/runtime/mailbox.h"

namespace waymark::runtime {
namespace {

constexpr size_t kPollMax = 1'000;
constexpr int64_t kEndRecords = 64;  // looked at by CheckJournalEnd
constexpr absl::Duration kPatience = absl::Seconds(10);

bool IsOwn(const RuntimeConfig& config, const RuntimeDeps& deps, const ShardConfig& shard,
           const eventlog::TopicPartition& at, const absl::StatusOr<CloudEvent>& event) {
  if (!event.ok() || event->source != config.source || event->lane != LaneName(shard.id, at)) {
    return false;
  }
  if (config.core_topics.count(at.topic) != 0) return true;
  return event->signature.has_value() &&
         deps.verifier.Verify(at, event->source, SignedBytes(at, *event), *event->signature).ok();
}

}  // namespace

absl::Status ReadJournal(const RuntimeConfig& config, const RuntimeDeps& deps,
                         const ShardConfig& shard, eventlog::OffsetRange range,
                         const std::function<absl::Status(CloudEvent)>& visit) {
  if (range.oldest >= range.end) return absl::OkStatus();
  Mailbox wakes(0);
  WM_ASSIGN_OR_RETURN(const std::unique_ptr<eventlog::Reader> reader,
                      deps.log.OpenReader({{*shard.journal, range.oldest}}));
  reader->OnReady([&wakes] { wakes.Wake(); });
  for (int64_t next = range.oldest; next < range.end;) {
    WM_ASSIGN_OR_RETURN(const std::vector<eventlog::Fetched> polled, reader->Poll(kPollMax));
    if (polled.empty()) {
      if (!wakes.Wait(kPatience)) {
        return absl::UnavailableError(absl::StrCat("the journal ", ToString(*shard.journal),
                                                   " cannot be read to its end; try again later"));
      }
      wakes.Take(0);
      continue;
    }
    for (const eventlog::Fetched& fetched : polled) {
      next = fetched.offset + 1;
      if (fetched.offset >= range.end) break;
      absl::StatusOr<CloudEvent> event = FromRecord(fetched.record);
      if (!IsOwn(config, deps, shard, fetched.at, event)) continue;
      WM_RETURN_IF_ERROR(visit(*std::move(event)));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<uint64_t> CheckJournalEnd(const RuntimeConfig& config, const RuntimeDeps& deps,
                                         const ShardConfig& shard, uint64_t epoch, uint64_t last) {
  WM_ASSIGN_OR_RETURN(eventlog::OffsetRange range, deps.log.Range(*shard.journal));
  range.oldest = std::max(range.oldest, range.end - kEndRecords);
  uint64_t epoch_found = 0, seq_found = 0;
  WM_RETURN_IF_ERROR(ReadJournal(config, deps, shard, range, [&](const CloudEvent& event) {
    epoch_found = std::max(epoch_found, event.epoch);
    seq_found = std::max(seq_found, event.seq);
    return absl::OkStatus();
  }));
  if (epoch_found > epoch || seq_found > last) {
    return absl::FailedPreconditionError(absl::StrCat(
        "shard ", shard.id, ": its journal ", ToString(*shard.journal), " holds epoch ",
        epoch_found, " and seq ", seq_found, ", this store only epoch ", epoch, " and seq ", last,
        ". The store is new, an old copy, or another process has taken over. Stop the other "
        "process, or empty this store and rebuild it from the journal"));
  }
  return seq_found;
}

}  // namespace waymark::runtime
