// Publishes committed outbox rows, lane by lane in order of seq, and remembers how far the log has
// acknowledged them. Each shard's journal goes first: other lanes wait until the journal is
// acknowledged as far as they depend on it.
//
// Thread-safe, except that PublishOnce is called by one thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/eventlog/event_log.h"
#include "libs/runtime/cloud_event.h"
#include "libs/runtime/ports.h"
#include "libs/runtime/rows.h"
#include "libs/store/store.h"
#include "libs/telemetry/alarms.h"

namespace waymark::runtime {

class Relay {
 public:
  struct Options {
    std::string source;
    std::set<std::string> core_topics;
    absl::Duration backoff_max;
  };
  // All must outlive it.
  Relay(Options options, const store::Store& store, eventlog::EventLog& log, RecordSigner& signer,
        telemetry::Alarms& alarms, std::function<void(std::string_view)> crash_point);

  // The rows of `lane` up to row.last are committed. `journal` is the name of the shard's journal
  // lane, "" when there is none.
  void Committed(const std::string& shard, const std::string& journal, const std::string& lane,
                 const LaneOutRow& row);

  // Publishes the rows from `from_seq` on once more. NotFound, OutOfRange as Runtime::Republish.
  absl::Status Republish(std::string_view lane, uint64_t from_seq);

  // The log turns out to hold the lane only up to `seq`: what follows is published again.
  void LogHoldsOnly(const std::string& lane, uint64_t seq);

  // Publishes a bounded number of rows; returns how many records were acknowledged. Unavailable:
  // the log is away, try again after backoff(). Other errors are the store's, and final. A row that
  // the log or the signer refuses stops its lane alone, with the alarm "outbox_blocked".
  absl::StatusOr<size_t> PublishOnce();

  // Is there anything to publish now?
  bool pending() const;
  // How long to wait after the latest failures; zero after a success.
  absl::Duration backoff() const;

  struct Acked {
    uint64_t seq = 0;
    bool announced = false;  // the opening of the present epoch is published
  };
  // nullopt for a lane of which nothing has been committed yet.
  std::optional<Acked> AckedOf(const std::string& lane) const;

  std::vector<OutboxStatus> Status() const;
  // Rows of all lanes that the log has not acknowledged.
  uint64_t unacknowledged() const;

 private:
  struct Lane {
    std::string shard;
    std::string journal;   // the lane that must be ahead; "" when none
    LaneOutRow row;        // last, epoch, base as committed; acked and announce as published
    uint64_t next = 1;     // the seq to be published next
    bool rewound = false;  // Republish was called while rows were on their way
    bool blocked = false;  // until the next try
  };
  struct Parcel {
    std::string lane;
    eventlog::TopicPartition to;
    std::vector<eventlog::Record> records;
    uint64_t last = 0;  // seq of the last row; 0 when there is only an announcement
    bool announcement = false;
    uint64_t epoch = 0;
    absl::Status blocked;  // why the rows that follow cannot go
  };

  absl::StatusOr<size_t> Publish(bool journals);
  bool Wanted(const Lane& lane) const;
  absl::StatusOr<Parcel> Pack(const std::string& name, const Lane& lane, uint64_t journal_acked);
  absl::StatusOr<std::vector<CloudEvent>> Collect(const std::string& name, const Lane& lane,
                                                  uint64_t journal_acked);
  // Appends the events as records, signed in groups where the topic asks for it.
  absl::Status Sign(const eventlog::TopicPartition& to, std::vector<CloudEvent> events,
                    std::vector<eventlog::Record>& records);
  absl::Status SignGroup(const eventlog::TopicPartition& to, std::span<CloudEvent> group);
  absl::Status Send(std::vector<Parcel>& parcels);
  void Block(const std::string& lane, const absl::Status& why);
  void Done(const Parcel& parcel);

  const Options options_;
  const store::Store& store_;
  eventlog::EventLog& log_;
  RecordSigner& signer_;
  telemetry::Alarms& alarms_;
  const std::function<void(std::string_view)> crash_point_;

  mutable std::mutex mutex_;
  std::map<std::string, Lane, std::less<>> lanes_;
  absl::Duration backoff_;
};

}  // namespace waymark::runtime
