// The PersonVerifier for the signed tokens of an agency's identity provider (libs/crypto/token.h).
// Immutable, thread-safe.
#pragma once

#include <string>

#include "libs/base/clock.h"
#include "libs/crypto/token.h"
#include "libs/rpc/identity.h"

namespace waymark::rpc {

struct TokenTrust {
  std::string issuer;         // the only `iss` believed
  std::string audience;       // the only `aud` believed: this gateway
  std::string agency;         // the only `agency` its people may be of
  crypto::VerifyKeySet keys;  // of the issuer
  absl::Duration lifetime_max = absl::Hours(12);
};

class TokenVerifier : public PersonVerifier {
 public:
  // `clock` is real time and must outlive this.
  TokenVerifier(TokenTrust trust, Clock& clock);
  absl::StatusOr<Person> Verify(std::string_view token) override;

 private:
  const TokenTrust trust_;
  Clock& clock_;
};

}  // namespace waymark::rpc
