// An EventLog on a Store, for a partnership that runs on one machine in one process. There is no
// networking and no replication: who outgrows it runs Kafka.
//
// What is appended is committed to the store before it is acknowledged, so nothing acknowledged is
// lost unless the disk is. Appends that wait at the same time share one commit.
//
// Layout, with keys as KeyBuilder writes them (libs/base/bytes.h):
//   column family   key                            value
//   log_topics      Text(topic)                    Number(partitions)
//   log_oldest      Text(topic) Number(partition)  Number(oldest)
//   log_end         Text(topic) Number(partition)  Number(end)
//   log_records     Text(topic) Number(partition)  the record, with the instant it was appended
//                     Number(offset)                 (record_codec.h)
// A partition without a row in log_oldest or log_end has 0 there. The first three hold few, often
// overwritten rows: pass LightColumnFamilies() as RocksOptions::light_column_families.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "libs/base/clock.h"
#include "libs/eventlog/event_log.h"
#include "libs/store/store.h"

namespace waymark::eventlog {

// A topic is kept for the `keep` of the rule with the longest prefix of its name, or for ever when
// there is none.
struct RetentionRule {
  std::string topic_prefix;  // "waymark.member."
  absl::Duration keep;       // from the instant a record was appended; more than zero
};

struct EmbeddedLogOptions {
  std::vector<RetentionRule> retention;
};

// Threads and errors as the port says. A store error is returned from whatever met it and is never
// retried here: the process must stop serving.
class EmbeddedLog : public EventLog {
 public:
  static std::vector<std::string> ColumnFamilies();
  static std::vector<std::string> LightColumnFamilies();

  // Goes on where the store's log ended; an empty store is an empty log. `store` must have
  // ColumnFamilies() (it may have others), which nobody else may write; `store` and `clock` must
  // outlive the log. DataLoss when the rows are not as the layout says.
  static absl::StatusOr<std::unique_ptr<EmbeddedLog>> Open(store::Store* store, Clock* clock,
                                                           EmbeddedLogOptions options = {});
  // Readers must have been destroyed.
  ~EmbeddedLog() override;

  absl::Status EnsureTopic(std::string_view topic, int partitions) override;
  absl::StatusOr<int> PartitionCount(std::string_view topic) const override;
  absl::StatusOr<OffsetRange> Range(const TopicPartition& at) const override;
  absl::Status Append(const TopicPartition& at, const std::vector<Record>& records) override;
  // One commit for all: here all or nothing.
  absl::Status AppendAll(const Batches& batches) override;
  absl::StatusOr<std::unique_ptr<Reader>> OpenReader(const std::vector<Position>& from) override;

  // Removes the records whose time is over, a bounded batch at a time; returns how many. The
  // process calls it now and then (hourly); a reader that stands before the new oldest record gets
  // OutOfRange.
  absl::StatusOr<int64_t> ApplyRetention();

  // Appends that wait for the commit of others; for a gauge.
  size_t waiting() const;

  class State;  // defined and used in embedded_log.cc alone

 private:
  explicit EmbeddedLog(std::shared_ptr<State> state) : state_(std::move(state)) {}

  std::shared_ptr<State> state_;
};

}  // namespace waymark::eventlog
