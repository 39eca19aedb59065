#include "libs/runtime_rpc/submit.h"

#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "libs/base/bytes.h"
#include "libs/base/check.h"

namespace waymark::runtime_rpc {
namespace {

common::v1::Caller::Kind KindOf(rpc::PrincipalKind kind) {
  switch (kind) {
    case rpc::PrincipalKind::kSystem:
      return common::v1::Caller::KIND_SYSTEM;
    case rpc::PrincipalKind::kGateway:
      return common::v1::Caller::KIND_GATEWAY;
    case rpc::PrincipalKind::kCore:
      return common::v1::Caller::KIND_CORE;
    case rpc::PrincipalKind::kOperator:
      return common::v1::Caller::KIND_OPERATOR;
  }
  return common::v1::Caller::KIND_UNSPECIFIED;
}

}  // namespace

common::v1::Caller CallerOf(const rpc::CallContext& call) {
  common::v1::Caller caller;
  caller.set_kind(KindOf(call.system.kind));
  caller.set_agency(call.system.agency);
  caller.set_role(call.system.role);
  if (call.person) {
    caller.set_person_subject(call.person->subject);
    caller.set_person_role(call.person->role);
    caller.set_token_id(call.person->token_id);
  }
  return caller;
}

std::string Deterministic(const google::protobuf::MessageLite& message) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream out(&stream);
    out.SetSerializationDeterministic(true);
    WM_CHECK(message.SerializeToCodedStream(&out), "a message in memory cannot be serialised");
  }
  return bytes;
}

std::string PrincipalOf(const rpc::CallContext& call) {
  std::string principal = call.system.Text();
  if (call.person) principal += "#" + call.person->subject;
  return principal;
}

runtime::Command CommandOf(const rpc::CallContext& call, const std::string& partnership,
                           std::string request, Repeat repeat) {
  runtime::Command command;
  common::v1::CommandEnvelope envelope;
  // A retry under a renewed token is the same request: who asks is in the principal.
  command.same_as = LengthPrefixed({partnership, request});
  *envelope.mutable_caller() = CallerOf(call);
  envelope.set_partnership(partnership);
  envelope.set_request(std::move(request));
  command.principal = PrincipalOf(call);
  command.method = call.method;
  if (repeat == Repeat::kOnce) command.key = call.idempotency_key;
  command.payload = envelope.SerializeAsString();
  command.traceparent = call.traceparent;
  return command;
}

void SubmitBytes(runtime::Runtime& runtime, const std::string& shard, const rpc::CallContext& call,
                 const std::string& partnership, std::string request, Repeat repeat,
                 std::function<void(absl::StatusOr<std::string>)> done) {
  runtime::Command command = CommandOf(call, partnership, std::move(request), repeat);
  command.on_reply = std::move(done);
  runtime.Submit(shard, std::move(command));
}

absl::StatusOr<common::v1::CommandEnvelope> DecodeEnvelope(const runtime::Input& input) {
  common::v1::CommandEnvelope envelope;
  if (!envelope.ParseFromString(input.payload)) return rpc::Undecodable(envelope.GetTypeName());
  return envelope;
}

}  // namespace waymark::runtime_rpc
