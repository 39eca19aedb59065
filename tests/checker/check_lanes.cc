#include <set>
#include <tuple>

#include "tests/checker/bytes.h"
#include "tests/checker/checks.h"

namespace checker {
namespace {

constexpr char kLaneOpened[] = "waymark.runtime.LaneOpened";
constexpr int kInvariant = 2;

struct Lane {
  std::string source, name, topic;
  int partition = 0;
  bool from_the_start = true;  // retention has removed nothing
  std::map<uint64_t, const Record*> records;
  uint64_t epoch = 0, base = 0;
  uint64_t last() const { return records.empty() ? base : records.rbegin()->first; }
};

// By (source, lane).
using Lanes = std::map<std::pair<std::string, std::string>, Lane>;

void TakeRecord(const Record& record, Lane& lane, Report& report) {
  const std::string subject = record.source + " " + record.lane;
  if (record.epoch < lane.epoch && record.seq > lane.base) {
    report.Add(kInvariant, "epoch_went_back", subject,
               record.Where() + " is of epoch " + std::to_string(record.epoch) + " after one of " +
                   std::to_string(lane.epoch));
  }
  if (record.epoch > lane.epoch) {
    lane.epoch = record.epoch;
    lane.base = record.base;
  }
  if (record.type == kLaneOpened) return;
  const auto [held, is_new] = lane.records.emplace(record.seq, &record);
  if (is_new) return;
  const Record& before = *held->second;
  if (before.id != record.id || before.type != record.type || before.value != record.value) {
    report.Add(kInvariant, "lane_forked", subject,
               "seq " + std::to_string(record.seq) + " is " + before.type + " at " +
                   before.Where() + " and " + record.type + " with other content at " +
                   record.Where());
  }
}

void CheckGaps(const Lane& lane, Report& report) {
  uint64_t wanted =
      lane.from_the_start ? 1 : (lane.records.empty() ? 1 : lane.records.begin()->first);
  for (const auto& [seq, record] : lane.records) {
    if (seq != wanted) {
      report.Add(kInvariant, "lane_gap", lane.source + " " + lane.name,
                 "after seq " + std::to_string(wanted - 1) + " comes " + std::to_string(seq) +
                     " (" + record->Where() + ")");
    }
    wanted = seq + 1;
  }
}

void CheckIds(const Lane& lane, Report& report) {
  std::map<std::string, uint64_t> seqs;
  for (const auto& [seq, record] : lane.records) {
    const auto [held, is_new] = seqs.emplace(record->id, seq);
    if (is_new) continue;
    report.Add(kInvariant, "published_twice", lane.source + " " + lane.name,
               "record " + record->id + " stands under seq " + std::to_string(held->second) +
                   " and " + std::to_string(seq));
  }
}

Lanes ReadLanes(const World& world, Report& report) {
  Lanes lanes;
  for (const auto& [topic, partitions] : world.log) {
    for (const auto& [number, partition] : partitions) {
      for (const Record& record : partition.records) {
        Lane& lane = lanes[{record.source, record.lane}];
        lane.source = record.source;
        lane.name = record.lane;
        lane.topic = topic;
        lane.partition = number;
        lane.from_the_start = partition.oldest == 0;
        TakeRecord(record, lane, report);
      }
    }
  }
  for (const auto& [id, lane] : lanes) {
    CheckGaps(lane, report);
    CheckIds(lane, report);
    report.Count("lanes");
    report.Count("records", lane.records.size());
  }
  return lanes;
}

void CheckReceiver(const Store& store, KeyParts key, const std::string& row, const Lanes& lanes,
                   bool settled, Report& report) {
  key.Text();  // the shard
  const std::string source = key.Text(), name = key.Text();
  RowParts parts(row);
  parts.Number();  // epoch
  parts.Number();  // base
  const uint64_t last = parts.Number();
  const bool stopped = parts.Number() != 0;
  const std::string subject = store.name + " reads " + source + " " + name;
  report.Count("lanes read");
  const auto lane = lanes.find({source, name});
  const uint64_t there = lane == lanes.end() ? 0 : lane->second.last();
  if (stopped) {
    report.Add(kInvariant, "lane_stopped", subject, "after seq " + std::to_string(last));
  }
  if (last > there) {
    report.Add(
        kInvariant, "taken_but_not_in_log", subject,
        "seq " + std::to_string(last) + " was taken, the log ends at " + std::to_string(there));
  }
  if (settled && last < there) {
    report.Add(kInvariant, "lane_behind", subject,
               "seq " + std::to_string(last) + " of " + std::to_string(there));
  }
}

void CheckSender(const Store& store, KeyParts key, const std::string& row, const Lanes& lanes,
                 const std::string& source, bool settled, Report& report) {
  key.Text();  // the shard
  const std::string name = key.Text();
  RowParts parts(row);
  parts.Text();    // topic
  parts.Number();  // partition
  parts.Number();  // epoch
  parts.Number();  // base
  const uint64_t last = parts.Number();
  const std::string subject = store.name + " writes " + name;
  report.Count("lanes written");
  const auto lane = lanes.find({source, name});
  const uint64_t there = lane == lanes.end() ? 0 : lane->second.last();
  if (there > last) {
    report.Add(kInvariant, "published_but_not_in_store", subject,
               "the log holds seq " + std::to_string(there) + ", the store knows of " +
                   std::to_string(last) + ": what was published was lost here");
  }
  if (settled && there < last) {
    report.Add(kInvariant, "unpublished", subject,
               "the store allocated seq " + std::to_string(last) + ", the log ends at " +
                   std::to_string(there));
  }
}

void CheckPosition(const Store& store, KeyParts key, const std::string& row, const World& world,
                   bool settled, Report& report) {
  const std::string topic = key.Text();
  const int number = static_cast<int>(key.Number());
  const auto offset = static_cast<int64_t>(KeyParts(row).Number());
  int64_t end = 0;
  const auto partitions = world.log.find(topic);
  if (partitions != world.log.end()) {
    const auto partition = partitions->second.find(number);
    if (partition != partitions->second.end()) end = partition->second.end;
  }
  const std::string subject = store.name + " at " + topic + "/" + std::to_string(number);
  if (offset > end) {
    report.Add(kInvariant, "position_past_end", subject,
               std::to_string(offset) + ", the log ends at " + std::to_string(end));
  }
  if (settled && offset < end) {
    report.Add(kInvariant, "input_waiting", subject,
               std::to_string(offset) + " of " + std::to_string(end));
  }
}

void CheckOutbox(const Store& store, const std::string& source, const Lanes& lanes,
                 Report& report) {
  for (const auto& [key, row] : store.Rows("rt_outbox")) {
    KeyParts parts(key);
    const std::string name = parts.Text();
    const uint64_t seq = parts.Number();
    const auto lane = lanes.find({source, name});
    if (lane == lanes.end()) continue;
    const auto record = lane->second.records.find(seq);
    if (record == lane->second.records.end()) continue;
    RowParts fields(row);
    fields.Number();  // epoch
    fields.Number();  // base
    const std::string id = fields.Text(), type = fields.Text(), payload = fields.Text();
    report.Count("outbox rows");
    if (record->second->id == id && record->second->value == payload) continue;
    report.Add(kInvariant, "outbox_differs", store.name + " writes " + name,
               "seq " + std::to_string(seq) + " is " + type + " in the store and " +
                   record->second->type + " at " + record->second->Where());
  }
}

}  // namespace

void CheckLanes(const World& world, const Book& book, Report& report) {
  const Lanes lanes = ReadLanes(world, report);
  for (const auto& [name, store] : world.stores) {
    std::string source;
    for (const auto& [key, row] : store.Rows("rt_meta")) {
      KeyParts parts(key);
      if (parts.Text() == "source") source = row;
    }
    for (const auto& [key, row] : store.Rows("rt_meta")) {
      KeyParts parts(key);
      const std::string word = parts.Text();
      if (word == "lane_in") CheckReceiver(store, parts, row, lanes, book.settled, report);
      if (word == "lane_out") CheckSender(store, parts, row, lanes, source, book.settled, report);
      if (word == "position") CheckPosition(store, parts, row, world, book.settled, report);
    }
    CheckOutbox(store, source, lanes, report);
    for (const auto& [key, row] : store.Rows("rt_dead")) {
      RowParts fields(row);
      const std::string reason = fields.Text();
      report.Add(kInvariant, "dead_letter", name, reason + ": " + fields.Text());
    }
  }
}

}  // namespace checker
