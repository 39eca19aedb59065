#include "libs/rpc/token_verifier.h"

#include <utility>

#include "libs/base/status.h"

namespace waymark::rpc {

TokenVerifier::TokenVerifier(TokenTrust trust, Clock& clock)
    : trust_(std::move(trust)), clock_(clock) {}

absl::StatusOr<Person> TokenVerifier::Verify(std::string_view token) {
  crypto::TokenExpectations expected;
  expected.issuer = trust_.issuer;
  expected.audience = trust_.audience;
  expected.now = clock_.Now();
  expected.lifetime_max = trust_.lifetime_max;
  WM_ASSIGN_OR_RETURN(crypto::TokenClaims claims,
                      crypto::VerifyToken(token, trust_.keys, expected));
  if (claims.agency != trust_.agency) {
    return absl::UnauthenticatedError("the token is for a person of another agency");
  }
  return Person{std::move(claims.agency), std::move(claims.subject), std::move(claims.role),
                std::move(claims.id)};
}

}  // namespace waymark::rpc
