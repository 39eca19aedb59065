// The form of a share that is pushed to a partner: sealed to the recipient (HPKE), signed by the
// sender (Ed25519), padded so that its size says little. From outside all shares of one size bucket
// between two parties look alike. Thread-safe.
//
//   sealed-share = F("waymark-share-v1") F(suite) F(sender) F(recipient) F(sender key id)
//                  F(encapsulated key) F(commitment) F(ciphertext) F(signature)
//   plaintext    = F(salt) F(header) F(content) zeros up to the bucket's size
//   F(x)         = length of x as 8 bytes big-endian, then x
//   suite        = kem, kdf, aead (2 bytes each)
//   commitment   = SHA-256 over F("waymark-share-header-v1") F(salt) F(header)
//   signature    = over F("waymark-share-signature-v1") F(suite) F("waymark-share-v1") F(sender)
//                  F(recipient) F(encapsulated key) F(SHA-256 of the ciphertext) F(commitment)
//   salt         = 32 random bytes
//   bucket       = 1, 2, 4 ... 256 KiB, the smallest that holds the plaintext
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "libs/crypto/hpke.h"
#include "libs/crypto/sign.h"

namespace waymark::crypto {

inline constexpr size_t kShareBytesMax = 256 * 1024 + 2048;  // a sealed share as a whole
inline constexpr size_t kSharePlaintextMax = 256 * 1024;     // salt, header, content, lengths
inline constexpr size_t kSharePartyMax = 200;                // a party's name

// Both are the caller's own encodings; this library does not look into them. The header holds what
// binds the share (event, agreement and version, consent receipt, purpose, expiry, share id).
struct ShareParts {
  std::string header;
  std::string content;
};

// Names of memberships or agencies, at most kSharePartyMax bytes each, not empty.
struct ShareParties {
  std::string sender;
  std::string recipient;
  friend bool operator==(const ShareParties&, const ShareParties&) = default;
};

// InvalidArgument: a party's name or the parts are too long, or the recipient's key is not one.
absl::StatusOr<std::string> SealShare(const ShareParts& parts, const ShareParties& parties,
                                      const SigningKey& sender_key,
                                      std::string_view recipient_public_key, Random& random);

// What a sealed share says of itself. NOT yet trustworthy: it is for finding the keys.
struct ShareEnvelope {
  ShareParties parties;
  std::string sender_key_id;
  std::string commitment;  // 32 bytes; for an audit leaf
};
// InvalidArgument: too long, cut short, another profile or suite, anything left over.
absl::StatusOr<ShareEnvelope> ReadShareEnvelope(std::string_view sealed);

// Sizes and suite first, then the parties, then the signature, then the decryption, then the parts.
// InvalidArgument as above; PermissionDenied when it is between other parties; Unauthenticated, one
// and the same, when signature, decryption or commitment fail. Share ids and expiry are the
// caller's to check: they are in the header.
absl::StatusOr<ShareParts> OpenShare(std::string_view sealed, const ShareParties& expected,
                                     const VerifyKey& sender_key,
                                     const HpkePrivateKey& recipient_key);

}  // namespace waymark::crypto
