#include "tests/faults/seeded.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/text.h"
#include "libs/runtime/decider.h"
#include "tests/faults/forgetting.h"
#include "waymark/gateway/v1/journal.pb.h"

namespace waymark::faults {
namespace {

using PassPoint = std::function<void(std::string_view part, std::string_view point)>;

constexpr std::string_view kSplitPoint = "fault.split";
constexpr size_t kNonceBytes = 12;
constexpr uint64_t kLeafEvery = 20;

[[noreturn]] void Die() {
  kill(getpid(), SIGKILL);
  while (true) pause();
}

// How far was read is committed first, what came of it second.
class PositionFirst : public PassingStore {
 public:
  PositionFirst(std::unique_ptr<store::Store> inner, std::string part, PassPoint pass)
      : PassingStore(std::move(inner)), part_(std::move(part)), pass_(std::move(pass)) {}

  absl::Status Commit(const store::WriteBatch& batch) override {
    store::WriteBatch positions, rest;
    for (const store::WriteBatch::Op& op : batch.ops()) {
      const bool position = op.column_family == "rt_meta" &&
                            (op.key.rfind("position", 0) == 0 || op.key.rfind("lane_in", 0) == 0);
      store::WriteBatch& into = position ? positions : rest;
      if (op.kind == store::WriteBatch::Op::Kind::kPut) {
        into.Put(op.column_family, op.key, op.value);
      } else {
        into.Delete(op.column_family, op.key);
      }
    }
    const absl::Status first = inner().Commit(positions);
    if (!first.ok()) return first;
    // Only where something lies between the two.
    const bool torn = !positions.empty() &&
                      std::any_of(rest.ops().begin(), rest.ops().end(),
                                  [](const auto& op) { return op.column_family == "rt_outbox"; });
    if (torn) pass_(part_, kSplitPoint);
    return inner().Commit(rest);
  }

 private:
  const std::string part_;
  const PassPoint pass_;
};

// Every so often a decision is recorded without its leaf.
class LeafLeftOut : public runtime::Service {
 public:
  explicit LeafLeftOut(std::unique_ptr<runtime::Service> inner) : inner_(std::move(inner)) {}

  std::vector<std::string> DomainColumnFamilies() const override {
    return inner_->DomainColumnFamilies();
  }
  absl::StatusOr<runtime::Decision> Decide(const runtime::View& view, const runtime::Input& input,
                                           runtime::Context& context) override {
    absl::StatusOr<runtime::Decision> decision = inner_->Decide(view, input, context);
    if (!decision.ok()) return decision;
    auto& events = decision->events;
    const auto leaf = std::find_if(events.begin(), events.end(), [](const runtime::Event& event) {
      return event.type == gateway::v1::AuditNoted::descriptor()->full_name();
    });
    if (leaf != events.end() && events.size() > 1 && ++seen_ % kLeafEvery == 0) events.erase(leaf);
    return decision;
  }
  absl::Status Evolve(const runtime::View& view, const runtime::Event& event,
                      const runtime::EventContext& context, runtime::Changes& changes) override {
    return inner_->Evolve(view, event, context, changes);
  }

 private:
  std::unique_ptr<runtime::Service> inner_;
  uint64_t seen_ = 0;
};

// Puts a word into a header of what it appends.
class TellingLog : public eventlog::EventLog {
 public:
  TellingLog(eventlog::EventLog& inner, std::string word) : inner_(inner), word_(std::move(word)) {}

  absl::Status EnsureTopic(std::string_view topic, int partitions) override {
    return inner_.EnsureTopic(topic, partitions);
  }
  absl::StatusOr<int> PartitionCount(std::string_view topic) const override {
    return inner_.PartitionCount(topic);
  }
  absl::StatusOr<eventlog::OffsetRange> Range(const eventlog::TopicPartition& at) const override {
    return inner_.Range(at);
  }
  absl::Status Append(const eventlog::TopicPartition& at,
                      const std::vector<eventlog::Record>& records) override {
    std::vector<eventlog::Record> told = records;
    for (eventlog::Record& record : told) record.headers.push_back({"x-about", word_});
    return inner_.Append(at, told);
  }
  absl::StatusOr<std::unique_ptr<eventlog::Reader>> OpenReader(
      const std::vector<eventlog::Position>& from) override {
    return inner_.OpenReader(from);
  }

