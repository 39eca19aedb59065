// Applies what was decided: events get their ids, evolve the state and go into the journal. The
// executor and a rebuild use the same code, so that a fold gives what the decisions gave.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/runtime/decider.h"
#include "libs/runtime/outbox.h"
#include "libs/runtime/overlay.h"
#include "libs/runtime/rows.h"
#include "libs/runtime/shard.h"

namespace waymark::runtime {

// The first 128 bits of SHA-256 over length-prefixed (identity, kind, number), as 32 digits.
std::string DeriveId(std::string_view identity, std::string_view kind, uint64_t number);

// What the ids of an input derive from. `salt` tells inputs apart whose cause may come again with
// another meaning: for a timer or an effect the id of the event that armed or started it, for a
// command a number. A record needs none.
std::string IdentityOf(std::string_view source, const Shard& shard, const Cause& cause,
                       std::string_view salt);

// One event as decided, or as read from the journal.
struct Happened {
  Event event;
  std::string id;
  absl::Time at;
  std::string traceparent;
  JournalCause cause;
};

// Used by one thread.
class Applier {
 public:
  // All must outlive it. Outbox rows from before `keep_since` are counted but not kept.
  Applier(Service& service, Overlay& overlay, absl::Time keep_since = absl::InfinitePast())
      : service_(service), overlay_(overlay), keep_since_(keep_since) {}

  // Marks the input as taken: a timer or an effect is gone from now on. Called once before the
  // events of its decision, if any.
  void Settle(Shard& shard, const Cause& cause);

  // All events of one decision, in order. Rows written are added to `written`. Any error is final.
  absl::Status Apply(Shard& shard, const std::vector<Happened>& events,
                     std::vector<Written>& written);

 private:
  Service& service_;
  Overlay& overlay_;
  const absl::Time keep_since_;
};

}  // namespace waymark::runtime
