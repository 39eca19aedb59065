#include "libs/eventlog/embedded_log.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/base/bytes.h"
#include "libs/base/check.h"
#include "libs/base/status.h"
#include "libs/eventlog/record_codec.h"
#include "libs/eventlog/waker.h"

namespace waymark::eventlog {
namespace {

constexpr char kTopics[] = "log_topics";
constexpr char kOldest[] = "log_oldest";
constexpr char kEnd[] = "log_end";
constexpr char kRecords[] = "log_records";

// Appends that share a commit, and records that retention removes in one.
constexpr size_t kGroupBytesMax = 4u << 20;
constexpr size_t kRemovedMax = 1000;

absl::Status Damaged(std::string_view what) {
  return absl::DataLossError(
      absl::StrCat("the embedded log is damaged: ", std::string(what),
                   "; restore its directory from a backup, or begin with an empty log"));
}

std::string Number(int64_t value) { return BigEndian64(static_cast<uint64_t>(value)); }

absl::StatusOr<int64_t> ParseNumber(std::string_view bytes) {
  KeyReader reader(bytes);
  WM_ASSIGN_OR_RETURN(const uint64_t value, reader.Number());
  if (!reader.done()) return Damaged("a row with more than its number");
  return static_cast<int64_t>(value);
}

}  // namespace

// What readers and writers share. A Partition never moves or goes while the state lives.
class EmbeddedLog::State {
 public:
  struct Partition {
    TopicPartition at;
    std::string prefix;  // of its keys; a record's key is this and the offset
    // Every record in [oldest, end) is committed. `oldest` moves before records are removed, `end`
    // after they are there.
    std::atomic<int64_t> oldest{0};
    std::atomic<int64_t> end{0};

    std::string RecordKey(int64_t offset) const { return prefix + Number(offset); }
    OffsetRange range() const { return {oldest.load(), end.load()}; }
  };

  State(store::Store* store, Clock* clock, EmbeddedLogOptions options)
      : store_(store), clock_(clock), options_(std::move(options)) {}

  absl::Status Load();
  absl::Status EnsureTopic(std::string_view topic, int partitions);
  absl::StatusOr<int> PartitionCount(std::string_view topic) const;
  absl::StatusOr<Partition*> Find(const TopicPartition& at) const;
  // The caller's records, each list with its partition; nothing is copied.
  using Lists = std::vector<std::pair<const TopicPartition*, const std::vector<Record>*>>;
  absl::Status Append(const Lists& lists);
  absl::StatusOr<int64_t> ApplyRetention();
  size_t waiting() const;
  const store::Store& store() const { return *store_; }
  Wakers& wakers() { return wakers_; }

 private:
  // One call of Append, waiting for a thread (its own or another) to commit it.
  struct Pending {
    std::vector<std::pair<Partition*, const std::vector<Record>*>> lists;
    size_t bytes = 0;
    bool done = false;
    absl::Status status;
  };

  void AddTopic(const std::string& topic, int partitions);
  absl::StatusOr<Partition*> FindLocked(const TopicPartition& at) const;
  absl::Status LoadNumbers(const char* column_family, std::atomic<int64_t> Partition::*field);
  absl::Status CheckLoaded(const Partition& partition) const;
  std::vector<Pending*> TakeGroup();
  absl::Status CommitGroup(const std::vector<Pending*>& group);
  std::optional<absl::Duration> Keep(const std::string& topic) const;
  absl::StatusOr<int64_t> RemoveBefore(Partition& partition, absl::Time cutoff);

  store::Store* const store_;
  Clock* const clock_;
  const EmbeddedLogOptions options_;
  Wakers wakers_;

  mutable std::mutex mutex_;  // of what follows; not held while records are committed
  std::map<std::string, int, std::less<>> topics_;
  std::map<TopicPartition, Partition> partitions_;
  std::deque<Pending*> queue_;
  bool committing_ = false;
  std::condition_variable committed_;

