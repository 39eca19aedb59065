// Before a share that rests on a consent of another gateway is handed over, its home is asked for a
// lease on that consent (docs/adr/0008).
#pragma once

#include <functional>

#include "absl/time/time.h"
#include "libs/rpc/identity.h"
#include "services/sharing/alerts/adapters/alert_streams.h"
#include "services/sharing/app/room.h"
#include "services/sharing/membership.h"
#include "waymark/gateway/v1/share_kept.pb.h"

namespace waymark::sharing::disclosure {

// Within the time that whoever fetches waits.
inline constexpr absl::Duration kLeaseBudget = absl::Seconds(1);

// `done` is called exactly once, from any thread, possibly before this returns: with what the home
// answered, or at once when the share rests on nobody else's consent or is not the caller's.
// `membership` and `peers` outlive the call.
void GatherLeases(const MethodContext& context, const Membership& membership,
                  const alerts::PeerChannels& peers, const rpc::CallContext& call,
                  const gateway::v1::FetchShareRequest& request,
                  std::function<void(gateway::v1::FetchAsked)> done);

}  // namespace waymark::sharing::disclosure
