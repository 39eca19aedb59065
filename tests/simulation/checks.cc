#include "tests/simulation/checks.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "libs/base/check.h"
#include "libs/base/text.h"
#include "libs/config/all_topics.h"
#include "libs/config/topics.h"
#include "libs/rpc/errors.h"
#include "tests/simulation/people.h"
#include "waymark/gateway/v1/outbound.pb.h"
#include "waymark/intake/v1/events.pb.h"

namespace waymark::simulation {
namespace {

// An incident in one of its revisions.
using Version = std::pair<std::string, uint32_t>;

// Alarms that say that something was lost or cannot go on.
const std::vector<std::string> kNever = {"lane_records_lost", "journal_cut", "effect_dead_end",
                                         "agreements_not_activated"};
// Alarms that must be gone once all has healed.
const std::vector<std::string> kNotNow = {"lane_gap_unrepaired", "dead_letter", "clock_jump",
                                          "outbox_blocked"};

template <class Message>
std::map<Version, int> Count(const std::vector<Message>& messages) {
  std::map<Version, int> counts;
  for (const Message& message : messages) ++counts[{message.incident_id(), message.revision()}];
  return counts;
}

// A record may be missing where the log lost the end of a partition: then its reader had taken it.
// `untold`: reports that may be there though their client was told otherwise.
void Compare(Judge& judge, const std::set<Version>& expected, const std::map<Version, int>& found,
             int untold, const eventlog::TopicPartition& at) {
  const std::string where = "on " + at.topic;
  const bool may_miss = judge.lost_tails.count(at) != 0;
  for (const Version& one : expected) {
    const auto it = found.find(one);
    const int times = it == found.end() ? 0 : it->second;
    if (times != 1 && !(times == 0 && may_miss)) {
      judge.Say("incident ", one.first, " revision ", one.second, " was acknowledged and is ",
                times, " times ", where);
    }
  }
  for (const auto& [one, times] : found) {
    if (expected.count(one) == 0 && untold-- <= 0) {
      judge.Say("incident ", one.first, " revision ", one.second, " is ", where,
                " and nobody was told so");
    }
  }
}

// A report whose answer was lost, and whose person was erased before it was asked again.
bool WasErasedMeanwhile(const Request& request) {
  if (request.path != kPublish || request.asked < 2 || !request.settled() || request.ok()) {
    return false;
  }
  const std::vector<Problem> problems = rpc::ProblemsFrom(request.answer->status());
  return std::any_of(problems.begin(), problems.end(),
                     [](const Problem& problem) { return problem.code == "erased"; });
}

using Rows = std::map<std::string, std::map<std::string, std::string>>;  // by column family

Rows RowsOf(Node& node) {
  Rows rows;
  for (const std::string& family : node.MakeService()->DomainColumnFamilies()) {
    const absl::Status scanned =
        node.disk().Scan(family, "", "", [&](std::string_view key, std::string_view value) {
          rows[family].emplace(key, value);
          return true;
        });
    WM_CHECK(scanned.ok(), scanned.ToString());
  }
  return rows;
}

std::string Differing(const Rows& before, const Rows& after) {
  std::string families;
  for (const Rows* rows : {&before, &after}) {
    for (const auto& [family, all] : *rows) {
      const auto& other = rows == &before ? after : before;
      const auto found = other.find(family);
      size_t alone = 0;
      for (const auto& row : all) {
        const bool same = found != other.end() && found->second.count(row.first) != 0 &&
                          found->second.at(row.first) == row.second;
        alone += same ? 0 : 1;
      }
      if (alone > 0) {
        absl::StrAppend(&families, " ", alone, rows == &before ? " lost in " : " new in ", family);
      }
    }
  }
  return families;
}

bool Reads(const Node& node, const eventlog::TopicPartition& at) {
  const auto shards = node.Config().shards;
  return std::any_of(shards.begin(), shards.end(), [&](const runtime::ShardConfig& shard) {
    return std::find(shard.inputs.begin(), shard.inputs.end(), at) != shard.inputs.end();
  });
}

void CheckReceiver(Judge& judge, const Node& source, const runtime::OutboxStatus& sent,
                   Node& reader) {
  const auto lanes = reader.runtime().Lanes();
  if (!lanes.ok()) return judge.Say(reader.name(), ": ", lanes.status().ToString());
  for (const runtime::LaneStatus& lane : *lanes) {
    if (lane.source != source.name() || lane.lane != sent.lane) continue;
    if (lane.stopped || lane.last_seq != sent.last_seq) {
      judge.Say(reader.name(), " has taken ", lane.last_seq, " of ", sent.last_seq,
                " records of lane ", sent.lane, lane.stopped ? " and stands still" : "");
    }
    return;
  }
  if (sent.last_seq > 0) judge.Say(reader.name(), " has taken nothing of lane ", sent.lane);
}

// Where in `text` somebody is named: a word of people.h, "" when nobody is.
std::string CanaryIn(std::string_view text) {
  const std::string lower = absl::AsciiStrToLower(ToAbsl(text));
  for (const std::string& canary : Canaries()) {
    if (lower.find(canary) != std::string::npos) return canary;
  }
  return "";
}

}  // namespace

eventlog::TopicPartition Judge::Core(std::string_view topic) const {
  return {std::string(topic),
          config::CorePartition(kPartnership, partnership.directory().core_partitions)};
}

std::vector<runtime::CloudEvent> Judge::Records(const eventlog::TopicPartition& at) const {
  std::map<std::pair<std::string, uint64_t>, runtime::CloudEvent> all;
  for (const eventlog::Record& record : world.log.Records(at)) {
    absl::StatusOr<runtime::CloudEvent> event = runtime::FromRecord(record);
    if (!event.ok()) {
      violations.push_back(absl::StrCat("a record of ", eventlog::ToString(at), " is malformed"));
      continue;
    }
    if (absl::StartsWith(event->type, ToAbsl(runtime::kReservedTypes))) continue;
    const std::pair<std::string, uint64_t> place{event->lane, event->seq};
    const auto [known, fresh] = all.emplace(place, *event);
    if (!fresh && (known->second.id != event->id || known->second.payload != event->payload)) {
      violations.push_back(
          absl::StrCat("two different records are number ", event->seq, " of lane ", event->lane));
    }
  }
  std::vector<runtime::CloudEvent> records;
  for (auto& [place, event] : all) records.push_back(std::move(event));
  return records;
}

void CheckAnswers(Judge& judge) {
  std::map<std::string, std::set<Version>> by_agency;
  std::set<Version> all;
  std::map<std::string, std::string> ids;  // by agency and reference
  std::map<std::string, int> untold;       // by agency
  for (const Request& request : judge.clients.book().requests) {
    gateway::v1::PublishIncidentRequest asked;
    gateway::v1::PublishIncidentResponse told;
    if (WasErasedMeanwhile(request)) ++untold[request.agency], ++untold[""];
    if (request.path != kPublish || !request.ok()) continue;
    if (!asked.ParseFromString(request.bytes) || !told.ParseFromString(**request.answer)) {
      judge.Say("request ", request.number, " or its answer cannot be read");
      continue;
    }
    const std::string& id = told.receipt().incident_id();
    const Version version{id, asked.incident().revision()};
    by_agency[request.agency].insert(version);
    if (!all.insert(version).second) judge.Say("two reports became one: incident ", id);
    const auto [known, fresh] = ids.emplace(request.agency + " " + request.about, id);
    if (!fresh && known->second != id) {
      judge.Say("reference ", request.about, " is two incidents: ", known->second, " and ", id);
    }
  }
  for (const std::string& agency : judge.partnership.agencies()) {
    const eventlog::TopicPartition out{config::MemberOutTopic(kPartnership, agency), 0};
    Compare(judge, by_agency[agency], Count(judge.Messages<gateway::v1::IncidentReported>(out)),
            untold[agency], out);
  }
  const eventlog::TopicPartition linked = judge.Core(config::kIntakeTopic);
  Compare(judge, all, Count(judge.Messages<intake::v1::IncidentLinked>(linked)), untold[""],
          linked);
}

void CheckLanes(Judge& judge) {
  for (Node* source : judge.partnership.nodes()) {
    for (const runtime::OutboxStatus& sent : source->runtime().Outbox()) {
      if (sent.acked_seq != sent.last_seq) {
        judge.Say(source->name(), " has published ", sent.acked_seq, " of ", sent.last_seq,
                  " records of lane ", sent.lane);
      }
      for (Node* reader : judge.partnership.nodes()) {
        if (Reads(*reader, sent.to)) CheckReceiver(judge, *source, sent, *reader);
      }
    }
  }
}

void CheckFolds(Judge& judge) {
  for (const char* service : {"intake", "risk", "casemgr"}) {
    Node& node = judge.partnership.core(service);
    // A start completes the journal where the log had lost of it.
    node.Die("the end of the run");
    absl::Status started = node.Restart();
    if (!started.ok()) return judge.Say(service, " does not start: ", started.ToString());
    judge.partnership.RunUntilIdle();
    const absl::StatusOr<std::string> before = node.runtime().Digest(judge.partnership.CoreShard());
    const auto rows = RowsOf(node);
    node.LoseDisk();
    started = node.Start(Node::How::kRebuild);
    if (!started.ok()) return judge.Say(service, " cannot be rebuilt: ", started.ToString());
    const absl::StatusOr<std::string> after = node.runtime().Digest(judge.partnership.CoreShard());
    if (!before.ok() || !after.ok() || *before != *after) {
      judge.Say(service, " has another state when it is folded from its journal: ",
                Differing(rows, RowsOf(node)));
    }
  }
}

void CheckCanaries(Judge& judge) {
  for (Node* node : judge.partnership.nodes()) {
    for (const std::string& family : node->Families()) {
      const absl::Status scanned =
          node->disk().Scan(family, "", "", [&](std::string_view key, std::string_view value) {
            const std::string canary = CanaryIn(key).empty() ? CanaryIn(value) : CanaryIn(key);
            if (!canary.empty()) {
              judge.Say("somebody is named (", canary, ") in ", family, " of ", node->name());
            }
            return canary.empty();
          });
      if (!scanned.ok()) judge.Say(node->name(), ": ", scanned.ToString());
    }
    for (const telemetry::Alarm& alarm : node->alarms().Raised()) {
      if (CanaryIn(alarm.subject + alarm.detail).empty()) continue;
      judge.Say("somebody is named in alarm ", alarm.code, " of ", node->name());
    }
  }
  for (const auto& [topic, partitions] : config::AllTopics(judge.partnership.directory())) {
    for (int partition = 0; partition < partitions; ++partition) {
      for (const eventlog::Record& record : judge.world.log.Records({topic, partition})) {
        std::string text = absl::StrCat(record.key, "\n", record.value);
        for (const eventlog::Header& header : record.headers) {
          absl::StrAppend(&text, "\n", header.value);
        }
        const std::string canary = CanaryIn(text);
        if (!canary.empty()) return judge.Say("somebody is named (", canary, ") on ", topic);
      }
    }
  }
}

void CheckHealth(Judge& judge) {
  for (Node* node : judge.partnership.nodes()) {
    if (!node->up() || !node->runtime().healthy()) {
      judge.Say(node->name(), " is not healthy");
      continue;
    }
    for (const std::string& code : kNever) {
      if (node->alarms().ever().count(code) != 0) judge.Say(node->name(), " raised ", code);
    }
    for (const std::string& code : kNotNow) {
      if (node->alarms().IsRaised(code)) judge.Say(node->name(), " still raises ", code);
    }
    const runtime::RuntimeConfig config = node->Config();
    for (const runtime::ShardConfig& shard : config.shards) {
      const auto letters = node->runtime().DeadLetters(shard.id);
      if (!letters.ok()) judge.Say(node->name(), ": ", letters.status().ToString());
      if (!letters.ok() || letters->empty()) continue;
      judge.Say(node->name(), " has parked an input: ", letters->front().reason, ", ",
                letters->front().type, ", ", letters->front().detail);
    }
  }
}

void CheckEverything(Judge& judge) {
  for (void (*check)(Judge&) : {CheckWitnesses, CheckHealth, CheckLanes, CheckAnswers, CheckAlerts,
                                CheckClocks, CheckOverrides, CheckDisclosures, CheckErasures,
                                CheckAuditLogs, CheckCanaries, CheckFolds}) {
    check(judge);
    if (!judge.violations.empty()) return;
  }
}

}  // namespace waymark::simulation
