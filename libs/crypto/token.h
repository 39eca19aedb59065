// Signed short-lived tokens that say who a person is: JSON Web Tokens (RFC 7519) with EdDSA
// (RFC 8037), as the identity provider of an agency issues them and its gateway verifies them.
// Thread-safe.
//
// Exactly this and nothing else is accepted: three parts in URL-safe base64 without padding; a
// header
// {"alg":"EdDSA","kid":...,"typ":"JWT"}; claims as one flat object with the members of TokenClaims,
// each once, each of its type; "aud" one string. Unknown claims are refused too.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/crypto/sign.h"

namespace waymark::crypto {

inline constexpr size_t kTokenBytesMax = 4096;

struct TokenClaims {
  std::string issuer;     // "iss"
  std::string subject;    // "sub": the person, as the agency names its people
  std::string audience;   // "aud": the gateway it is for
  std::string agency;     // "agency"
  std::string role;       // "role"
  absl::Time issued_at;   // "iat", whole seconds
  absl::Time expires_at;  // "exp", whole seconds
  std::string id;         // "jti"
  friend bool operator==(const TokenClaims&, const TokenClaims&) = default;
};

// InvalidArgument when a member is empty or not UTF-8, or the token would be too long.
absl::StatusOr<std::string> IssueToken(const TokenClaims& claims, const SigningKey& key);

struct TokenExpectations {
  std::string issuer;
  std::string audience;
  absl::Time now;
  absl::Duration lifetime_max;                       // exp - iat may not be longer
  absl::Duration clock_skew_max = absl::Seconds(5);  // iat may lie this far ahead of now
};

// Unauthenticated for every token that does not hold; the text says which rule it broke and what to
// do, and never holds anything of the token. A token holds from iat (less the skew) until before
// exp.
absl::StatusOr<TokenClaims> VerifyToken(std::string_view token, const VerifyKeySet& keys,
                                        const TokenExpectations& expected);

}  // namespace waymark::crypto
