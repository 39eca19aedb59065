// Who a person is: believes the short-lived tokens of one agency's identity provider. Thread-safe.
#pragma once

#include <string>

#include "libs/base/clock.h"
#include "libs/crypto/sign.h"
#include "libs/rpc/identity.h"

namespace waymark::trust {

// The audience that a token for this agency's gateway names.
std::string GatewayAudience(std::string_view agency);

inline constexpr absl::Duration kPersonTokenLifetimeMax = absl::Hours(12);

class TokenPersonVerifier : public rpc::PersonVerifier {
 public:
  // `clock` must be real time and outlive this.
  TokenPersonVerifier(std::string agency, std::string issuer, const crypto::VerifyKey& key,
                      Clock& clock);
  // UNAUTHENTICATED also when the token's agency is another than the gateway's.
  absl::StatusOr<rpc::Person> Verify(std::string_view token) override;

 private:
  const std::string agency_;
  const std::string issuer_;
  const crypto::VerifyKeySet keys_;
  Clock& clock_;
};

}  // namespace waymark::trust
