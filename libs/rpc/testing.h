// For tests that use sockets: an authority with directories of certificates as Server and
// ConnectGrpc want them, and clients that present what a test wants, right or wrong.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/base/clock.h"
#include "libs/crypto/certificates.h"
#include "libs/rpc/channel.h"
#include "libs/rpc/server.h"

namespace waymark::rpc::testing {

// A fresh directory that is removed with the object.
class ScratchDirectory {
 public:
  ScratchDirectory();
  ~ScratchDirectory();
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// One certificate authority. Stops the test process when a certificate cannot be made.
class TestAuthority {
 public:
  struct Options {
    absl::Duration starts = -absl::Hours(1);  // from now
    absl::Duration ends = absl::Hours(1);
    std::vector<std::string> uris;  // instead of the principal's one
    std::string trusts;             // ca.pem of another authority instead of this one's
    bool without_certificate = false;
  };

  // Keeps its directories under `root`, which must outlive it.
  TestAuthority(std::string name, std::string root);

  // A new directory with cert.pem, key.pem and ca.pem for this principal; returns its path.
  std::string Directory(const Principal& principal, const Options& options);
  std::string Directory(const Principal& principal) { return Directory(principal, Options()); }

  // Puts a revocation list into DIRECTORY/crl that names the certificates of these directories and
  // is newer than those before.
  void Revoke(const std::string& directory, const std::vector<std::string>& revoked,
              absl::Duration holds_for = absl::Hours(1));

  std::string pem() const { return authority_.certificate_pem(); }

 private:
  const std::string name_;
  const std::string root_;
  SystemClock clock_;
  SystemRandom random_;
  int made_ = 0;
  int lists_ = 0;
  crypto::CertificateAuthority authority_;
};

// As ConnectGrpc, but takes the directory as it is: expired, of another authority, without a
// certificate.
std::shared_ptr<Channel> ConnectUnchecked(const std::string& target, const std::string& tls_dir,
                                          const Principal& expected_server);

}  // namespace waymark::rpc::testing
