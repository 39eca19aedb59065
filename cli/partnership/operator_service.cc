#include "cli/partnership/operator_service.h"

#include <utility>

#include "libs/base/status.h"
#include "waymark/ops/v1/ops.pb.h"

namespace waymark::cli {
namespace {

using ops::v1::AdoptTimeRequest;
using ops::v1::AdoptTimeResponse;
using ops::v1::GetStatusRequest;
using ops::v1::GetStatusResponse;

void SetTime(absl::Time at, google::protobuf::Timestamp& out) {
  out.set_seconds(absl::ToUnixSeconds(at));
}

absl::Status Describe(Part& part, ops::v1::Part& out) {
  out.set_program(part.config().program);
  out.set_agency(part.config().agency);
  out.set_endpoint(part.config().endpoint);
  out.set_serving(part.runtime().healthy());
  out.set_time_trusted(part.runtime().time_trusted());
  for (const telemetry::Alarm& alarm : part.alarms().Raised()) {
    ops::v1::Alarm& one = *out.add_alarms();
    one.set_code(alarm.code);
    one.set_subject(alarm.subject);
    one.set_detail(alarm.detail);
    SetTime(alarm.since, *one.mutable_since());
  }
  for (const runtime::OutboxStatus& lane : part.runtime().Outbox()) {
    out.set_outbox_waiting(out.outbox_waiting() + lane.last_seq - lane.acked_seq);
  }
  for (const runtime::ShardConfig& shard : part.config().runtime.shards) {
    WM_ASSIGN_OR_RETURN(const auto parked, part.runtime().DeadLetters(shard.id));
    out.set_dead_letters(out.dead_letters() + parked.size());
    ops::v1::Shard& one = *out.add_shards();
    one.set_id(shard.id);
    WM_ASSIGN_OR_RETURN(*one.mutable_digest(), part.runtime().Digest(shard.id));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<OperatorDesk>> OperatorDesk::Listen(
    Config config, const std::vector<std::unique_ptr<Part>>& parts, Clock& decision_clock,
    Clock& real_clock) {
  rpc::MethodTable table;
  table.Unary<GetStatusRequest, GetStatusResponse>(
      "/waymark.ops.v1.OperatorService/GetStatus", rpc::Rule::Operators(),
      [&parts, &decision_clock, partnership = config.partnership](
          const rpc::CallContext&, GetStatusRequest, rpc::Reply<GetStatusResponse> reply) {
        GetStatusResponse response;
        response.set_version(kVersion);
        response.set_partnership(partnership);
        SetTime(decision_clock.Now(), *response.mutable_now());
        for (const std::unique_ptr<Part>& part : parts) {
          const absl::Status described = Describe(*part, *response.add_parts());
          if (!described.ok()) return reply(described);
        }
        reply(std::move(response));
      });
  table.Unary<AdoptTimeRequest, AdoptTimeResponse>(
      "/waymark.ops.v1.OperatorService/AdoptTime", rpc::Rule::Operators(),
      [&parts](const rpc::CallContext&, AdoptTimeRequest, rpc::Reply<AdoptTimeResponse> reply) {
        for (const std::unique_ptr<Part>& part : parts) part->runtime().AdoptTime();
        reply(AdoptTimeResponse());
      });
  std::vector<std::string> described = table.Services();
  for (const std::unique_ptr<Part>& part : parts) {
    for (std::string& service : part->endpoint()->table().Services()) {
      described.push_back(std::move(service));
    }
  }
  rpc::AddReflection(table, std::move(described));

  std::unique_ptr<OperatorDesk> desk(new OperatorDesk());
  rpc::EndpointConfig endpoint;
  endpoint.trust_domain = config.trust_domain;
  desk->endpoint_ =
      rpc::Endpoint::Create(std::move(endpoint), std::move(table), nullptr, real_clock);
  rpc::ServerConfig server;
  server.address = config.endpoint;
  server.tls_dir = config.tls_dir;
  WM_ASSIGN_OR_RETURN(desk->server_, rpc::Server::Start(std::move(server), desk->endpoint_));
  desk->endpoint_->SetAllServing(true);
  return desk;
}

}  // namespace waymark::cli
