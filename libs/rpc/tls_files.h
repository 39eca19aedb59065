// A TLS directory (server.h says what is in it) read and checked as a whole, and what a peer's
// certificate is judged by. Plain values; nothing here knows gRPC.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/crypto/certificates.h"

namespace waymark::rpc {

// What one authority has revoked.
struct Revoked {
  absl::Time this_update;
  absl::Time next_update;
  std::set<std::string> serials;
};

struct TlsFiles {
  std::string certificate;  // cert.pem, key.pem, ca.pem as they stand in the files
  std::string key;          // secret
  std::string authorities;
  crypto::CertificateInfo own;
  absl::Time authority_not_after;          // of the authority that ends first
  bool checks_revocation = false;          // there is a folder crl/
  std::map<std::string, Revoked> revoked;  // by CertificateInfo::issuer
};

// FAILED_PRECONDITION says which file is wrong, why, and what to do. Certificate and key must
// match, name one principal and be valid at `now`; with a folder crl/, each file in it must be a
// list of one of the authorities, and each authority must have one that is current.
absl::StatusOr<TlsFiles> ReadTlsFiles(const std::string& directory, absl::Time now);

// Whether a peer's certificate, of which the chain was verified, is acceptable at `now`:
// UNAUTHENTICATED when it has ended, is revoked, or its authority has no current list although
// there is a folder crl/. Lists are for the certificates that the authorities in ca.pem signed
// themselves; where lists are used, there are no intermediates.
absl::Status JudgePeer(const TlsFiles& files, const crypto::CertificateInfo& peer, absl::Time now);

}  // namespace waymark::rpc
