// The gateway as the runtime sees it: routes each input to its room and each event to the rooms
// that keep something of it. Has no state of its own.
//
// Threads: as runtime::Service; the rooms and memberships are fixed at construction.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "libs/rpc/method_table.h"
#include "libs/runtime/decider.h"
#include "services/sharing/app/room.h"
#include "services/sharing/membership.h"

namespace waymark::sharing {

class GatewayApp : public runtime::Service {
 public:
  // `rooms` in the fixed order in which several decide one record: door, vault, consent,
  // disclosure, alerts, duties, audit. A command, timer or effect that two rooms claim stops the
  // process. `memberships` must outlive this.
  GatewayApp(const Memberships& memberships, std::vector<std::unique_ptr<Room>> rooms);

  std::vector<std::string> DomainColumnFamilies() const override;
  // InvalidArgument for an input no room knows: a command is refused, a record is parked.
  absl::StatusOr<runtime::Decision> Decide(const runtime::View& view, const runtime::Input& input,
                                           runtime::Context& context) override;
  absl::Status Evolve(const runtime::View& view, const runtime::Event& event,
                      const runtime::EventContext& context, runtime::Changes& changes) override;

  // Everything that a room takes.
  std::vector<std::string> InputTypes() const;
  // Every room's RPCs.
  void AddMethods(const MethodContext& context, rpc::MethodTable& table) const;

 private:
  absl::StatusOr<const Membership*> MembershipOf(const std::string& shard) const;

  std::map<std::string, const Membership*> by_shard_;
  std::vector<std::unique_ptr<Room>> rooms_;
  std::map<std::string, std::vector<Room*>, std::less<>> deciders_;  // by input type
  std::map<std::string, std::vector<Room*>, std::less<>> evolvers_;  // by event type
};

}  // namespace waymark::sharing
