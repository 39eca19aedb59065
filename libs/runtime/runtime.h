// The engine of every Waymark service: it drives a decider (decider.h) over a store and an event
// log, so that each input takes effect exactly once on state. README.md tells how.
//
//   Runtime runtime(config, {.store = store, .log = log, ...});
//   WM_RETURN_IF_ERROR(runtime.Open());
//   runtime.Start();                       // or call Step() again and again, without threads
//   runtime.Submit("7", {.principal = ..., .method = ..., .payload = ..., .on_reply = ...});
//   runtime.Stop(absl::Seconds(10));
//
// Threads: Submit, Read, Republish, and everything const may be called from any thread once Open
// has returned. Open, Rebuild, Step, Start and Stop belong to one thread; Step and Start exclude
// each other.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/base/clock.h"
#include "libs/eventlog/event_log.h"
#include "libs/runtime/decider.h"
#include "libs/runtime/ports.h"
#include "libs/store/store.h"
#include "libs/telemetry/alarms.h"
#include "libs/telemetry/metrics.h"

namespace waymark::runtime {

// The runtime's own column families; the store must be opened with these and the service's.
std::vector<std::string> RuntimeColumnFamilies();

struct ShardConfig {
  std::string id;  // never changes for the life of a store: "7", "fenland/police"
  // Partitions read by this shard; no partition is read by two shards.
  std::vector<eventlog::TopicPartition> inputs;
  // Where each event of this shard goes; nullopt keeps no journal (a gateway), and such a shard
  // cannot be rebuilt.
  std::optional<eventlog::TopicPartition> journal;
};

struct Limits {
  size_t waiting_commands_max = 10'000;  // per worker; more are refused RESOURCE_EXHAUSTED
  size_t batch_inputs_max = 1'000;
  absl::Duration outbox_retention = absl::Hours(24 * 7);  // rows stay this long after their ack, up
                                                          // to twice as long
  absl::Duration reply_retention = absl::Hours(24 * 7);   // replies to idempotent commands
  absl::Duration effect_backoff_first = absl::Seconds(1);
  absl::Duration effect_backoff_max = absl::Minutes(10);
  uint64_t effect_attempts_max = 20;   // then it is a dead end
  size_t effects_in_flight_max = 256;  // handed to the performer and not done; per worker
  absl::Duration lane_ask_first =
      absl::Seconds(1);  // between two questions about one gap, doubling
  absl::Duration lane_ask_max = absl::Minutes(1);
  absl::Duration relay_backoff_max = absl::Seconds(5);
  absl::Duration clock_jump_max = absl::Minutes(2);
};

// When a command is answered.
enum class Ack {
  kLocal,       // after the synced batch
  kReplicated,  // after the event log has acknowledged everything the command wrote
};

struct RuntimeConfig {
  // The name under which this process publishes (ce_source): "intake", "gateway/fenland/police".
  // It never changes for the life of a store. [a-z0-9/._-]+
  std::string source;
  std::vector<ShardConfig> shards;
  // Every topic read or journalled to, with the number of its partitions. Recorded at the first
  // start; another number later stops the start.
  std::map<std::string, int> topics;
  // Topics that only core services touch: records on them are neither signed nor verified. All
  // other topics are.
  std::set<std::string> core_topics;
  int workers = 1;  // threads of Start(); shards are dealt out in turn
  Ack ack = Ack::kLocal;
  // What a request was is kept as an HMAC under this key, so that nobody can guess a request of
  // which personal data is part from the store alone. Kept outside the store; it never changes for
  // the life of a store. "" where requests hold no personal data.
  std::string request_digest_key;
  Limits limits;
};

// All must outlive the runtime.
struct RuntimeDeps {
  store::Store& store;
  eventlog::EventLog& log;
  Service& service;
  EffectPerformer& effects;
  RecordSigner& signer;
  RecordVerifier& verifier;
  LaneRepair& repair;
  Clock& clock;
  telemetry::Alarms& alarms;
  // Called with the name of each point at which a crash is interesting: "batch.decided",
  // "batch.committed", "relay.appended", "effect.performed", ... For tests; may be empty.
  std::function<void(std::string_view name)> crash_point = nullptr;
  // Where the runtime counts (stats.h); nullptr: nowhere.
  telemetry::Metrics* metrics = nullptr;
};

struct Command {
  std::string principal;  // authenticated
  std::string method;
  // "" for reads and for what may happen twice. Otherwise (principal, method, key) happens once: a
  // repeat with the same payload gets the stored reply for seven days, with another payload the
  // refusal AlreadyExists. A refused command stores nothing.
  std::string key;
  std::string payload;
  std::string traceparent;
  // Called exactly once, by the executor or by the caller of Submit or Stop; must be quick and may
  // Submit again. Refusals of the runtime itself: ResourceExhausted (too many wait), Unavailable
  // (store failed, stopping: the command may or may not have happened), NotFound (no such shard).
  std::function<void(absl::StatusOr<std::string>)> on_reply;
  // What a repeat must have in common with the first; "": the payload. For a payload that also says
  // how the request came (a caller's token), which differs when it comes again.
  std::string same_as = {};
};

struct StepReport {
  size_t taken = 0;   // records, commands, outcomes and answers, decided or not
  size_t inputs = 0;  // decided
  size_t events = 0;
  size_t published = 0;  // records acknowledged by the log
  size_t effects = 0;    // handed to the performer
  size_t asked = 0;      // sources asked to publish again
  // When the runtime next has something to do by itself; InfiniteFuture when only an input, a log
  // or an effect's outcome can wake it.
  absl::Time next_due = absl::InfiniteFuture();
  bool idle() const { return taken + inputs + events + published + effects + asked == 0; }
};

struct DeadLetter {
  std::string shard;
  uint64_t number = 0;
  std::string reason;  // "bad_signature", "malformed_record", "older_epoch", "undecidable"
  std::string detail;
  absl::Time at;
  std::optional<eventlog::TopicPartition> from;  // of a record, with its offset
  int64_t offset = 0;
  eventlog::Record record;  // of a record: the original bytes
  std::string type;
};

// What a receiver knows of one lane.
struct LaneStatus {
  std::string shard, source, lane;
  uint64_t epoch = 0;
  uint64_t last_seq = 0;
  bool stopped = false;  // a gap: nothing is taken until the source has published again
};

// What a source knows of one lane.
struct OutboxStatus {
  std::string shard, lane;
  eventlog::TopicPartition to;
  uint64_t epoch = 0;
  uint64_t last_seq = 0;
  uint64_t acked_seq = 0;
};

class Runtime {
 public:
  Runtime(RuntimeConfig config, RuntimeDeps deps);
  ~Runtime();  // stops at once when it was not stopped

  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  // Checks the configuration, the partition counts, the store's layout version and that the store
  // is not older than its journal; reads what is pending. FailedPrecondition says what is wrong and
  // what to do.
  absl::Status Open();

