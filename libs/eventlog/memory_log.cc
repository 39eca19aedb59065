#include "libs/eventlog/memory_log.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "libs/base/check.h"
#include "libs/base/clock.h"
#include "libs/base/status.h"
#include "libs/eventlog/waker.h"

namespace waymark::eventlog {

class MemoryLog::State {
 public:
  struct Partition {
    int64_t oldest = 0;
    std::vector<Record> records;  // records[i] has the offset oldest + i

    OffsetRange range() const { return {oldest, oldest + static_cast<int64_t>(records.size())}; }
  };

  absl::StatusOr<Partition*> Find(const TopicPartition& at) {
    auto topic = topics.find(at.topic);
    if (topic == topics.end()) return UnknownTopic(at.topic);
    std::vector<Partition>& partitions = topic->second;
    if (at.partition < 0 || at.partition >= static_cast<int>(partitions.size())) {
      return UnknownPartition(at, static_cast<int>(partitions.size()));
    }
    return &partitions[static_cast<size_t>(at.partition)];
  }

  // For the knobs: a test names a partition that exists.
  Partition& Existing(const TopicPartition& at) {
    absl::StatusOr<Partition*> partition = Find(at);
    WM_CHECK(partition.ok(), "a knob names a partition that does not exist");
    return **partition;
  }

  std::mutex mutex;
  std::map<std::string, std::vector<Partition>, std::less<>> topics;  // vectors never resized
  bool corked = false;
  int append_failures_left = 0;
  absl::Status append_failure;
  size_t append_failure_keeps = 0;
  int poll_failures_left = 0;
  absl::Status poll_failure;
  std::optional<SeededRandom> shuffle;
  Wakers wakers;
};

namespace {

using State = MemoryLog::State;

class MemoryReader : public Reader {
 public:
  explicit MemoryReader(std::shared_ptr<State> state)
      : state_(std::move(state)), waker_(state_->wakers.Make()) {}
  ~MemoryReader() override { waker_->Set(nullptr); }

