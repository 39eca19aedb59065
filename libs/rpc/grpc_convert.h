// Inside the library: between gRPC's types and ours.
#pragma once

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/status.h>

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace waymark::rpc {

inline constexpr char kProblemMetadata[] = "waymark-problem-bin";

// False when the buffer cannot be read (a broken compression, for example).
bool ToString(const grpc::ByteBuffer& buffer, std::string* bytes);
grpc::ByteBuffer ToBuffer(const std::string& bytes);

grpc::Status ToGrpc(const absl::Status& status);

// `from_now` of gRPC's own clock; infinite stays infinite.
gpr_timespec FromNow(absl::Duration from_now);

// Call before using gRPC's callbacks. gRPC 1.51 stops and joins its callback threads when their
// last user goes; when that happens on one of these threads (the end of a call lets go of its
// channel) it joins itself and frees what it stands on. So one user, a server without a port, never
// goes.
void KeepCallbackThreads();

}  // namespace waymark::rpc
