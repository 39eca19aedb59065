#include "libs/rpc/probe.h"

#include <google/protobuf/wrappers.pb.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>

#include "absl/strings/numbers.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/grpc_convert.h"
#include "libs/rpc/tls.h"

namespace waymark::rpc {
namespace {

constexpr int kServing = 1;  // grpc.health.v1.HealthCheckResponse.SERVING

std::optional<absl::Time> TimeOf(const grpc::ClientContext& context) {
  const auto& trailers = context.GetServerTrailingMetadata();
  const auto found = trailers.find(kTimeMetadata);
  int64_t milliseconds = 0;
  if (found == trailers.end() ||
      !absl::SimpleAtoi(absl::string_view(found->second.data(), found->second.size()),
                        &milliseconds)) {
    return std::nullopt;
  }
  return absl::FromUnixMillis(milliseconds);
}

}  // namespace

Probe ProbeServer(const GrpcChannelConfig& config, absl::Duration timeout, Clock& clock) {
  Probe probe;
  auto credentials = ChannelTls(config.tls_dir, config.tls_refresh, config.expected_server);
  if (!credentials.ok()) {
    probe.answered = credentials.status();
    return probe;
  }
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  grpc::GenericStub stub(grpc::CreateCustomChannel(config.target, *credentials, arguments));
  grpc::ClientContext context;
  context.set_deadline(FromNow(timeout));
  const absl::Time before = clock.Now();
  grpc::CompletionQueue queue;
  auto call =
      stub.PrepareUnaryCall(&context, "/grpc.health.v1.Health/Check",
                            ToBuffer(google::protobuf::StringValue().SerializeAsString()), &queue);
  call->StartCall();
  grpc::ByteBuffer answer;
  grpc::Status status;
  call->Finish(&answer, &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  probe.took = clock.Now() - before;
  if (!status.ok()) {
    probe.answered = StatusFromWire(status.error_code(), status.error_message(), "");
    return probe;
  }
  probe.its_time = TimeOf(context);
  std::string bytes;
  google::protobuf::Int32Value health;
  probe.serving =
      ToString(answer, &bytes) && health.ParseFromString(bytes) && health.value() == kServing;
  return probe;
}

}  // namespace waymark::rpc