  absl::Status Add(const Position& from) override {
    std::lock_guard lock(state_->mutex);
    WM_ASSIGN_OR_RETURN(const State::Partition* partition, state_->Find(from.at));
    for (const Position& next : next_) {
      if (next.at == from.at) return AlreadyRead(from.at);
    }
    const OffsetRange range = partition->range();
    if (from.offset < range.oldest || from.offset > range.end) {
      return OffsetOutOfRange(from, range);
    }
    next_.push_back(from);
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<Fetched>> Poll(size_t max_records) override {
    WM_CHECK(max_records > 0, "a poll for no record");
    WM_RETURN_IF_ERROR(final_);
    waker_->Arm();
    std::lock_guard lock(state_->mutex);
    if (state_->poll_failures_left > 0) {
      --state_->poll_failures_left;
      if (!absl::IsUnavailable(state_->poll_failure)) final_ = state_->poll_failure;
      return state_->poll_failure;
    }
    for (const Position& next : next_) {
      const OffsetRange range = state_->Existing(next.at).range();
      if (next.offset < range.oldest || next.offset > range.end) {
        final_ = OffsetOutOfRange(next, range);
        return final_;
      }
    }
    std::vector<Fetched> fetched;
    if (state_->corked) return fetched;
    if (state_->shuffle) {
      TakeShuffled(max_records, fetched);
    } else {
      TakeInTurn(max_records, fetched);
    }
    return fetched;
  }

  void OnReady(std::function<void()> wake) override { waker_->Set(std::move(wake)); }

 private:
  size_t Waiting(const Position& next) const {
    return static_cast<size_t>(state_->Existing(next.at).range().end - next.offset);
  }

  void Take(Position& next, size_t count, std::vector<Fetched>& fetched) {
    const State::Partition& partition = state_->Existing(next.at);
    for (; count > 0; --count, ++next.offset) {
      fetched.push_back({next.at, next.offset,
                         partition.records[static_cast<size_t>(next.offset - partition.oldest)]});
    }
  }

  void TakeInTurn(size_t max_records, std::vector<Fetched>& fetched) {
    for (size_t i = 0; i < next_.size() && fetched.size() < max_records; ++i) {
      Position& next = next_[turn_];
      turn_ = (turn_ + 1) % next_.size();
      Take(next, std::min(Waiting(next), max_records - fetched.size()), fetched);
    }
  }

  void TakeShuffled(size_t max_records, std::vector<Fetched>& fetched) {
    while (fetched.size() < max_records) {
      std::vector<Position*> waiting;
      for (Position& next : next_) {
        if (Waiting(next) > 0) waiting.push_back(&next);
      }
      if (waiting.empty()) return;
      const std::string random = state_->shuffle->Bytes(2);
      Position& next = *waiting[static_cast<uint8_t>(random[0]) % waiting.size()];
      const size_t run = 1 + static_cast<uint8_t>(random[1]) % 3;
      Take(next, std::min({run, Waiting(next), max_records - fetched.size()}), fetched);
    }
  }

  const std::shared_ptr<State> state_;
  const std::shared_ptr<Waker> waker_;
  std::vector<Position> next_;
  size_t turn_ = 0;
  absl::Status final_;
};

}  // namespace

MemoryLog::MemoryLog() : state_(std::make_shared<State>()) {}
MemoryLog::~MemoryLog() = default;

absl::Status MemoryLog::EnsureTopic(std::string_view topic, int partitions) {
  WM_RETURN_IF_ERROR(CheckTopic(topic, partitions));
  std::lock_guard lock(state_->mutex);
  auto found = state_->topics.find(topic);
  if (found == state_->topics.end()) {
    state_->topics[std::string(topic)].resize(static_cast<size_t>(partitions));
    return absl::OkStatus();
  }
  const int existing = static_cast<int>(found->second.size());
  if (existing != partitions) return OtherPartitionCount(topic, existing, partitions);
  return absl::OkStatus();
}

absl::StatusOr<int> MemoryLog::PartitionCount(std::string_view topic) const {
  std::lock_guard lock(state_->mutex);
  auto found = state_->topics.find(topic);
  if (found == state_->topics.end()) return UnknownTopic(topic);
  return static_cast<int>(found->second.size());
}

absl::StatusOr<OffsetRange> MemoryLog::Range(const TopicPartition& at) const {
  std::lock_guard lock(state_->mutex);
  WM_ASSIGN_OR_RETURN(const State::Partition* partition, state_->Find(at));
  return partition->range();
}

absl::Status MemoryLog::Append(const TopicPartition& at, const std::vector<Record>& records) {
  WM_RETURN_IF_ERROR(CheckRecords(records));
  absl::Status outcome;
  {
    std::lock_guard lock(state_->mutex);
    WM_ASSIGN_OR_RETURN(State::Partition * partition, state_->Find(at));
    size_t count = records.size();
    if (count > 0 && state_->append_failures_left > 0) {
      --state_->append_failures_left;
      outcome = state_->append_failure;
      count = std::min(count, state_->append_failure_keeps);
    }
    partition->records.insert(partition->records.end(), records.begin(),
                              records.begin() + static_cast<std::ptrdiff_t>(count));
  }
  state_->wakers.FireAll();
  return outcome;
}

absl::StatusOr<std::unique_ptr<Reader>> MemoryLog::OpenReader(const std::vector<Position>& from) {
  auto reader = std::make_unique<MemoryReader>(state_);
  for (const Position& position : from) WM_RETURN_IF_ERROR(reader->Add(position));
  return reader;
}

void MemoryLog::Cork() {
  std::lock_guard lock(state_->mutex);
  state_->corked = true;
}

void MemoryLog::Uncork() {
  {
    std::lock_guard lock(state_->mutex);
    state_->corked = false;
  }
  state_->wakers.FireAll();
}

void MemoryLog::FailNextAppends(int count, absl::Status status, size_t appended) {
  WM_CHECK(!status.ok(), "an append cannot fail with OK");
  std::lock_guard lock(state_->mutex);
  state_->append_failures_left = count;
  state_->append_failure = std::move(status);
  state_->append_failure_keeps = appended;
}

void MemoryLog::FailNextPolls(int count, absl::Status status) {
  WM_CHECK(!status.ok(), "a poll cannot fail with OK");
  {
    std::lock_guard lock(state_->mutex);
    state_->poll_failures_left = count;
    state_->poll_failure = std::move(status);
  }
  state_->wakers.FireAll();
}

void MemoryLog::RepeatLast(const TopicPartition& at, size_t count) {
  {
    std::lock_guard lock(state_->mutex);
    std::vector<Record>& records = state_->Existing(at).records;
    const auto first =
        static_cast<std::ptrdiff_t>(records.size() - std::min(count, records.size()));
    const std::vector<Record> repeated(records.begin() + first, records.end());
    records.insert(records.end(), repeated.begin(), repeated.end());
  }
  state_->wakers.FireAll();
}

void MemoryLog::DropTail(const TopicPartition& at, size_t count) {
  {
    std::lock_guard lock(state_->mutex);
    std::vector<Record>& records = state_->Existing(at).records;
    records.resize(records.size() - std::min(count, records.size()));
  }
  state_->wakers.FireAll();
}

void MemoryLog::Trim(const TopicPartition& at, int64_t offset) {
  {
    std::lock_guard lock(state_->mutex);
    State::Partition& partition = state_->Existing(at);
    const OffsetRange range = partition.range();
    const int64_t oldest = std::clamp(offset, range.oldest, range.end);
    partition.records.erase(partition.records.begin(),
                            partition.records.begin() + (oldest - range.oldest));
    partition.oldest = oldest;
  }
  state_->wakers.FireAll();
}

void MemoryLog::ShuffleAcross(uint64_t seed) {
  std::lock_guard lock(state_->mutex);
  state_->shuffle.emplace(seed);
}

std::vector<Record> MemoryLog::Records(const TopicPartition& at) const {
  std::lock_guard lock(state_->mutex);
  absl::StatusOr<State::Partition*> partition = state_->Find(at);
  if (!partition.ok()) return {};
  return (*partition)->records;
}

}  // namespace waymark::eventlog
