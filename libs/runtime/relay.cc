#include "libs/runtime/relay.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/runtime/applier.h"
#include "libs/runtime/keys.h"
#include "libs/runtime/signed_group.h"

namespace waymark::runtime {
namespace {

constexpr size_t kRowsMax = 1'000;             // of one lane in one go
constexpr size_t kBytesMax = 4 * 1024 * 1024;  // the same
constexpr absl::Duration kBackoffFirst = absl::Milliseconds(20);

// Of one topic, which sending again does not cure: no such topic, a record too large for it, no
// right to write it.
bool RefusesALane(const absl::Status& status) {
  return absl::IsNotFound(status) || absl::IsInvalidArgument(status) ||
         absl::IsPermissionDenied(status);
}

}  // namespace

Relay::Relay(Options options, const store::Store& store, eventlog::EventLog& log,
             RecordSigner& signer, telemetry::Alarms& alarms,
             std::function<void(std::string_view)> crash_point)
    : options_(std::move(options)),
      store_(store),
      log_(log),
      signer_(signer),
      alarms_(alarms),
      crash_point_(std::move(crash_point)) {}

void Relay::Committed(const std::string& shard, const std::string& journal, const std::string& lane,
                      const LaneOutRow& row) {
  std::lock_guard lock(mutex_);
  const auto [at, fresh] = lanes_.try_emplace(lane);
  Lane& known = at->second;
  if (fresh) {
    known.shard = shard;
    known.journal = lane == journal ? "" : journal;
    known.row = row;
    known.next = row.acked + 1;
    return;
  }
  known.row.last = row.last;
  known.row.first = row.first;
}

absl::Status Relay::Republish(std::string_view lane, uint64_t from_seq) {
  std::lock_guard lock(mutex_);
  const auto at = lanes_.find(lane);
  if (at == lanes_.end()) {
    return absl::NotFoundError(absl::StrCat("this process writes no lane ", ToAbsl(lane)));
  }
  Lane& known = at->second;
  if (from_seq < known.row.first) {
    return absl::OutOfRangeError(absl::StrCat("lane ", ToAbsl(lane), " keeps its records from ",
                                              known.row.first, " on; ", from_seq,
                                              " is older than the retention period"));
  }
  if (from_seq < known.next) {
    known.next = from_seq;
    known.rewound = true;
  }
  return absl::OkStatus();
}

void Relay::LogHoldsOnly(const std::string& lane, uint64_t seq) {
  std::lock_guard lock(mutex_);
  const auto at = lanes_.find(lane);
  if (at == lanes_.end() || seq >= at->second.row.acked) return;
  Lane& known = at->second;
  known.row.acked = seq;
  known.next = std::max(seq + 1, known.row.first);
}

bool Relay::Wanted(const Lane& lane) const {
  if (lane.blocked) return false;
  if (!lane.row.announce && lane.next > lane.row.last) return false;
  if (lane.journal.empty() || !lane.row.announce) return true;
  // What others learn of a new epoch must be in the journal.
  const auto journal = lanes_.find(lane.journal);
  return journal == lanes_.end() || !journal->second.row.announce;
}

bool Relay::pending() const {
  std::lock_guard lock(mutex_);
  return std::any_of(lanes_.begin(), lanes_.end(), [&](const auto& entry) {
    const Lane& lane = entry.second;
    return lane.row.announce || lane.next <= lane.row.last;
  });
}

absl::Duration Relay::backoff() const {
  std::lock_guard lock(mutex_);
  return backoff_;
}

std::optional<Relay::Acked> Relay::AckedOf(const std::string& lane) const {
  std::lock_guard lock(mutex_);
  const auto at = lanes_.find(lane);
  if (at == lanes_.end()) return std::nullopt;
  return Acked{at->second.row.acked, !at->second.row.announce};
}

std::vector<OutboxStatus> Relay::Status() const {
  std::lock_guard lock(mutex_);
  std::vector<OutboxStatus> all;
  for (const auto& [name, lane] : lanes_) {
    all.push_back({lane.shard, name, lane.row.to, lane.row.epoch, lane.row.last, lane.row.acked});
  }
  return all;
}

uint64_t Relay::unacknowledged() const {
  std::lock_guard lock(mutex_);
  uint64_t rows = 0;
  for (const auto& [name, lane] : lanes_) rows += lane.row.last - lane.row.acked;
  return rows;
}

absl::StatusOr<size_t> Relay::PublishOnce() {
  {
    std::lock_guard lock(mutex_);
    for (auto& [name, lane] : lanes_) lane.blocked = false;
  }
  size_t published = 0;
  for (const bool journals : {true, false}) {
    const absl::StatusOr<size_t> count = Publish(journals);
    if (!count.ok()) {
      std::lock_guard lock(mutex_);
      backoff_ = std::clamp(backoff_ * 2, kBackoffFirst, options_.backoff_max);
      return count.status();
    }
    published += *count;
  }
  std::lock_guard lock(mutex_);
  const bool blocked = std::any_of(lanes_.begin(), lanes_.end(),
                                   [](const auto& entry) { return entry.second.blocked; });
  backoff_ = blocked ? std::clamp(backoff_ * 2, kBackoffFirst, options_.backoff_max)
                     : absl::ZeroDuration();
  return published;
}

absl::StatusOr<size_t> Relay::Publish(bool journals) {
  struct Job {
    std::string name;
    Lane lane;
    uint64_t journal_acked = 0;
  };
  std::vector<Job> jobs;
  {
    std::lock_guard lock(mutex_);
    for (auto& [name, lane] : lanes_) {
      if (lane.journal.empty() != journals || !Wanted(lane)) continue;
      lane.rewound = false;
      const auto journal = lanes_.find(lane.journal);
      jobs.push_back({name, lane, journal == lanes_.end() ? 0 : journal->second.row.acked});
    }
  }
  std::vector<Parcel> parcels;
  for (const Job& job : jobs) {
    absl::StatusOr<Parcel> parcel = Pack(job.name, job.lane, job.journal_acked);
    if (!parcel.ok()) return parcel.status();
    if (!parcel->blocked.ok()) Block(job.name, parcel->blocked);
    if (!parcel->records.empty()) parcels.push_back(*std::move(parcel));
  }
  if (parcels.empty()) return size_t{0};
  crash_point_("relay.packed");
  WM_RETURN_IF_ERROR(Send(parcels));
  crash_point_("relay.appended");
  size_t published = 0;
  for (const Parcel& parcel : parcels) {
    Done(parcel);
    published += parcel.records.size();
  }
  return published;
}

absl::StatusOr<Relay::Parcel> Relay::Pack(const std::string& name, const Lane& lane,
                                          uint64_t journal_acked) {
  Parcel parcel;
  parcel.lane = name;
  parcel.to = lane.row.to;
  parcel.announcement = lane.row.announce;
  parcel.epoch = lane.row.epoch;
  WM_ASSIGN_OR_RETURN(std::vector<CloudEvent> events, Collect(name, lane, journal_acked));
  const size_t announcements = lane.row.announce ? 1 : 0;
  parcel.blocked = Sign(lane.row.to, std::move(events), parcel.records);
  if (parcel.records.size() > announcements) {
    parcel.last = lane.next + parcel.records.size() - announcements - 1;
  }
  return parcel;
}

// The announcement of a new epoch, if there is one to make, then the rows in order.
absl::StatusOr<std::vector<CloudEvent>> Relay::Collect(const std::string& name, const Lane& lane,
                                                       uint64_t journal_acked) {
  std::vector<CloudEvent> events;
  CloudEvent event;
  event.key = lane.shard;
  event.source = options_.source;
  event.lane = name;
  if (lane.row.announce) {
    event.id = DeriveId(name, "opened", lane.row.epoch);
    event.type = kLaneOpenedType;
    event.at = absl::FromUnixSeconds(static_cast<int64_t>(lane.row.epoch));
    event.epoch = lane.row.epoch;
    event.base = lane.row.base;
    event.seq = lane.row.base;
    events.push_back(event);
  }
  size_t bytes = 0;
  absl::Status status;
  uint64_t seq = lane.next;
  WM_RETURN_IF_ERROR(store_.Scan(kOutboxCf, OutboxKey(name, lane.next),
                                 OutboxKey(name, lane.row.last + 1),
                                 [&](std::string_view, std::string_view value) {
                                   absl::StatusOr<OutboxRow> row = DecodeOutboxRow(value);
                                   if (!row.ok()) {
                                     status = row.status();
                                     return false;
                                   }
                                   if (row->after_journal > journal_acked) return false;
                                   event.id = std::move(row->id);
                                   event.type = std::move(row->type);
                                   event.at = row->at;
                                   event.traceparent = std::move(row->traceparent);
                                   event.epoch = row->epoch;
                                   event.base = row->base;
                                   event.seq = seq++;
                                   event.cause = std::move(row->cause);
                                   event.payload = std::move(row->payload);
                                   bytes += value.size();
                                   events.push_back(event);
                                   return events.size() < kRowsMax && bytes < kBytesMax;
                                 }));
  WM_RETURN_IF_ERROR(status);
  return events;
}

absl::Status Relay::Sign(const eventlog::TopicPartition& to, std::vector<CloudEvent> events,
                         std::vector<eventlog::Record>& records) {
  const bool signs = options_.core_topics.count(to.topic) == 0;
  for (size_t begin = 0; begin < events.size(); begin += kGroupMax) {
    const std::span<CloudEvent> group =
        std::span(events).subspan(begin, std::min(kGroupMax, events.size() - begin));
    if (signs) WM_RETURN_IF_ERROR(SignGroup(to, group));
    for (const CloudEvent& event : group) records.push_back(ToRecord(event));
  }
  return absl::OkStatus();
}

absl::Status Relay::SignGroup(const eventlog::TopicPartition& to, std::span<CloudEvent> group) {
  std::vector<std::string> bytes;
  for (const CloudEvent& event : group) bytes.push_back(SignedBytes(to, event));
  SignedGroup tree;
  if (group.size() > 1) tree = MakeGroup(bytes);
  const absl::StatusOr<Signature> signature =
      signer_.Sign(group.size() > 1 ? GroupBytes(tree.root) : bytes.front());
  if (!signature.ok()) {
    return absl::Status(signature.status().code(),
                        absl::StrCat("a record cannot be signed: ", signature.status().message()));
  }
  for (size_t i = 0; i < group.size(); ++i) {
    group[i].signature = *signature;
    if (group.size() > 1) group[i].group = std::move(tree.places[i]);
  }
  return absl::OkStatus();
}

absl::Status Relay::Send(std::vector<Parcel>& parcels) {
  eventlog::EventLog::Batches batches;
  for (const Parcel& parcel : parcels) batches.emplace_back(parcel.to, parcel.records);
  const absl::Status all = log_.AppendAll(batches);
  if (all.ok() || !RefusesALane(all)) return all;
  // One of them is at fault: find out which, so that the others go on.
  std::vector<Parcel> sent;
  for (Parcel& parcel : parcels) {
    const absl::Status status = log_.Append(parcel.to, parcel.records);
    if (status.ok()) {
      sent.push_back(std::move(parcel));
    } else if (RefusesALane(status)) {
      Block(parcel.lane, status);
    } else {
      return status;
    }
  }
  parcels = std::move(sent);
  return absl::OkStatus();
}

void Relay::Block(const std::string& lane, const absl::Status& why) {
  alarms_.Raise("outbox_blocked", lane, std::string(why.message()));
  std::lock_guard lock(mutex_);
  lanes_[lane].blocked = true;
}

void Relay::Done(const Parcel& parcel) {
  if (parcel.blocked.ok()) alarms_.Clear("outbox_blocked", parcel.lane);
  std::lock_guard lock(mutex_);
  Lane& lane = lanes_[parcel.lane];
  if (parcel.announcement && parcel.epoch == lane.row.epoch) lane.row.announce = false;
  if (parcel.last == 0) return;
  lane.row.acked = std::max(lane.row.acked, parcel.last);
  if (!lane.rewound) lane.next = parcel.last + 1;
}

}  // namespace waymark::runtime