  std::mutex retention_mutex_;  // one ApplyRetention at a time
};

using State = EmbeddedLog::State;

void State::AddTopic(const std::string& topic, int partitions) {
  topics_[topic] = partitions;
  for (int i = 0; i < partitions; ++i) {
    Partition& partition = partitions_[{topic, i}];
    partition.at = {topic, i};
    partition.prefix = KeyBuilder().Text(topic).Number(static_cast<uint64_t>(i)).Take();
  }
}

absl::Status State::Load() {
  absl::Status malformed;
  WM_RETURN_IF_ERROR(store_->Scan(kTopics, "", "", [&](std::string_view key, std::string_view row) {
    KeyReader reader(key);
    absl::StatusOr<std::string> topic = reader.Text();
    absl::StatusOr<int64_t> partitions = ParseNumber(row);
    if (!topic.ok() || !reader.done() || !partitions.ok() ||
        !CheckTopic(*topic, static_cast<int>(*partitions)).ok()) {
      malformed = Damaged("a topic's row is not in its format");
      return false;
    }
    AddTopic(*topic, static_cast<int>(*partitions));
    return true;
  }));
  WM_RETURN_IF_ERROR(malformed);
  WM_RETURN_IF_ERROR(LoadNumbers(kOldest, &Partition::oldest));
  WM_RETURN_IF_ERROR(LoadNumbers(kEnd, &Partition::end));
  for (const auto& [at, partition] : partitions_) WM_RETURN_IF_ERROR(CheckLoaded(partition));
  return absl::OkStatus();
}

absl::Status State::LoadNumbers(const char* column_family, std::atomic<int64_t> Partition::*field) {
  absl::Status malformed;
  WM_RETURN_IF_ERROR(
      store_->Scan(column_family, "", "", [&](std::string_view key, std::string_view row) {
        KeyReader reader(key);
        absl::StatusOr<std::string> topic = reader.Text();
        absl::StatusOr<uint64_t> number = topic.ok() ? reader.Number() : topic.status();
        absl::StatusOr<int64_t> value = ParseNumber(row);
        if (!number.ok() || !reader.done() || !value.ok()) {
          malformed = Damaged("a partition's row is not in its format");
          return false;
        }
        auto partition = partitions_.find({*topic, static_cast<int>(*number)});
        if (partition == partitions_.end()) {
          malformed =
              Damaged(absl::StrCat("topic ", *topic, " has a row but no partition ", *number));
          return false;
        }
        partition->second.*field = *value;
        return true;
      }));
  return malformed;
}

// The first and the last record must be there: cheap, and shows a store put together from two.
absl::Status State::CheckLoaded(const Partition& partition) const {
  const OffsetRange range = partition.range();
  if (range.oldest < 0 || range.oldest > range.end) {
    return Damaged(absl::StrCat(ToString(partition.at), " ends before it begins"));
  }
  if (range.oldest == range.end) return absl::OkStatus();
  for (const int64_t offset : {range.oldest, range.end - 1}) {
    WM_ASSIGN_OR_RETURN(const std::optional<std::string> record,
                        store_->Get(kRecords, partition.RecordKey(offset)));
    if (!record) {
      return Damaged(
          absl::StrCat("record ", offset, " of ", ToString(partition.at), " is missing"));
    }
  }
  return absl::OkStatus();
}

absl::Status State::EnsureTopic(std::string_view topic, int partitions) {
  WM_RETURN_IF_ERROR(CheckTopic(topic, partitions));
  std::lock_guard lock(mutex_);
  if (auto found = topics_.find(topic); found != topics_.end()) {
    if (found->second == partitions) return absl::OkStatus();
    return OtherPartitionCount(topic, found->second, partitions);
  }
  store::WriteBatch batch;
  batch.Put(kTopics, KeyBuilder().Text(topic).Take(), Number(partitions));
  WM_RETURN_IF_ERROR(store_->Commit(batch));
  AddTopic(std::string(topic), partitions);
  return absl::OkStatus();
}

absl::StatusOr<int> State::PartitionCount(std::string_view topic) const {
  std::lock_guard lock(mutex_);
  auto found = topics_.find(topic);
  if (found == topics_.end()) return UnknownTopic(topic);
  return found->second;
}

absl::StatusOr<State::Partition*> State::Find(const TopicPartition& at) const {
  std::lock_guard lock(mutex_);
  return FindLocked(at);
}

absl::StatusOr<State::Partition*> State::FindLocked(const TopicPartition& at) const {
  auto found = partitions_.find(at);
  // A Partition's fields change under a reader's eyes; the map does not.
  if (found != partitions_.end()) return const_cast<Partition*>(&found->second);
  auto topic = topics_.find(at.topic);
  if (topic == topics_.end()) return UnknownTopic(at.topic);
  return UnknownPartition(at, topic->second);
}

absl::Status State::Append(const Lists& lists) {
  Pending pending;
  for (const auto& [at, records] : lists) {
    WM_RETURN_IF_ERROR(CheckRecords(*records));
    for (const Record& record : *records) pending.bytes += record.key.size() + record.value.size();
  }
  std::unique_lock lock(mutex_);
  bool nothing = true;
  for (const auto& [at, records] : lists) {
    WM_ASSIGN_OR_RETURN(Partition* const target, FindLocked(*at));
    pending.lists.emplace_back(target, records);
    nothing = nothing && records->empty();
  }
  if (nothing) return absl::OkStatus();

  // Whoever finds nobody committing commits for all that wait, and wakes them.
  queue_.push_back(&pending);
  while (!pending.done) {
    if (committing_) {
      committed_.wait(lock);
      continue;
    }
    committing_ = true;
    const std::vector<Pending*> group = TakeGroup();
    lock.unlock();
    const absl::Status status = CommitGroup(group);
    if (status.ok()) wakers_.FireAll();
    lock.lock();
    for (Pending* one : group) {
      one->status = status;
      one->done = true;
    }
    committing_ = false;
    committed_.notify_all();
  }
  return pending.status;
}

size_t State::waiting() const {
  std::lock_guard lock(mutex_);
  return queue_.size();
}

std::vector<State::Pending*> State::TakeGroup() {
  std::vector<Pending*> group;
  size_t bytes = 0;
  while (!queue_.empty() && (group.empty() || bytes + queue_.front()->bytes <= kGroupBytesMax)) {
    bytes += queue_.front()->bytes;
    group.push_back(queue_.front());
    queue_.pop_front();
  }
  return group;
}

absl::Status State::CommitGroup(const std::vector<Pending*>& group) {
  const absl::Time now = clock_->Now();
  store::WriteBatch batch;
  std::map<Partition*, int64_t> ends;
  for (const Pending* pending : group) {
    for (const auto& [target, records] : pending->lists) {
      if (records->empty()) continue;
      int64_t& end = ends.try_emplace(target, target->end.load()).first->second;
      for (const Record& record : *records) {
        batch.Put(kRecords, target->RecordKey(end++), EncodeRecord(now, record));
      }
    }
  }
  for (const auto& [target, end] : ends) batch.Put(kEnd, target->prefix, Number(end));
  WM_RETURN_IF_ERROR(store_->Commit(batch));
  for (const auto& [target, end] : ends) target->end.store(end);
  return absl::OkStatus();
}

std::optional<absl::Duration> State::Keep(const std::string& topic) const {
  const RetentionRule* longest = nullptr;
  for (const RetentionRule& rule : options_.retention) {
    if (!absl::StartsWith(topic, rule.topic_prefix)) continue;
    if (longest == nullptr || rule.topic_prefix.size() > longest->topic_prefix.size()) {
      longest = &rule;
    }
  }
  if (longest == nullptr) return std::nullopt;
  return longest->keep;
}

absl::StatusOr<int64_t> State::ApplyRetention() {
  std::lock_guard one_at_a_time(retention_mutex_);
  const absl::Time now = clock_->Now();
  std::vector<std::pair<Partition*, absl::Time>> due;
  {
    std::lock_guard lock(mutex_);
    for (auto& [at, partition] : partitions_) {
      if (const auto keep = Keep(at.topic)) due.emplace_back(&partition, now - *keep);
    }
  }
  int64_t removed = 0;
  for (const auto& [partition, cutoff] : due) {
    int64_t count = 0;
    do {
      WM_ASSIGN_OR_RETURN(count, RemoveBefore(*partition, cutoff));
      removed += count;
    } while (count > 0);
  }
  if (removed > 0) wakers_.FireAll();
  return removed;
}

absl::StatusOr<int64_t> State::RemoveBefore(Partition& partition, absl::Time cutoff) {
  const OffsetRange range = partition.range();
  store::WriteBatch batch;
  absl::Status malformed;
  WM_RETURN_IF_ERROR(
      store_->Scan(kRecords, partition.RecordKey(range.oldest), partition.RecordKey(range.end),
                   [&](std::string_view key, std::string_view value) {
                     absl::StatusOr<absl::Time> appended = DecodeAppended(value);
                     malformed.Update(appended.status());
                     if (!appended.ok() || *appended >= cutoff || batch.ops().size() == kRemovedMax)
                       return false;
                     batch.Delete(kRecords, key);
                     return true;
                   }));
  WM_RETURN_IF_ERROR(malformed);
  if (batch.empty()) return 0;
  const auto count = static_cast<int64_t>(batch.ops().size());
  batch.Put(kOldest, partition.prefix, Number(range.oldest + count));
  partition.oldest.store(range.oldest + count);
  WM_RETURN_IF_ERROR(store_->Commit(batch));
  return count;
}

namespace {

class EmbeddedReader : public Reader {
 public:
  explicit EmbeddedReader(std::shared_ptr<State> state)
      : state_(std::move(state)), waker_(state_->wakers().Make()) {}
  ~EmbeddedReader() override { waker_->Set(nullptr); }

