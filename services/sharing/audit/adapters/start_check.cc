#include "services/sharing/audit/adapters/start_check.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/eventlog/read_range.h"
#include "libs/runtime/cloud_event.h"
#include "services/sharing/audit/adapters/findings.h"
#include "services/sharing/audit/adapters/own_log.h"
#include "services/sharing/audit/adapters/witness.h"

namespace waymark::sharing::audit_room {
namespace {

using gateway::v1::StoredHead;

// How far back to look on each topic, and how much at a time.
constexpr int64_t kRecordsMax = 8192;
constexpr int64_t kRecordsAtATime = 256;

// The note of the own log that a record carries; "" when it carries none.
std::string NoteIn(const Membership& membership, const eventlog::Record& record) {
  const absl::StatusOr<runtime::CloudEvent> event = runtime::FromRecord(record);
  if (!event.ok()) return "";
  gateway::v1::CheckpointPublished published;
  gateway::v1::CheckpointCosigned cosigned;
  if (event->type == published.GetTypeName() && published.ParseFromString(event->payload)) {
    return published.note();
  }
  if (event->type == cosigned.GetTypeName() && cosigned.ParseFromString(event->payload) &&
      cosigned.agency() == membership.agency) {
    return cosigned.note();
  }
  return "";
}

// The newest head of the own log on one topic.
absl::StatusOr<std::optional<StoredHead>> NewestOn(const Membership& membership,
                                                   const eventlog::TopicPartition& at,
                                                   eventlog::EventLog& log, absl::Time now) {
  const absl::StatusOr<eventlog::OffsetRange> range = log.Range(at);
  if (absl::IsNotFound(range.status())) return std::nullopt;
  WM_RETURN_IF_ERROR(range.status());
  const int64_t oldest = std::max(range->oldest, range->end - kRecordsMax);
  for (int64_t end = range->end; end > oldest;) {
    const int64_t begin = std::max(oldest, end - kRecordsAtATime);
    WM_ASSIGN_OR_RETURN(const auto block, eventlog::ReadRange(log, at, begin, end));
    for (auto record = block.rbegin(); record != block.rend(); ++record) {
      const std::string note = NoteIn(membership, record->record);
      if (note.empty()) continue;
      absl::StatusOr<StoredHead> head = ReadHead(membership, membership.agency, note, now);
      if (head.ok()) return *std::move(head);
    }
    end = begin;
  }
  return std::nullopt;
}

}  // namespace

absl::StatusOr<std::optional<gateway::v1::AuditFinding>> CheckBeforeServing(
    const Membership& membership, const runtime::View& view, eventlog::EventLog& log,
    absl::Time now) {
  for (const auto& [agency, peer] : membership.peers) {
    WM_ASSIGN_OR_RETURN(const std::optional<StoredHead> head,
                        NewestOn(membership, membership.AuditOf(agency), log, now));
    if (!head) continue;
    const Judgement judgement = JudgeOwnHead(view, {head->size(), head->root()});
    if (judgement.step != Step::kFound) continue;
    const std::string where =
        absl::StrCat("before it served, against the checkpoint of size ", head->size(),
                     agency == membership.agency ? " on its own topic"
                                                 : absl::StrCat(" that ", agency, " cosigned"));
    return MakeFinding(membership, membership.agency, judgement.code, where, {head->note()}, now);
  }
  return std::nullopt;
}

}  // namespace waymark::sharing::audit_room
