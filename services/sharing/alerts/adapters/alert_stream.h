// One stream of SubscribeAlerts. For each entry of the feed, one after the other:
//
//   1. the command kNext decides afresh what this subscriber may see of it now;
//   2. what has to be fetched is asked of its origins, within kFetchBudget together;
//   3. the command kRecordSend puts on record what is about to leave, and drops what was withdrawn
//      meanwhile;
//   4. the message is written.
//
// What was fetched lives in this object from step 2 to step 4 and is never stored. A message waits
// here, not in the transport, until the subscriber has read the one before; when its lease ends or
// a share in it is withdrawn meanwhile, it is let go, and decided and fetched again. A subscriber
// keeps its side open; when it closes it, the stream ends well.
#pragma once

#include <memory>

#include "libs/rpc/identity.h"
#include "libs/rpc/stream.h"
#include "services/sharing/alerts/adapters/alert_streams.h"
#include "services/sharing/app/room.h"
#include "waymark/gateway/v1/alert.pb.h"

namespace waymark::sharing::alerts {

inline constexpr absl::Duration kFetchBudget = absl::Seconds(2);

using AlertDuplex =
    rpc::Duplex<gateway::v1::SubscribeAlertsRequest, gateway::v1::SubscribeAlertsResponse>;

// `peers` and `streams` outlive the endpoint. The session lives as long as its stream.
void ServeAlertStream(const MethodContext& context, const PeerChannels& peers,
                      AlertStreams& streams, const rpc::CallContext& call,
                      std::shared_ptr<AlertDuplex> stream);

}  // namespace waymark::sharing::alerts
