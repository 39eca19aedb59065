// Serves an Endpoint over gRPC with mutual TLS: one listening port. Thread-safe.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/rpc/endpoint.h"

namespace waymark::rpc {

// A directory of PEM files. To rotate, make a new directory and swap it in atomically (point a
// symbolic link at it by rename). It is read again every `tls_refresh`, for servers and channels
// alike, and taken into use only when all of it is whole, valid now and not older than what is in
// force; until then what is in force stays so, and TlsInUse (tls_state.h) says why. Connections
// that stand keep the certificate they began with until their maximum age.
//   cert.pem   own certificate, then any intermediates
//   key.pem    its private key
//   ca.pem     the authorities whose certificates are accepted
//   crl/       optional: revocation lists, one file each; when the folder is there, every authority
//              in ca.pem must have a current list in it, and no intermediates are accepted. A
//              certificate that is revoked, or has ended, is refused at the next call, also on a
//              connection that stands; a stream that stands ends at its maximum age.
struct ServerConfig {
  std::string address = "127.0.0.1:0";  // port 0: any free one
  std::string tls_dir;
  absl::Duration tls_refresh = absl::Seconds(10);         // at least 1 s
  absl::Duration connection_age_max = absl::Minutes(30);  // so that a rotation takes effect
  absl::Duration connection_age_grace = absl::Minutes(1);
  absl::Duration handshake_timeout = absl::Seconds(10);
  int streams_per_connection_max = 256;
};

class Server {
 public:
  // FAILED_PRECONDITION with what to do when the TLS files are missing, do not match or the
  // certificate is not valid now; UNAVAILABLE when the address cannot be listened on.
  static absl::StatusOr<std::unique_ptr<Server>> Start(ServerConfig config,
                                                       std::shared_ptr<Endpoint> endpoint);
  // Drains with no grace when Drain was not called.
  virtual ~Server() = default;

  virtual int port() const = 0;
  // BeginDrain on the endpoint, then waits until every call has ended or `grace` is over, then
  // cancels the rest and closes. Blocks: call it from a normal thread, never from a handler.
  // Returns true when nothing had to be cancelled.
  virtual bool Drain(absl::Duration grace) = 0;
};

}  // namespace waymark::rpc
