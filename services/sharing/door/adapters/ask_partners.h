// The second half of a look-up: what partners hold, asked of the core while the caller is on the
// line. Runs after the read has been committed to the audit log.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "libs/base/clock.h"
#include "libs/rpc/channel.h"
#include "services/sharing/membership.h"
#include "waymark/casemgr/v1/casemgr.pb.h"
#include "waymark/gateway/v1/journal.pb.h"
#include "waymark/gateway/v1/look_up.pb.h"

namespace waymark::sharing::door {

// The core services of one partnership, as far as a gateway asks them while a caller waits.
struct CoreChannels {
  std::shared_ptr<rpc::Channel> intake;
  std::shared_ptr<rpc::Channel> casemgr;
};

// Asks intake who it is, then casemgr what may be told, within kPartnersBudget together, and calls
// `done` once with the whole answer: the own one, and beside it what partners hold or that they are
// unavailable. Never fails. `membership` and `clock` outlive the call.
void AskPartners(const Membership& membership, const CoreChannels& core, Clock& clock,
                 const std::string& purpose, gateway::v1::LookUpDecided decided,
                 const std::string& traceparent,
                 std::function<void(gateway::v1::LookUpResponse)> done);

// Pure: the own answer with what the core said put in.
gateway::v1::LookUpResponse Merge(const Membership& membership, gateway::v1::LookUpResponse own,
                                  const casemgr::v1::CallCardResponse& card);

}  // namespace waymark::sharing::door
