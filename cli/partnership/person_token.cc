#include "cli/partnership/person_token.h"

#include "absl/strings/str_cat.h"
#include "libs/base/bytes.h"
#include "libs/base/status.h"
#include "libs/config/partnership.h"
#include "libs/config/topics.h"
#include "libs/crypto/token.h"
#include "libs/process/keys.h"

namespace waymark::cli {

absl::StatusOr<std::string> IssuePersonToken(const Layout& layout, const std::string& agency,
                                             const std::string& person, const std::string& role,
                                             absl::Duration lifetime, absl::Time now,
                                             Random& random) {
  WM_ASSIGN_OR_RETURN(const auto directory, config::LoadPartnership(layout.PartnershipFile()));
  const config::Member* member = directory.FindMember(agency);
  if (member == nullptr) {
    return absl::NotFoundError(absl::StrCat(agency, " is no member of ", directory.id));
  }
  WM_ASSIGN_OR_RETURN(const crypto::SigningKey key,
                      process::ReadSigningKey(layout.IdentityProviderKey(agency)));
  crypto::TokenClaims claims;
  claims.issuer = member->token_issuer;
  claims.subject = person;
  claims.audience = config::GatewayAudience(agency);
  claims.agency = agency;
  claims.role = role;
  claims.issued_at = absl::FromUnixSeconds(absl::ToUnixSeconds(now));
  claims.expires_at = claims.issued_at + lifetime;
  claims.id = ToHex(random.Bytes(16));
  return crypto::IssueToken(claims, key);
}

}  // namespace waymark::cli
