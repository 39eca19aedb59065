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
constexpr absl::Duration kRefusalPause = absl::Milliseconds(5);
constexpr int kRefusalsMax = 2'000;

bool IsOwn(const RuntimeConfig& config, const RuntimeDeps& deps, const ShardConfig& shard,
           const eventlog::TopicPartition& at, const absl::StatusOr<CloudEvent>& event) {
  if (!event.ok() || event->source != config.source || event->lane != LaneName(shard.id, at)) {
    return false;
  }
  if (config.core_topics.count(at.topic) != 0) return true;
  if (!event->signature.has_value()) return false;
  const absl::StatusOr<std::string> covered = CoveredBytes(at, *event);
  return covered.ok() && deps.verifier.Verify(at, event->source, *covered, *event->signature).ok();
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
  int refused = 0;
  for (int64_t next = range.oldest; next < range.end;) {
    absl::StatusOr<std::vector<eventlog::Fetched>> fetched_now = reader->Poll(kPollMax);
    if (absl::IsUnavailable(fetched_now.status()) && ++refused < kRefusalsMax) {
      // Nothing wakes a reader whose log is away.
      Mailbox(0).Wait(kRefusalPause);
      continue;
    }
    WM_RETURN_IF_ERROR(fetched_now.status());
    refused = 0;
    const std::vector<eventlog::Fetched>& polled = *fetched_now;
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
                                         const ShardConfig& shard, const LaneOutRow& known) {
  WM_ASSIGN_OR_RETURN(eventlog::OffsetRange range, deps.log.Range(*shard.journal));
  range.oldest = std::max(range.oldest, range.end - kEndRecords);
  uint64_t seq_found = 0;
  absl::Status status;
  WM_RETURN_IF_ERROR(ReadJournal(config, deps, shard, range, [&](const CloudEvent& event) {
    if (event.epoch > known.epoch || (event.epoch == known.epoch && event.seq > known.last)) {
      status.Update(absl::FailedPreconditionError(absl::StrCat(
          "shard ", shard.id, ": its journal ", ToString(*shard.journal), " holds epoch ",
          event.epoch, " and seq ", event.seq, ", this store only epoch ", known.epoch, " and seq ",
          known.last,
          ". The store is new, an old copy, or another process has taken over. Stop the other "
          "process, or empty this store and rebuild it from the journal")));
    }
    // What an earlier life wrote beyond the base of this epoch does not count.
    if (event.epoch == known.epoch || event.seq <= known.base) {
      seq_found = std::max(seq_found, event.seq);
    }
    return absl::OkStatus();
  }));
  WM_RETURN_IF_ERROR(status);
  return seq_found;
}

}  // namespace waymark::runtime
