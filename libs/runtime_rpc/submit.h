// From a call to a command: what every service's RPC handler does. The handler wraps the request
// and its caller in a CommandEnvelope, submits it under the method's path and answers with the
// command's reply. The decider takes it apart again with DecodeCommand.
//
//   table.Unary<ResolveRequest, ResolveResponse>(kResolve, Rule::Gateways(),
//       [&runtime](const rpc::CallContext& call, ResolveRequest request, auto reply) {
//         SubmitCommand(runtime, shard, call, request, std::move(reply));
//       });
//
// Thread-safe; nothing blocks.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "google/protobuf/message_lite.h"
#include "libs/rpc/identity.h"
#include "libs/rpc/stream.h"
#include "libs/runtime/decider.h"
#include "libs/runtime/runtime.h"
#include "waymark/common/v1/caller.pb.h"

namespace waymark::runtime_rpc {

common::v1::Caller CallerOf(const rpc::CallContext& call);

// The principal under which a command runs: the system's URI and, where there is a person, "#" and
// the person's subject. Idempotency keys of two people at one system never meet.
std::string PrincipalOf(const rpc::CallContext& call);

// The same bytes for equal messages: map entries in order. Serialising as usual does not promise
// that, and a retry would look like another request.
std::string Deterministic(const google::protobuf::MessageLite& message);

enum class Repeat {
  kOnce,  // a change: the caller's `idempotency-key`, when it sent one, makes it happen once
  kRead,  // the key is ignored: each read is decided and logged by itself, and no reply is stored
};

// The command of a call, without on_reply. `request` is the serialised request.
runtime::Command CommandOf(const rpc::CallContext& call, const std::string& partnership,
                           std::string request, Repeat repeat);

// Submits and calls `done` with the command's reply or refusal.
void SubmitBytes(runtime::Runtime& runtime, const std::string& shard, const rpc::CallContext& call,
                 const std::string& partnership, std::string request, Repeat repeat,
                 std::function<void(absl::StatusOr<std::string>)> done);

// The same for a whole unary call; the request must have a field `partnership`.
template <class Req, class Resp>
void SubmitCommand(runtime::Runtime& runtime, const std::string& shard,
                   const rpc::CallContext& call, const Req& request, rpc::Reply<Resp> reply,
                   Repeat repeat = Repeat::kOnce) {
  SubmitBytes(runtime, shard, call, request.partnership(), Deterministic(request), repeat,
              [reply = std::move(reply)](absl::StatusOr<std::string> bytes) {
                if (!bytes.ok()) return reply(bytes.status());
                Resp response;
                if (!response.ParseFromString(*bytes)) {
                  return reply(absl::InternalError("the stored reply cannot be read"));
                }
                reply(std::move(response));
              });
}

template <class Req>
struct DecodedCommand {
  common::v1::Caller caller;
  std::string partnership;
  Req request;
};

// In a decider. InvalidArgument when the bytes are not what SubmitCommand wrote for this request
// type.
absl::StatusOr<common::v1::CommandEnvelope> DecodeEnvelope(const runtime::Input& input);
template <class Req>
absl::StatusOr<DecodedCommand<Req>> DecodeCommand(const runtime::Input& input) {
  absl::StatusOr<common::v1::CommandEnvelope> envelope = DecodeEnvelope(input);
  if (!envelope.ok()) return envelope.status();
  DecodedCommand<Req> command{envelope->caller(), envelope->partnership(), {}};
  if (!command.request.ParseFromString(envelope->request())) {
    return rpc::Undecodable(command.request.GetTypeName());
  }
  return command;
}

}  // namespace waymark::runtime_rpc
