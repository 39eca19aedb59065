// A person of this agency opens a share that another agency gave. Like one item of a stream
// (alert_stream.h):
//
//   1. the command kReadShare decides at this instant whether it stands, and puts the asking on
//      record; a pushed share is opened in it;
//   2. a notified one is fetched from its origin under the person's name, role and purpose;
//   3. the command kRecordRead puts on record what is about to be shown, and refuses it when it was
//      withdrawn meanwhile;
//   4. the answer says until when it may be shown. It is never stored.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "libs/rpc/identity.h"
#include "libs/rpc/stream.h"
#include "libs/runtime/decider.h"
#include "services/sharing/alerts/adapters/alert_streams.h"
#include "services/sharing/app/room.h"
#include "services/sharing/membership.h"
#include "waymark/gateway/v1/received.pb.h"

namespace waymark::sharing::alerts {

inline constexpr std::string_view kReadShare = "/waymark.gateway.v1.ReceivedShareService/ReadShare";
inline constexpr std::string_view kListReceived =
    "/waymark.gateway.v1.ReceivedShareService/ListReceivedShares";
inline constexpr std::string_view kRecordRead = "alerts.record_read";

inline constexpr size_t kReceivedListedMax = 200;

// `peers` outlives the call.
void ServeReadShare(const MethodContext& context, const PeerChannels& peers,
                    const rpc::CallContext& call, const gateway::v1::ReadShareRequest& request,
                    rpc::Reply<gateway::v1::ReadShareResponse> reply);

absl::StatusOr<runtime::Decision> DecideReadShare(const Membership& membership,
                                                  const runtime::View& view,
                                                  const runtime::Input& input,
                                                  runtime::Context& context);
absl::StatusOr<runtime::Decision> DecideRecordRead(const Membership& membership,
                                                   const runtime::View& view,
                                                   const runtime::Input& input,
                                                   runtime::Context& context);
absl::StatusOr<runtime::Decision> DecideListReceived(const Membership& membership,
                                                     const runtime::View& view);

}  // namespace waymark::sharing::alerts
