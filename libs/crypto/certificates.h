// X.509 certificates for mutual TLS: an authority for one partnership, leaves that name a system by
// a SPIFFE-style URI, revocation lists, and what a program needs to know about a certificate it
// holds.
//
// Keys are ECDSA P-256: what every TLS stack takes. They and the signatures draw on OpenSSL's own
// generator, which cannot be given another source; serial numbers come from the Random given.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/base/clock.h"

namespace waymark::crypto {

struct LeafRequest {
  std::string common_name;                // for people to read, at most 64 bytes
  std::vector<std::string> uris;          // "spiffe://fenland.example/agency/police/gateway"
  std::vector<std::string> dns_names;     // "localhost"
  std::vector<std::string> ip_addresses;  // "127.0.0.1", "::1"
  absl::Time not_before;                  // whole seconds
  absl::Time not_after;
};

struct IssuedCertificate {
  std::string certificate_pem;
  std::string private_key_pem;  // secret; PKCS #8 without a passphrase
};

// Immutable, thread-safe; cheap to copy.
class CertificateAuthority {
 public:
  // A new self-signed authority that may sign leaves and revocation lists only (path length 0).
  static absl::StatusOr<CertificateAuthority> Create(std::string_view name, absl::Time not_before,
                                                     absl::Time not_after, Random& random);
  // InvalidArgument when either is not PEM, the key does not belong to the certificate, or the
  // certificate is not an authority's.
  static absl::StatusOr<CertificateAuthority> FromPem(std::string_view certificate_pem,
                                                      std::string_view private_key_pem);

  std::string certificate_pem() const;
  std::string private_key_pem() const;  // secret

  // A leaf with a fresh key, for both ends of TLS (server and client). InvalidArgument when a name
  // cannot be one, or the validity is empty or ends after the authority's own.
  absl::StatusOr<IssuedCertificate> Issue(const LeafRequest& request, Random& random) const;

  // A revocation list in PEM; `serials` in hexadecimal as in CertificateInfo, possibly none.
  // `number` must grow with each list.
  absl::StatusOr<std::string> MakeRevocationList(const std::vector<std::string>& serials,
                                                 absl::Time this_update, absl::Time next_update,
                                                 uint64_t number) const;

 private:
  struct Impl;
  explicit CertificateAuthority(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<const Impl> impl_;
};

struct CertificateInfo {
  std::string common_name;
  std::vector<std::string> uris;
  std::vector<std::string> dns_names;
  std::vector<std::string> ip_addresses;
  absl::Time not_before;
  absl::Time not_after;
  std::string serial;       // hexadecimal, lower case
  std::string issuer;       // SHA-256 over the DER form of the issuer's name, hexadecimal
  std::string fingerprint;  // SHA-256 over the DER form, hexadecimal
  bool is_authority = false;
};

// The first certificate of a PEM text. InvalidArgument when there is none.
absl::StatusOr<CertificateInfo> ParseCertificate(std::string_view pem);

// The certificates of a PEM text, each as a PEM text of its own; what lies between them is left
// out.
std::vector<std::string> SplitCertificates(std::string_view pem);

struct RevocationListInfo {
  std::string issuer;  // as in CertificateInfo
  absl::Time this_update;
  absl::Time next_update;            // from then on the list says nothing any more
  std::vector<std::string> serials;  // of what is revoked, as in CertificateInfo
};

// InvalidArgument when `pem` is no revocation list; FailedPrecondition when this authority did not
// sign it. Whether it is current is the caller's question.
absl::StatusOr<RevocationListInfo> ParseRevocationList(std::string_view pem,
                                                       std::string_view authority_pem);

// That `leaf_pem` was signed by `authority_pem`, both hold at `now`, and, if a list is given, that
// it is the authority's, current, and does not name the leaf. FailedPrecondition says what is wrong
// and what to do; InvalidArgument when something is not PEM.
absl::Status CheckChain(std::string_view leaf_pem, std::string_view authority_pem,
                        std::optional<std::string_view> revocation_list_pem, absl::Time now);

// That the private key belongs to the certificate; InvalidArgument otherwise.
absl::Status CheckKeyMatches(std::string_view certificate_pem, std::string_view private_key_pem);

// The name a revocation list must have in a directory that OpenSSL looks into ("1a2b3c4d.r0").
absl::StatusOr<std::string> RevocationListFileName(std::string_view authority_pem);

}  // namespace waymark::crypto
