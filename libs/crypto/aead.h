// AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce: authenticated encryption under a key
// that both sides hold. Thread-safe.
//
// A key may seal at most 2^32 messages (the bound for random nonces); a key per person or per file
// stays far below.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "libs/base/clock.h"

namespace waymark::crypto {

inline constexpr size_t kAeadKeySize = 32;
// What sealing adds: the nonce (12 bytes) before the ciphertext and the tag (16 bytes) after it.
inline constexpr size_t kAeadOverhead = 28;

// `key` is 32 bytes (anything else is a bug of the caller and stops the process). `aad` is bound
// but neither encrypted nor kept: the same must be given to AeadOpen. Say in it what the ciphertext
// is and where it belongs (kind, owner, column), so that it cannot be moved.
std::string AeadSeal(std::string_view key, std::string_view aad, std::string_view plaintext,
                     Random& random);

// Any failure (wrong key, other aad, changed or short bytes) gives one and the same Unauthenticated
// status, and no plaintext.
absl::StatusOr<std::string> AeadOpen(std::string_view key, std::string_view aad,
                                     std::string_view sealed);

}  // namespace waymark::crypto
