// Hybrid public key encryption (RFC 9180), base mode, one suite only: DHKEM(X25519, HKDF-SHA256),
// HKDF-SHA256, AES-256-GCM. Seals bytes to the holder of a private key; says nothing about who
// sealed them (sealed_share.h adds the sender). Thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "libs/base/clock.h"

namespace waymark::crypto {

// The identifiers of RFC 9180 section 7.
struct HpkeSuite {
  uint16_t kem = 0;
  uint16_t kdf = 0;
  uint16_t aead = 0;
  friend bool operator==(const HpkeSuite&, const HpkeSuite&) = default;
};
// The whole allow-list.
inline constexpr HpkeSuite kHpkeSuite{0x0020, 0x0001, 0x0002};

inline constexpr size_t kHpkeKeySize = 32;

// An X25519 private key. A value: cheap to copy, thread-safe; the copies share the key underneath,
// which is wiped with the last of them.
class HpkePrivateKey {
 public:
  static HpkePrivateKey Generate(Random& random);
  // 32 raw bytes, or a PEM "PRIVATE KEY" block without a passphrase.
  static absl::StatusOr<HpkePrivateKey> FromBytes(std::string_view bytes);
  static absl::StatusOr<HpkePrivateKey> FromPem(std::string_view pem);

  std::string bytes() const;              // secret
  std::string ToPem() const;              // secret
  const std::string& public_key() const;  // 32 raw bytes

  // The X25519 shared secret with another's public key; for hpke.cc. InvalidArgument when the key
  // is no usable one, also when the secret is all zero (RFC 9180 section 7.1.4).
  absl::StatusOr<std::string> SharedSecret(std::string_view public_key) const;

 private:
  struct Impl;
  explicit HpkePrivateKey(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<const Impl> impl_;
};

// A public key as a PEM "PUBLIC KEY" block, for files that people handle.
absl::StatusOr<std::string> HpkePublicKeyToPem(std::string_view public_key);
absl::StatusOr<std::string> HpkePublicKeyFromPem(std::string_view pem);

struct HpkeSealed {
  std::string encapsulated_key;  // 32 bytes
  std::string ciphertext;        // 16 bytes longer than the plaintext
};

// A fresh ephemeral key for each call. `info` names the use (a context string, then what both sides
// know); `aad` is bound too. InvalidArgument for a public key that is not one, also for one that
// gives an all-zero shared secret.
absl::StatusOr<HpkeSealed> HpkeSeal(std::string_view recipient_public_key, std::string_view info,
                                    std::string_view aad, std::string_view plaintext,
                                    Random& random);

// Any failure gives one and the same Unauthenticated status, and no plaintext.
absl::StatusOr<std::string> HpkeOpen(const HpkePrivateKey& recipient, const HpkeSealed& sealed,
                                     std::string_view info, std::string_view aad);

// One byte string: kem, kdf, aead (2 bytes each, big-endian), encapsulated key (32), ciphertext.
std::string EncodeHpke(const HpkeSealed& sealed);
// InvalidArgument for anything too short and for every suite but kHpkeSuite.
absl::StatusOr<HpkeSealed> ParseHpke(std::string_view bytes);

}  // namespace waymark::crypto
