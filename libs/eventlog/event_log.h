// The event log port: topics of partitions, each an ordered list of records with growing offsets.
//
// Implementations: EmbeddedLog (embedded_log.h, one machine), MemoryLog (memory_log.h, a fake with
// knobs) and a client of Kafka; all pass the suite in contract.h. Nothing here assumes that writers
// and readers share a process.
//
// What is promised: records of one partition are read in the order they were appended, by every
// reader. What is not: a record may be appended more than once (a caller that got an error sends
// again), a log may lose records it acknowledged when its machine loses power, and nothing orders
// two partitions. Receivers deal with all three by lanes (source, lane, epoch, sequence), which
// travel in headers and which this port does not know.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace waymark::eventlog {

// Key, header names and values, and value together: larger records are refused. It leaves room
// under Kafka's default limit for a message (1 MB).
inline constexpr size_t kRecordBytesMax = 900'000;

struct Header {
  std::string name;  // not empty
  std::string value;

  friend bool operator==(const Header&, const Header&) = default;
};

// Any bytes; each part may be empty. Keys and headers travel in the clear: no personal data.
struct Record {
  std::string key = {};
  std::vector<Header> headers = {};  // kept in order; a name may repeat
  std::string value = {};

  friend bool operator==(const Record&, const Record&) = default;
};

struct TopicPartition {
  std::string topic;
  int partition = 0;  // from 0

  friend auto operator<=>(const TopicPartition&, const TopicPartition&) = default;
  template <typename H>
  friend H AbslHashValue(H state, const TopicPartition& at) {
    return H::combine(std::move(state), at.topic, at.partition);
  }
};

// "topic/3", for messages.
std::string ToString(const TopicPartition& at);

struct Position {
  TopicPartition at;
  int64_t offset = 0;  // the next record to read
};

struct Fetched {
  TopicPartition at;
  int64_t offset = 0;  // the position that follows is offset + 1
  Record record;
};

// Records that can be read: oldest <= offset < end. Equal when there are none.
struct OffsetRange {
  int64_t oldest = 0;
  int64_t end = 0;

  friend bool operator==(const OffsetRange&, const OffsetRange&) = default;
};

// Reads partitions from given offsets. Used by one thread at a time, and destroyed before its log.
//
// Errors: Unavailable passes; nothing was skipped and Poll may be called again. Any other error is
// final for this reader: it names the partition, and every later Poll returns it.
class Reader {
 public:
  virtual ~Reader() = default;

  // Adds a partition that this reader does not read yet (AlreadyExists); also while others are
  // being read, which are not disturbed. NotFound for an unknown topic or partition. An offset
  // outside its range gives OutOfRange here or from a later Poll: retention has removed the record,
  // or the log has lost it, and the caller has to be repaired by the sources of that partition.
  virtual absl::Status Add(const Position& from) = 0;

  // Up to `max_records` (at least 1) that have arrived: never waits, and [] means only that nothing
  // is here now. Partition by partition in order of offset; every partition gets its turn,
  // however busy another is.
  virtual absl::StatusOr<std::vector<Fetched>> Poll(size_t max_records) = 0;

  // Has `wake` called when a Poll may find something, or fail. Edge-triggered: it is owed once
  // after a Poll that returned [], so poll after setting it and after each wake until [] comes
  // back; none is owed after an error. It may also be called for nothing. Called from any thread,
  // also from one that is inside Append, and never after another OnReady or the destructor has
  // returned. It must be quick, must not touch the log or this reader, and must not take a lock
  // that a thread holds while it calls either. An empty function takes it away.
  virtual void OnReady(std::function<void()> wake) = 0;
};

// Thread-safe. Any method may wait for the log and then return Unavailable: try again later.
class EventLog {
 public:
  virtual ~EventLog() = default;

  // Makes the topic unless it is there. Names are 1 to 249 of [a-zA-Z0-9._-], partitions at least 1
  // (InvalidArgument). FailedPrecondition when it exists with another count, saying both and what
  // to do. A log on which only an operator makes topics gives NotFound for a missing one.
  virtual absl::Status EnsureTopic(std::string_view topic, int partitions) = 0;

  // NotFound for an unknown topic.
  virtual absl::StatusOr<int> PartitionCount(std::string_view topic) const = 0;

  // What can be read now: where a new reader begins (oldest), where a rebuild ends (end). NotFound
  // for an unknown topic or partition.
  virtual absl::StatusOr<OffsetRange> Range(const TopicPartition& at) const = 0;

  // Appends in order; waits for the acknowledgement. NotFound for an unknown topic or partition and
  // InvalidArgument for a bad record (too large, a header without a name): nothing was appended. On
  // any other error a prefix of any length may have been: the caller sends all of it again, and
  // receivers drop repeats by lane. One thread should write a lane: calls that run at the same time
  // are in no order.
  virtual absl::Status Append(const TopicPartition& at, const std::vector<Record>& records) = 0;

  // Append to several partitions at the cost of one, where the log can (otherwise one after the
  // other). A partition may occur more than once. Errors as for Append; on any, each partition may
  // hold a prefix of its records.
  using Batches = std::vector<std::pair<TopicPartition, std::vector<Record>>>;
  virtual absl::Status AppendAll(const Batches& batches);

  // A reader of these partitions, possibly none yet; errors as for Reader::Add.
  virtual absl::StatusOr<std::unique_ptr<Reader>> OpenReader(const std::vector<Position>& from) = 0;
};

// The checks every implementation makes, with these messages.
absl::Status CheckTopic(std::string_view topic, int partitions);
absl::Status CheckRecords(const std::vector<Record>& records);
absl::Status UnknownTopic(std::string_view topic);
absl::Status UnknownPartition(const TopicPartition& at, int partitions);
absl::Status OtherPartitionCount(std::string_view topic, int existing, int wanted);
absl::Status AlreadyRead(const TopicPartition& at);
absl::Status OffsetOutOfRange(const Position& from, const OffsetRange& range);

}  // namespace waymark::eventlog
