// One stream of PublishIncidents: reads items, submits each as a PublishIncident command, and
// writes each answer by its item number, in whatever order they come.
//
// At most kStreamItemsInFlightMax items are read and not yet answered, so a client that does not
// read its answers, or a gateway that is busy, holds the stream back by flow control. When the
// client has no more or the gateway drains, what was taken is answered and the stream ends well.
#pragma once

#include <memory>

#include "libs/rpc/identity.h"
#include "libs/rpc/stream.h"
#include "services/sharing/app/room.h"
#include "waymark/gateway/v1/incident.pb.h"

namespace waymark::sharing::door {

using PublishDuplex =
    rpc::Duplex<gateway::v1::PublishIncidentsRequest, gateway::v1::PublishIncidentsResponse>;

// The session lives as long as its stream.
void ServePublishStream(const MethodContext& context, const rpc::CallContext& call,
                        std::shared_ptr<PublishDuplex> stream);

}  // namespace waymark::sharing::door
