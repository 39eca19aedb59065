// Private to libs/crypto: what certificates.cc (makes and reads certificates) and
// certificate_chain.cc (revocation lists, chains) share.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/crypto/openssl_internal.h"

namespace waymark::crypto::internal {

// The last second of the year 9999, where ASN.1's times end.
inline constexpr int64_t kSecondsMax = 253402300799;

X509Ptr ReadCertificate(std::string_view pem);  // null when there is none
std::string CertificatePem(X509* certificate);

void SetTime(ASN1_TIME* target, absl::Time at);
std::optional<absl::Time> ReadTime(const ASN1_TIME* time);
std::string SerialText(const ASN1_INTEGER* serial);
std::string NameDigest(const X509_NAME* name);

absl::StatusOr<std::string> MakeRevocationList(X509* issuer, EVP_PKEY* key,
                                               const std::vector<std::string>& serials,
                                               absl::Time this_update, absl::Time next_update,
                                               uint64_t number);

}  // namespace waymark::crypto::internal
