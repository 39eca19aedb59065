// Inside the library: a channel to a target with credentials made before.
#pragma once

#include <grpcpp/security/credentials.h>

#include <memory>
#include <string>

#include "libs/rpc/channel.h"

namespace waymark::rpc {

std::shared_ptr<Channel> WrapGrpc(const std::string& target,
                                  const std::shared_ptr<grpc::ChannelCredentials>& credentials);

}  // namespace waymark::rpc
