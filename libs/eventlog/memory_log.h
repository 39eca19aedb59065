// An EventLog in memory: a fake for tests and simulations, with knobs for everything that a real
// log may do to its users. Thread-safe. One MemoryLog stands for the broker: let it outlive the
// services under test when they "restart".
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "libs/eventlog/event_log.h"

namespace waymark::eventlog {

class MemoryLog : public EventLog {
 public:
  MemoryLog();
  // Readers must have been destroyed.
  ~MemoryLog() override;

  absl::Status EnsureTopic(std::string_view topic, int partitions) override;
  absl::StatusOr<int> PartitionCount(std::string_view topic) const override;
  absl::StatusOr<OffsetRange> Range(const TopicPartition& at) const override;
  absl::Status Append(const TopicPartition& at, const std::vector<Record>& records) override;
  absl::StatusOr<std::unique_ptr<Reader>> OpenReader(const std::vector<Position>& from) override;

  // Polls find nothing until Uncork, which wakes the readers. Appends go on.
  void Cork();
  void Uncork();

  // The next `count` appends of at least one record return `status` (not OK), each after its first
  // `appended` records have been appended all the same, as when an acknowledgement is lost.
  void FailNextAppends(int count, absl::Status status, size_t appended = 0);

  // The next `count` polls return `status` (not OK). Unavailable passes; anything else is final for
  // the reader that meets it.
  void FailNextPolls(int count, absl::Status status);

  // Appends the last `count` records of the partition once more (fewer when there are fewer).
  void RepeatLast(const TopicPartition& at, size_t count);

  // Loses the last `count` records, acknowledged or read as they may be. Their offsets are given
  // out again; a reader beyond the new end gets OutOfRange, unless others have been appended there
  // by the time it polls.
  void DropTail(const TopicPartition& at, size_t count);

  // Retention: removes what lies before `offset`.
  void Trim(const TopicPartition& at, int64_t offset);

  // From now on each poll takes runs of random length from partitions in random order; within one
  // partition the order stays. The same seed and calls give the same order.
  void ShuffleAcross(uint64_t seed);

  // Everything that can be read, for assertions; empty for what does not exist.
  std::vector<Record> Records(const TopicPartition& at) const;

  class State;  // defined and used in memory_log.cc alone

 private:
  std::shared_ptr<State> state_;
};

}  // namespace waymark::eventlog
