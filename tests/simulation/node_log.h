// The event log as one node reaches it: the same log for all, and away for this one when told.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "libs/eventlog/event_log.h"
#include "tests/simulation/disk.h"

namespace waymark::simulation {

// Used by one thread.
class NodeLog : public eventlog::EventLog {
 public:
  // `log` outlives this. `name` goes into a record now and then, with SeededFault::kNameInTopic.
  NodeLog(eventlog::EventLog& log, SeededFault fault, std::string name)
      : log_(log), fault_(fault), name_(std::move(name)) {}

  void SetAway(bool away) { away_ = away; }
  bool away() const { return away_; }

  absl::Status EnsureTopic(std::string_view topic, int partitions) override {
    return away_ ? Away() : log_.EnsureTopic(topic, partitions);
  }
  absl::StatusOr<int> PartitionCount(std::string_view topic) const override {
    if (away_) return Away();
    return log_.PartitionCount(topic);
  }
  absl::StatusOr<eventlog::OffsetRange> Range(const eventlog::TopicPartition& at) const override {
    if (away_) return Away();
    return log_.Range(at);
  }
  absl::Status Append(const eventlog::TopicPartition& at,
                      const std::vector<eventlog::Record>& records) override {
    if (away_) return Away();
    if (fault_ != SeededFault::kNameInTopic || ++appends_ % kNameEvery != 0) {
      return log_.Append(at, records);
    }
    std::vector<eventlog::Record> named = records;
    for (eventlog::Record& record : named) record.headers.push_back({"note", name_});
    return log_.Append(at, named);
  }
  absl::StatusOr<std::unique_ptr<eventlog::Reader>> OpenReader(
      const std::vector<eventlog::Position>& from) override {
    if (away_) return Away();
    absl::StatusOr<std::unique_ptr<eventlog::Reader>> reader = log_.OpenReader(from);
    if (!reader.ok()) return reader.status();
    return std::unique_ptr<eventlog::Reader>(
        std::make_unique<NodeReader>(*this, *std::move(reader)));
  }

 private:
  static constexpr int kNameEvery = 7;

  class NodeReader : public eventlog::Reader {
   public:
    NodeReader(const NodeLog& log, std::unique_ptr<eventlog::Reader> reader)
        : log_(log), reader_(std::move(reader)) {}
    absl::Status Add(const eventlog::Position& from) override {
      return log_.away_ ? Away() : reader_->Add(from);
    }
    absl::StatusOr<std::vector<eventlog::Fetched>> Poll(size_t max_records) override {
      if (log_.away_) return Away();
      return reader_->Poll(max_records);
    }
    void OnReady(std::function<void()> wake) override { reader_->OnReady(std::move(wake)); }

   private:
    const NodeLog& log_;
    const std::unique_ptr<eventlog::Reader> reader_;
  };

  static absl::Status Away() { return absl::UnavailableError("the log is away"); }

  eventlog::EventLog& log_;
  const SeededFault fault_;
  const std::string name_;
  bool away_ = false;
  int appends_ = 0;
};

}  // namespace waymark::simulation
