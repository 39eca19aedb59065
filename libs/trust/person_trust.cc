#include "libs/trust/person_trust.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/crypto/token.h"

namespace waymark::trust {

std::string GatewayAudience(std::string_view agency) {
  return absl::StrCat("waymark-gateway/", ToAbsl(agency));
}

TokenPersonVerifier::TokenPersonVerifier(std::string agency, std::string issuer,
                                         const crypto::VerifyKey& key, Clock& clock)
    : agency_(std::move(agency)),
      issuer_(std::move(issuer)),
      keys_(crypto::MakeKeySet({key})),
      clock_(clock) {}

absl::StatusOr<rpc::Person> TokenPersonVerifier::Verify(std::string_view token) {
  crypto::TokenExpectations expected;
  expected.issuer = issuer_;
  expected.audience = GatewayAudience(agency_);
  expected.now = clock_.Now();
  expected.lifetime_max = kPersonTokenLifetimeMax;
  WM_ASSIGN_OR_RETURN(crypto::TokenClaims claims, crypto::VerifyToken(token, keys_, expected));
  if (claims.agency != agency_) {
    return absl::UnauthenticatedError(
        "the token is of another agency's person; sign in at the agency this gateway belongs to");
  }
  return rpc::Person{std::move(claims.agency), std::move(claims.subject), std::move(claims.role),
                     std::move(claims.id)};
}

}  // namespace waymark::trust
