// A room of the gateway: one part of its work with its own state, inputs and events. GatewayApp
// (gateway_app.h) puts the rooms together into the runtime's Service. Why rooms, and how they work
// with each other: docs/adr/0004.
//
//   - A command, timer kind or effect kind belongs to exactly one room. A record type may belong to
//     several: each decides, in the order of the rooms, and their events are joined.
//   - An event is evolved by every room that lists it, in the order of the rooms. So one decision
//     changes the state of two rooms in one batch without either calling the other.
//   - A room reads another's state through that room's typed view only. It never calls another's
//     Decide or Evolve. To make another room act it arms a timer that is due at once, in Evolve:
//     changes.ArmTimer(id, context.at, "duties.high_assessed", payload). Timer and effect kinds,
//     and the ids of both, begin with the room's name and a dot.
//   - Column families are named "gateway.<room>.<what>" and listed in the room's adapters/keys.h.
//
// Threads: Decide and Evolve as for runtime::Service; memberships of one process may be decided at
// the same time by different threads, so a room keeps nothing between calls.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/base/clock.h"
#include "libs/rpc/method_table.h"
#include "libs/runtime/decider.h"
#include "libs/runtime/runtime.h"
#include "services/sharing/membership.h"

namespace waymark::sharing {

// What a room's RPC handlers work with. All outlive the endpoint.
struct MethodContext {
  runtime::Runtime& runtime;
  Clock& clock;
  const Memberships& memberships;
};

class Room {
 public:
  virtual ~Room() = default;

  virtual std::string_view name() const = 0;  // "door"
  virtual std::vector<std::string> DomainColumnFamilies() const = 0;
  // Input::type of what this room decides: method paths, record types, timer kinds, effect kinds
  // (and "<kind>.failed").
  virtual std::vector<std::string> Inputs() const = 0;
  // Event::type of what this room evolves.
  virtual std::vector<std::string> Events() const = 0;

  virtual absl::StatusOr<runtime::Decision> Decide(const Membership& membership,
                                                   const runtime::View& view,
                                                   const runtime::Input& input,
                                                   runtime::Context& context) = 0;
  virtual absl::Status Evolve(const Membership& membership, const runtime::View& view,
                              const runtime::Event& event, const runtime::EventContext& context,
                              runtime::Changes& changes) = 0;

  // Adds the room's RPCs with their rules. Nothing when it has none.
  virtual void AddMethods(const MethodContext& context, rpc::MethodTable& table) = 0;
};

}  // namespace waymark::sharing