  // In place of Open(), on an empty store: folds the journal of every shard into it, restores
  // positions, replies, outbox rows, timers and effects without publishing or performing anything,
  // then opens a new epoch on every lane. What had not reached the journal is gone.
  absl::Status Rebuild();

  // In place of Open(), on a store restored from a checkpoint (a gateway): opens a new epoch on
  // every lane, so that receivers who hold more than this store knows say so.
  absl::Status OpenRestored();

  // `on_reply` is always called; see Command.
  void Submit(std::string_view shard, Command command);

  // Takes what waits (bounded), decides it, commits one batch, answers, publishes. An error is
  // final: healthy() is false from then on.
  absl::StatusOr<StepReport> Step();

  // Runs the same from threads: one for each worker and one that publishes.
  absl::Status Start();
  // Takes no more commands, finishes what waits, publishes what it can within `deadline`.
  void Stop(absl::Duration deadline);

  // False once the store or a decider has failed: nothing is acknowledged any more and the process
  // should exit.
  bool healthy() const;
  absl::Status failure() const;

  // Reads the committed state of a shard; `read` runs on the calling thread. The view must not be
  // kept. Several reads inside one call may see different batches. NotFound: no such shard.
  absl::Status Read(std::string_view shard, const std::function<void(const View&)>& read) const;

  // Publishes the rows of `lane` from `from_seq` on once more, when a receiver asks (LaneRepair).
  // NotFound: not a lane of this process; OutOfRange: a row is older than the retention period.
  absl::Status Republish(std::string_view lane, uint64_t from_seq);

  // Operators' calls; each is carried out by the next batch. NotFound when there is no such thing.
  absl::StatusOr<std::vector<DeadLetter>> DeadLetters(std::string_view shard) const;
  // Takes the dead letter as an input once more; it is gone, or parked again under a new number.
  absl::Status ReplayDeadLetter(std::string_view shard, uint64_t number);
  // Gives up the missing records of a stopped lane: it goes on after `through_seq`.
  absl::Status AcceptLoss(std::string_view shard, std::string_view source, std::string_view lane,
                          uint64_t through_seq);
  // Looks at the clock again: for whoever drives a clock that does not run at real speed.
  void Wake();

  // Confirms that the wall clock is right after a jump.
  void AdoptTime();
  bool time_trusted() const;

  absl::StatusOr<std::vector<LaneStatus>> Lanes() const;
  std::vector<OutboxStatus> Outbox() const;

  // SHA-256 (hex) of a shard's domain column families: the same state gives the same digest.
  absl::StatusOr<std::string> Digest(std::string_view shard) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// The lane of a shard to a partition, as it stands in records: "<shard>><topic>/<partition>".
std::string LaneName(std::string_view shard, const eventlog::TopicPartition& to);

}  // namespace waymark::runtime
