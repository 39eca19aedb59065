// Inside the library: a TLS directory (server.h says what is in it) turned into gRPC credentials.
#pragma once

#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/rpc/identity.h"
#include "libs/rpc/tls_source.h"

namespace waymark::rpc {

std::shared_ptr<grpc::ServerCredentials> ServerTls(std::shared_ptr<TlsSource> source);

// FAILED_PRECONDITION says what is wrong with the directory and what to do.
absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> ChannelTls(const std::string& directory,
                                                                     absl::Duration refresh,
                                                                     const Principal& server);

// For tests that present a wrong certificate, or none (`identity` false): the files as they are.
std::shared_ptr<grpc::ChannelCredentials> UncheckedChannelTls(const std::string& directory,
                                                              const Principal& server,
                                                              bool identity);

}  // namespace waymark::rpc