 private:
  eventlog::EventLog& inner_;
  const std::string word_;
};

// Every nonce is the same.
class OneNonce : public Random {
 public:
  std::string Bytes(size_t count) override {
    if (count == kNonceBytes) return std::string(count, 'n');
    return system_.Bytes(count);
  }

 private:
  SystemRandom system_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Seeded>> Seeded::Make(Plan plan) {
  static const std::set<std::string> kFaults = {
      "no_deduplication", "position_before_state", "answer_before_sync",
      "nonce_reused",     "leaf_left_out",         "name_in_topic",
      "leaf_forgotten",   "reversal_forgotten",    "key_kept"};
  for (const auto& [fault, part] : plan.faults) {
    if (kFaults.count(fault) == 0) {
      return absl::InvalidArgumentError(absl::StrCat("there is no fault ", fault));
    }
  }
  if (const auto lie = plan.faults.find("answer_before_sync"); lie != plan.faults.end()) {
    plan.files.lose_unsynced = plan.files.lie_about_log_syncs = true;
    plan.files_of = lie->second;
  }
  TakeRepeats(plan.faults.count("no_deduplication") != 0);
  KeepKeys(plan.faults.count("key_kept") != 0);
  const bool one_nonce = plan.faults.count("nonce_reused") != 0;
  std::unique_ptr<Seeded> seeded(new Seeded(std::move(plan)));
  if (one_nonce) seeded->random_ = std::make_unique<OneNonce>();
  return seeded;
}

bool Seeded::Has(const std::string& fault, std::string_view part) const {
  const auto found = plan_.faults.find(fault);
  return found != plan_.faults.end() && (found->second == part || found->second == "*");
}

rocksdb::Env* Seeded::FilesOf(std::string_view part) {
  store::FaultyFilesOptions options;
  if (part == plan_.files_of) options = plan_.files;
  options.lose_unsynced = plan_.files.lose_unsynced;
  if (options.fail == store::FaultyFilesOptions::Operation::kNone && !options.lose_unsynced) {
    return nullptr;
  }
  auto& files = files_[std::string(part)];
  if (files == nullptr) files = std::make_unique<store::FaultyFiles>(options);
  return files->env();
}

void Seeded::Pass(std::string_view part, std::string_view point) {
  if (!armed_) return;
  for (size_t i = 0; i < plan_.crashes.size(); ++i) {
    const CrashAt& crash = plan_.crashes[i];
    if (crash.point != point || (crash.part != "*" && crash.part != part)) continue;
    if (++passed_[i] != crash.count) continue;
    std::printf("REACHED %s:%s\n", std::string(part).c_str(), std::string(point).c_str());
    std::fflush(stdout);
    Die();
  }
}

void Seeded::Arm() {
  armed_ = true;
  for (auto& [part, files] : files_) files->Arm();
}

process::Hooks Seeded::Hooks() {
  process::Hooks hooks;
  hooks.files = [this](std::string_view part) { return FilesOf(part); };
  hooks.crash_point = [this](std::string_view part, std::string_view point) { Pass(part, point); };
  hooks.random = random_.get();
  hooks.wrap_store = [this](std::string_view part, std::unique_ptr<store::Store> inner) {
    if (Has("leaf_forgotten", part)) return MakeLeafForgetting(std::move(inner));
    if (Has("reversal_forgotten", part)) return MakeReversalForgetting(std::move(inner));
    if (!Has("position_before_state", part)) return inner;
    return std::unique_ptr<store::Store>(std::make_unique<PositionFirst>(
        std::move(inner), std::string(part),
        [this](std::string_view at, std::string_view point) { Pass(at, point); }));
  };
  hooks.wrap_service = [this](std::string_view part, std::unique_ptr<runtime::Service> inner) {
    if (!Has("leaf_left_out", part)) return inner;
    return std::unique_ptr<runtime::Service>(std::make_unique<LeafLeftOut>(std::move(inner)));
  };
  hooks.wrap_log = [this](std::string_view part, eventlog::EventLog& log) {
    std::unique_ptr<eventlog::EventLog> telling;
    if (Has("name_in_topic", part)) telling = std::make_unique<TellingLog>(log, plan_.word);
    return telling;
  };
  return hooks;
}

}  // namespace waymark::faults
