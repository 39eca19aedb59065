// Ed25519 signatures (RFC 8032). Both classes are values: cheap to copy, thread-safe, and they
// share the key underneath, which is wiped with its last copy.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/base/clock.h"

namespace waymark::crypto {

inline constexpr size_t kSignatureSize = 64;

class VerifyKey {
 public:
  // 32 raw bytes, or a PEM "PUBLIC KEY" block. InvalidArgument says what was wanted.
  static absl::StatusOr<VerifyKey> FromBytes(std::string_view bytes);
  static absl::StatusOr<VerifyKey> FromPem(std::string_view pem);

  const std::string& bytes() const;  // 32 raw bytes
  std::string ToPem() const;
  // The first 16 hexadecimal digits of SHA-256 over bytes(): names a key, proves nothing.
  const std::string& id() const;

  // False for any signature that does not hold, of whatever length.
  bool Verify(std::string_view message, std::string_view signature) const;

  friend bool operator==(const VerifyKey& left, const VerifyKey& right) {
    return left.bytes() == right.bytes();
  }

 private:
  struct Impl;
  explicit VerifyKey(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<const Impl> impl_;
};

class SigningKey {
 public:
  static SigningKey Generate(Random& random);
  // 32 raw bytes (the RFC's secret key), or a PEM "PRIVATE KEY" block without a passphrase.
  static absl::StatusOr<SigningKey> FromBytes(std::string_view bytes);
  static absl::StatusOr<SigningKey> FromPem(std::string_view pem);

  std::string bytes() const;  // secret
  std::string ToPem() const;  // secret
  const VerifyKey& verify_key() const;

  // 64 bytes. Sign bytes made by LengthPrefixed (libs/base/bytes.h) that begin with a context
  // string, so that a signature for one use is worth nothing for another.
  std::string Sign(std::string_view message) const;

 private:
  struct Impl;
  explicit SigningKey(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<const Impl> impl_;
};

// The keys that are trusted for one use, by id().
using VerifyKeySet = std::map<std::string, VerifyKey, std::less<>>;
VerifyKeySet MakeKeySet(const std::vector<VerifyKey>& keys);

}  // namespace waymark::crypto
