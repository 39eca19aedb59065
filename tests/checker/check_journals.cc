#include <functional>
#include <set>

#include "tests/checker/bytes.h"
#include "tests/checker/checks.h"
#include "tests/checker/messages.h"
#include "waymark/casemgr/v1/events.pb.h"
#include "waymark/gateway/v1/outbound.pb.h"
#include "waymark/intake/v1/events.pb.h"
#include "waymark/risk/v1/events.pb.h"

namespace checker {
namespace {

// What one input became: which of its events stand under which seq.
struct Decided {
  uint64_t count = 0;
  std::map<uint64_t, std::set<uint64_t>> seqs;  // number of the event to the seqs it has
  const Record* first = nullptr;
};

std::vector<const Record*> Journal(const World& world, const std::string& service) {
  std::map<uint64_t, const Record*> records;
  const auto topic = world.log.find("waymark." + service + ".v1");
  if (topic == world.log.end()) return {};
  for (const auto& [number, partition] : topic->second) {
    for (const Record& record : partition.records) {
      if (!record.cause.empty()) records.emplace(record.seq, &record);
    }
  }
  std::vector<const Record*> all;
  for (const auto& [seq, record] : records) all.push_back(record);
  return all;
}

void CheckTimer(const std::string& service, const Record& record, const Cause& cause,
                Report& report) {
  if (cause.kind != Cause::Kind::kTimer) return;
  report.Count("timers fired");
  if (ParseTime(record.time) >= cause.due) return;
  report.Add(9, "timer_early", service,
             cause.timer + " was due at " + std::to_string(cause.due) + ", " + record.Where() +
                 " is of " + record.time);
}

void CheckCauses(const World& world, const std::string& service, Report& report) {
  std::map<std::string, Decided> inputs;
  for (const Record* record : Journal(world, service)) {
    const Cause cause = ParseCause(record->cause);
    if (cause.kind == Cause::Kind::kBroken) {
      report.Add(2, "cause_unreadable", service, record->Where());
      continue;
    }
    CheckTimer(service, *record, cause, report);
    const std::string identity = cause.Identity();
    if (identity.empty()) continue;
    Decided& decided = inputs[identity];
    decided.count = cause.count;
    decided.seqs[cause.number].insert(record->seq);
    if (decided.first == nullptr) decided.first = record;
  }
  report.Count("decisions in journals", inputs.size());
  for (const auto& [identity, decided] : inputs) {
    bool twice = false;
    for (const auto& [number, seqs] : decided.seqs) twice = twice || seqs.size() > 1;
    if (twice) {
      report.Add(
          2, "decided_twice", service,
          identity + " led to its events more than once, first at " + decided.first->Where());
    }
    if (decided.seqs.size() != decided.count) {
      report.Add(2, "decision_torn", service,
                 identity + ": " + std::to_string(decided.seqs.size()) + " of " +
                     std::to_string(decided.count) + " events are in the journal");
    }
  }
}

// (incident, revision) of every distinct record of a type.
template <class Message>
std::map<std::string, size_t> Incidents(const std::vector<const Record*>& records) {
  std::map<std::string, size_t> found;
  for (const Record* record : records) {
    Message message;
    if (!message.ParseFromString(record->value)) continue;
    ++found["incident " + message.incident_id() + " revision " +
            std::to_string(message.revision())];
  }
  return found;
}

std::vector<const Record*> OfType(const std::vector<const Record*>& records,
                                  std::string_view type) {
  std::vector<const Record*> found;
  for (const Record* record : records) {
    if (record->type == type) found.push_back(record);
  }
  return found;
}

// What was told to `service` against what it made of it, each exactly once.
void Compare(const std::string& service, const std::map<std::string, size_t>& told,
             const std::map<std::string, size_t>& made, bool settled, Report& report) {
  report.Count("incidents to " + service, told.size());
  for (const auto& [what, times] : told) {
    if (settled && made.find(what) == made.end()) {
      report.Add(2, "input_lost", service, what + " was told to it and is not in its journal");
    }
  }
  for (const auto& [what, times] : made) {
    if (times > 1) {
      report.Add(2, "applied_twice", service,
                 what + " is in its journal " + std::to_string(times) + " times");
    }
    if (told.find(what) == told.end()) {
      report.Add(2, "effect_without_cause", service, what + " was never told to it");
    }
  }
}

// Records that always lead to an event, each to a decision of its own.
void CheckConsumed(const World& world, const std::string& service, const std::string& type,
                   Report& report) {
  std::set<std::string> decided;
  for (const Record* record : Journal(world, service)) {
    decided.insert(ParseCause(record->cause).Identity());
  }
  for (const Record* record : RecordsOf(world, "waymark.member.", ".out.v1", type)) {
    Cause cause;
    cause.kind = Cause::Kind::kRecord;
    cause.source = record->source;
    cause.lane = record->lane;
    cause.seq = record->seq;
    report.Count("records of members");
    if (decided.count(cause.Identity()) != 0) continue;
    report.Add(2, "input_lost", service, type + " at " + record->Where() + " led to nothing");
  }
}

void CheckOverdue(const Store& store, Report& report) {
  int64_t now = 0;
  for (const auto& [key, row] : store.Rows("rt_meta")) {
    if (KeyParts(key).Text() == "now") now = RowParts(row).Micros();
  }
  for (const auto& [key, row] : store.Rows("rt_timers")) {
    KeyParts parts(key);
    parts.Text();  // the shard
    if (parts.Text() != "due") continue;
    RowParts fields(row);
    const std::string id = fields.Text();
    const int64_t due = fields.Micros();
    report.Count("timers armed");
    if (due >= now) continue;
    report.Add(9, "timer_overdue", store.name,
               id + " was due at " + std::to_string(due) + ", the last batch was at " +
                   std::to_string(now));
  }
}

}  // namespace

void CheckJournals(const World& world, const Book& book, Report& report) {
  using waymark::casemgr::v1::IncidentNoted;
  using waymark::gateway::v1::IncidentReported;
  using waymark::intake::v1::IncidentLinked;
  using waymark::risk::v1::HistoryNoted;
  for (const char* service : {"intake", "risk", "casemgr"}) CheckCauses(world, service, report);
  const auto reported = Incidents<IncidentReported>(
      RecordsOf(world, "waymark.member.", ".out.v1", "waymark.gateway.v1.IncidentReported"));
  const auto linked = Incidents<IncidentLinked>(
      OfType(Journal(world, "intake"), "waymark.intake.v1.IncidentLinked"));
  Compare("intake", reported, linked, book.settled, report);
  Compare("risk", linked,
          Incidents<HistoryNoted>(OfType(Journal(world, "risk"), "waymark.risk.v1.HistoryNoted")),
          book.settled, report);
  Compare("casemgr", linked,
          Incidents<IncidentNoted>(
              OfType(Journal(world, "casemgr"), "waymark.casemgr.v1.IncidentNoted")),
          book.settled, report);
  if (!book.settled) return;
  CheckConsumed(world, "intake", "waymark.gateway.v1.StockRegistered", report);
  CheckConsumed(world, "intake", "waymark.gateway.v1.VictimAssessed", report);
  for (const auto& [name, store] : world.stores) CheckOverdue(store, report);
}

void CompareStores(const Store& one, const Store& other, Report& report) {
  for (const Store* store : {&one, &other}) {
    for (const auto& [family, rows] : store->families) {
      if (family.starts_with("rt_") || family == "default") continue;
      report.Count("rows compared", rows.size());
    }
  }
  const auto missing = [&](const Store& from, const Store& in) {
    for (const auto& [family, rows] : from.families) {
      if (family.starts_with("rt_") || family == "default") continue;
      const Family& others = in.Rows(family);
      size_t differ = 0;
      for (const auto& [key, value] : rows) {
        const auto found = others.find(key);
        if (found == others.end() || found->second != value) ++differ;
      }
      if (differ == 0) continue;
      report.Add(3, "state_is_not_the_fold", from.path,
                 std::to_string(differ) + " of " + std::to_string(rows.size()) + " rows of " +
                     family + " are missing or other in " + in.path);
    }
  };
  missing(one, other);
  missing(other, one);
}

}  // namespace checker
