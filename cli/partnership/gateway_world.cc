#include "cli/partnership/gateway_world.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "cli/partnership/keys.h"
#include "libs/base/status.h"

namespace waymark::cli {

absl::StatusOr<sharing::Membership> MakeMembership(const Layout& layout,
                                                   const config::Partnership& directory,
                                                   const config::Member& member, Random& random) {
  const Home home = layout.Gateway(member.agency);
  sharing::Membership membership;
  membership.partnership = directory.id;
  membership.trust_domain = directory.trust_domain;
  membership.agency = member.agency;
  WM_ASSIGN_OR_RETURN(std::string linkage_key, ReadSecret(home.Key(kLinkageKey)));
  membership.linkage_keys = {{1, std::move(linkage_key)}};
  WM_ASSIGN_OR_RETURN(membership.local_key, ReadSecret(home.Key(kLocalKey)));
  WM_ASSIGN_OR_RETURN(crypto::SigningKey signing_key, ReadSigningKey(home.Key(kSigningKey)));
  membership.signing_key = std::make_shared<const crypto::SigningKey>(std::move(signing_key));
  WM_ASSIGN_OR_RETURN(crypto::SigningKey audit_key, ReadSigningKey(home.Key(kAuditKey)));
  membership.audit_key = std::make_shared<const crypto::SigningKey>(std::move(audit_key));
  WM_ASSIGN_OR_RETURN(crypto::SigningKey witness_key, ReadSigningKey(home.Key(kWitnessKey)));
  membership.witness_key = std::make_shared<const crypto::SigningKey>(std::move(witness_key));
  WM_ASSIGN_OR_RETURN(crypto::HpkePrivateKey sealing_key, ReadSealingKey(home.Key(kSealingKey)));
  membership.sealing_key = std::make_shared<const crypto::HpkePrivateKey>(std::move(sealing_key));
  if (membership.signing_key->verify_key().bytes() != member.signing_key ||
      membership.audit_key->verify_key().bytes() != member.audit_key ||
      membership.witness_key->verify_key().bytes() != member.witness_key ||
      membership.sealing_key->public_key() != member.sealing_key) {
    return absl::FailedPreconditionError(
        absl::StrCat(home.path, "/keys does not match ", layout.PartnershipFile(), " for ",
                     member.agency, "; restore the keys from their backup"));
  }
  membership.intake_sealing_key = directory.intake.sealing_key;
  for (const config::Member& peer : directory.members) {
    WM_ASSIGN_OR_RETURN(auto verify, crypto::VerifyKey::FromBytes(peer.signing_key));
    WM_ASSIGN_OR_RETURN(auto audit_verify, crypto::VerifyKey::FromBytes(peer.audit_key));
    WM_ASSIGN_OR_RETURN(auto witness_verify, crypto::VerifyKey::FromBytes(peer.witness_key));
    membership.peers.emplace(
        peer.agency, sharing::Peer{peer.agency, peer.endpoint, std::move(verify), peer.sealing_key,
                                   std::move(audit_verify), std::move(witness_verify)});
  }
  membership.random = &random;
  return membership;
}

}  // namespace waymark::cli