  absl::Status Add(const Position& from) override {
    WM_ASSIGN_OR_RETURN(const State::Partition* partition, state_->Find(from.at));
    for (const Next& next : next_) {
      if (next.partition == partition) return AlreadyRead(from.at);
    }
    const OffsetRange range = partition->range();
    if (from.offset < range.oldest || from.offset > range.end) {
      return OffsetOutOfRange(from, range);
    }
    next_.push_back({partition, from.offset});
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<Fetched>> Poll(size_t max_records) override {
    WM_CHECK(max_records > 0, "a poll for no record");
    WM_RETURN_IF_ERROR(final_);
    waker_->Arm();
    std::vector<Fetched> fetched;
    for (size_t i = 0; i < next_.size() && fetched.size() < max_records; ++i) {
      Next& next = next_[turn_];
      turn_ = (turn_ + 1) % next_.size();
      final_ = Take(next, max_records, fetched);
      WM_RETURN_IF_ERROR(final_);
    }
    return fetched;
  }

  void OnReady(std::function<void()> wake) override { waker_->Set(std::move(wake)); }

 private:
  struct Next {
    const State::Partition* partition;
    int64_t offset;
  };

  absl::Status Take(Next& next, size_t max_records, std::vector<Fetched>& fetched) {
    const State::Partition& partition = *next.partition;
    const OffsetRange range = partition.range();
    if (next.offset < range.oldest) return OffsetOutOfRange({partition.at, next.offset}, range);
    if (next.offset == range.end) return absl::OkStatus();
    absl::Status malformed;
    WM_RETURN_IF_ERROR(state_->store().Scan(
        kRecords, partition.RecordKey(next.offset), partition.RecordKey(range.end),
        [&](std::string_view key, std::string_view value) {
          if (key != partition.RecordKey(next.offset)) return false;
          absl::StatusOr<Record> record = DecodeRecord(value);
          malformed.Update(record.status());
          if (!record.ok()) return false;
          fetched.push_back({partition.at, next.offset++, *std::move(record)});
          return fetched.size() < max_records;
        }));
    WM_RETURN_IF_ERROR(malformed);
    if (fetched.size() == max_records || next.offset == range.end) return absl::OkStatus();
    // A record is not there: retention came between, or it is lost.
    const OffsetRange after = partition.range();
    if (next.offset < after.oldest) return OffsetOutOfRange({partition.at, next.offset}, after);
    return Damaged(
        absl::StrCat("record ", next.offset, " of ", ToString(partition.at), " is missing"));
  }

  const std::shared_ptr<State> state_;
  const std::shared_ptr<Waker> waker_;
  std::vector<Next> next_;
  size_t turn_ = 0;
  absl::Status final_;
};

}  // namespace

std::vector<std::string> EmbeddedLog::ColumnFamilies() {
  return {kTopics, kOldest, kEnd, kRecords};
}
std::vector<std::string> EmbeddedLog::LightColumnFamilies() { return {kTopics, kOldest, kEnd}; }

absl::StatusOr<std::unique_ptr<EmbeddedLog>> EmbeddedLog::Open(store::Store* store, Clock* clock,
                                                               EmbeddedLogOptions options) {
  for (const RetentionRule& rule : options.retention) {
    if (rule.keep <= absl::ZeroDuration()) {
      return absl::InvalidArgumentError(
          absl::StrCat("topics ", rule.topic_prefix, "* would be kept for no time: say how long"));
    }
  }
  auto state = std::make_shared<State>(store, clock, std::move(options));
  WM_RETURN_IF_ERROR(state->Load());
  return std::unique_ptr<EmbeddedLog>(new EmbeddedLog(std::move(state)));
}

EmbeddedLog::~EmbeddedLog() = default;

absl::Status EmbeddedLog::EnsureTopic(std::string_view topic, int partitions) {
  return state_->EnsureTopic(topic, partitions);
}

absl::StatusOr<int> EmbeddedLog::PartitionCount(std::string_view topic) const {
  return state_->PartitionCount(topic);
}

absl::StatusOr<OffsetRange> EmbeddedLog::Range(const TopicPartition& at) const {
  WM_ASSIGN_OR_RETURN(const State::Partition* partition, state_->Find(at));
  return partition->range();
}

absl::Status EmbeddedLog::Append(const TopicPartition& at, const std::vector<Record>& records) {
  return state_->Append({{&at, &records}});
}

absl::Status EmbeddedLog::AppendAll(const Batches& batches) {
  State::Lists lists;
  for (const auto& [at, records] : batches) lists.emplace_back(&at, &records);
  return state_->Append(lists);
}

absl::StatusOr<std::unique_ptr<Reader>> EmbeddedLog::OpenReader(const std::vector<Position>& from) {
  auto reader = std::make_unique<EmbeddedReader>(state_);
  for (const Position& position : from) WM_RETURN_IF_ERROR(reader->Add(position));
  return reader;
}

absl::StatusOr<int64_t> EmbeddedLog::ApplyRetention() { return state_->ApplyRetention(); }

size_t EmbeddedLog::waiting() const { return state_->waiting(); }

}  // namespace waymark::eventlog
