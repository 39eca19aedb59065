// Private to libs/crypto: RFC 9180 with the suite and the ephemeral key as parameters, so that its
// published vectors can be run. And AES-GCM with a given nonce, which only HPKE and aead.cc may
// use.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "libs/crypto/hpke.h"

namespace waymark::crypto::internal {

// `key` is 16 or 32 bytes, `nonce` 12; ciphertext then tag.
std::string GcmSeal(std::string_view key, std::string_view nonce, std::string_view aad,
                    std::string_view plaintext);
absl::StatusOr<std::string> GcmOpen(std::string_view key, std::string_view nonce,
                                    std::string_view aad, std::string_view ciphertext);

// What every failed opening returns.
absl::Status CannotOpen();

struct HpkeContext {
  std::string key;
  std::string base_nonce;
};

// `shared_secret` from Encap or Decap; section 5.1, mode_base.
HpkeContext KeySchedule(const HpkeSuite& suite, std::string_view shared_secret,
                        std::string_view info);

// Section 4.1 with X25519: the shared secret for our private key and their public key, where
// `encapsulated_key` and `recipient_public_key` are the two public keys in the order of the RFC.
absl::StatusOr<std::string> DhKemSecret(const HpkePrivateKey& ours, std::string_view theirs,
                                        std::string_view encapsulated_key,
                                        std::string_view recipient_public_key);

absl::StatusOr<HpkeSealed> SealWith(const HpkeSuite& suite, const HpkePrivateKey& ephemeral,
                                    std::string_view recipient_public_key, std::string_view info,
                                    std::string_view aad, std::string_view plaintext);
absl::StatusOr<std::string> OpenWith(const HpkeSuite& suite, const HpkePrivateKey& recipient,
                                     const HpkeSealed& sealed, std::string_view info,
                                     std::string_view aad);

}  // namespace waymark::crypto::internal
