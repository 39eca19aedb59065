#include "libs/runtime_rpc/lanes.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/config/topic_parties.h"
#include "libs/config/topics.h"
#include "waymark/lanes/v1/lanes.pb.h"

namespace waymark::runtime_rpc {
namespace {

using lanes::v1::RepublishRequest;
using lanes::v1::RepublishResponse;

constexpr char kRepublish[] = "/waymark.lanes.v1.LaneService/Republish";
constexpr absl::Duration kAnswerWithin = absl::Seconds(5);

std::string SourceOf(const rpc::Principal& caller) {
  if (caller.kind == rpc::PrincipalKind::kCore) return caller.role;
  if (caller.kind == rpc::PrincipalKind::kGateway) return config::GatewaySource(caller.agency);
  return "";
}

// "7>waymark.risk.v1/7" leads to "waymark.risk.v1"; "" when it is no lane.
std::string TopicOf(const std::string& lane) {
  const size_t arrow = lane.rfind('>');
  const size_t slash = lane.rfind('/');
  if (arrow == std::string::npos || slash == std::string::npos || slash < arrow) return "";
  return lane.substr(arrow + 1, slash - arrow - 1);
}

}  // namespace

void AddLaneService(runtime::Runtime& runtime, const config::Partnership& partnership,
                    rpc::MethodTable& table) {
  table.Unary<RepublishRequest, RepublishResponse>(
      kRepublish, rpc::Rule::Gateways().Or(rpc::Rule::Core({"intake", "risk", "casemgr"})),
      [&runtime, &partnership](const rpc::CallContext& call, const RepublishRequest& request,
                               const rpc::Reply<RepublishResponse>& reply) {
        if (!config::Reads(partnership, SourceOf(call.system), TopicOf(request.lane()))) {
          return reply(absl::PermissionDeniedError(
              "only who reads a lane may ask for it again; this caller reads no such lane"));
        }
        const absl::Status asked = runtime.Republish(request.lane(), request.from_seq());
        if (!asked.ok()) return reply(asked);
        reply(RepublishResponse());
      });
}

absl::StatusOr<std::shared_ptr<rpc::Channel>> RepairByCall::ChannelTo(const std::string& source) {
  std::lock_guard lock(mutex_);
  std::shared_ptr<rpc::Channel>& channel = channels_[source];
  if (channel == nullptr) {
    auto found = find_(source);
    if (!found.ok()) return found.status();
    channel = *std::move(found);
  }
  return channel;
}

void RepairByCall::Ask(const runtime::LaneGap& gap, std::function<void(absl::Status)> done) {
  const auto channel = ChannelTo(gap.source);
  if (!channel.ok()) return done(channel.status());
  RepublishRequest request;
  request.set_lane(gap.lane);
  request.set_from_seq(gap.from_seq);
  rpc::CallOptions options;
  options.timeout = kAnswerWithin;
  rpc::CallAsync<RepublishResponse>(
      **channel, kRepublish, request, options,
      [done = std::move(done)](const absl::StatusOr<RepublishResponse>& answer) {
        done(answer.status());
      });
}

}  // namespace waymark::runtime_rpc
