// What a service tells the runtime, and what the runtime tells a service. A service is a decider:
//
//   Decide(view, input, context) -> decision    what happened, as events; changes nothing
//   Evolve(view, event, context) -> changes     what an event does to the state; decides nothing
//
// Both run on the thread of the shard's executor and must not read a clock, draw random numbers, do
// I/O, log or keep anything between calls: state lives in the view alone. Inputs of one shard are
// decided one after the other; different shards may be decided at the same time by other threads.
//
// Everything an input leads to is committed in one batch: the changes of its events, the rows to
// send, timers, effects, the position of the lane and the stored reply.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/eventlog/event_log.h"

namespace waymark::runtime {

// What caused an input. It is recorded with each event, so that a rebuild restores positions and
// replies, and ids derive from it.
struct RecordCause {
  std::string source;  // who sent the record, authenticated where the topic asks for it
  std::string lane;    // that source's stream to one partition
  uint64_t epoch = 0;
  uint64_t seq = 0;  // 1, 2, 3 ... within a lane, through all epochs
};
struct CommandCause {
  std::string principal;  // who asked, as authenticated by the caller of Submit
  std::string method;
  std::string key;  // the idempotency key; "" for a command that is not idempotent (a read)
};
struct TimerCause {
  std::string timer;
  absl::Time due;
};
struct EffectCause {
  std::string effect;
};
using Cause = std::variant<RecordCause, CommandCause, TimerCause, EffectCause>;

struct Input {
  Cause cause;
  // A record's ce_type; a command's method; a timer's kind; an effect's kind, or "<kind>.failed"
  // when the effect came to a dead end.
  std::string type;
  // A record's value; a command's request; what ArmTimer got; an effect's result, or the reason of
  // the dead end in words.
  std::string payload;
  std::string source;       // a record's source, a command's principal; "" for timers and effects
  std::string id;           // a record's ce_id; "" otherwise
  absl::Time at;            // a record's ce_time, when its source decided it; otherwise `now`
  std::string traceparent;  // W3C trace context; "" when there is none
};

// The state of one shard, as left by all earlier inputs, those of the same batch included. Keys
// are the shard's own: no shard sees another's. Reading never fails as far as a decider can tell:
// when the store fails, the decision is thrown away and the runtime stops.
class View {
 public:
  virtual ~View() = default;
  // nullopt when the key is missing.
  virtual std::optional<std::string> Get(std::string_view column_family,
                                         std::string_view key) const = 0;
  // Visits from <= key < to in order of bytes; `to` "" means the end. The visitor returns false to
  // stop.
  virtual void Scan(
      std::string_view column_family, std::string_view from, std::string_view to,
      const std::function<bool(std::string_view key, std::string_view value)>& visit) const = 0;
};

// What a decision may know besides the view and the input.
class Context {
 public:
  virtual ~Context() = default;
  // Taken once per batch; never runs back.
  virtual absl::Time now() const = 0;
  virtual const std::string& shard() const = 0;
  // For a timer: how long after its due time it fires (never negative); otherwise zero.
  virtual absl::Duration lateness() const = 0;
  // 128 bits as 32 hexadecimal digits. Derived with SHA-256 from the runtime's source name, the
  // shard, the cause, `kind` and how often this input asked: a record, a timer's firing or an
  // effect's result gives the same ids however often it is decided.
  virtual std::string NewId(std::string_view kind) = 0;
};

struct Event {
  std::string type;     // "waymark.casemgr.v1.CaseOpened"; "waymark.runtime." is reserved
  std::string payload;  // a serialised protobuf message
};

struct Decision {
  // In order. They go to Evolve and, where the shard has a journal, into it.
  std::vector<Event> events;
  // Of a command: what its caller gets when `refusal` is OK.
  std::string reply;
  // Of a command: not OK means that nothing happened; there must be no events, and the caller gets
  // this status, its payloads included. Of any other input: it is parked as a dead letter.
  absl::Status refusal;

  static Decision Refuse(absl::Status why) { return {{}, "", std::move(why)}; }
};

struct EventContext {
  absl::Time at;  // the `now` of the decision
  Cause cause;
  std::string shard;
  std::string event_id;  // the event's ce_id
};

// Who waits while the wall clock is not trusted (it jumped and nobody has confirmed it).
enum class TimerClass {
  kProtective,   // fires all the same, on extrapolated time: alert, remind, escalate
  kDestructive,  // waits until time is trusted again: erase, expire
};

// What an event does. Calls take effect at once as far as the view of the same Evolve can see.
class Changes {
 public:
  virtual ~Changes() = default;

  virtual void Put(std::string_view column_family, std::string_view key,
                   std::string_view value) = 0;
  virtual void Delete(std::string_view column_family, std::string_view key) = 0;

  // One timer for each id and shard: arming again replaces it. It fires once, at `due` or later,
  // as an Input of type `kind`; a due time in the past fires in the next batch.
  virtual void ArmTimer(std::string_view id, absl::Time due, std::string_view kind,
                        std::string_view payload,
                        TimerClass timer_class = TimerClass::kProtective) = 0;
  // Nothing happens when it is not armed.
  virtual void CancelTimer(std::string_view id) = 0;

  // One more record on this shard's lane to that partition, besides the journal.
  virtual void Send(const eventlog::TopicPartition& to, std::string_view type,
                    std::string_view payload) = 0;

  // Something to be done outside, at least once, with retries; its result comes back as an Input
  // of type `kind`, its dead end as "<kind>.failed". One effect for each id and shard: starting it
  // again replaces it and drops the result of the earlier one.
  virtual void StartEffect(std::string_view id, std::string_view kind,
                           std::string_view payload) = 0;
  // Nothing happens when it is not running; it may have been performed all the same.
  virtual void CancelEffect(std::string_view id) = 0;
};

// One per kind of process; implemented by services/*/app.
class Service {
 public:
  virtual ~Service() = default;

  // The column families of the service's own state. The store must be opened with these and with
  // RuntimeColumnFamilies(); a digest covers these alone.
  virtual std::vector<std::string> DomainColumnFamilies() const = 0;

  // An InvalidArgument error means that the input makes no sense: a command is refused with it, any
  // other input is parked as a dead letter with an alarm, and the lane goes on. Other errors
  // stop the runtime. A record that is of no interest is a Decision without events.
  virtual absl::StatusOr<Decision> Decide(const View& view, const Input& input,
                                          Context& context) = 0;

  // Every event ever decided must evolve: an error means that the journal is broken, and stops the
  // runtime.
  virtual absl::Status Evolve(const View& view, const Event& event, const EventContext& context,
                              Changes& changes) = 0;
};

}  // namespace waymark::runtime
