#include "services/sharing/vault/adapters/person_keys.h"

#include "libs/base/bytes.h"
#include "libs/base/status.h"
#include "libs/crypto/aead.h"
#include "libs/crypto/mac.h"

namespace waymark::sharing::vault {
namespace {

std::string Bound(const Membership& membership, const SealIntent& intent, uint32_t version) {
  return LengthPrefixed({"waymark-vault-v1", membership.partnership, membership.agency,
                         intent.owner, FieldName(intent.field), intent.of, BigEndian64(version)});
}

}  // namespace

absl::StatusOr<gateway::v1::Sealed> Seal(const Membership& membership, const SealIntent& intent,
                                         uint64_t slot, std::string_view plaintext) {
  WM_ASSIGN_OR_RETURN(std::string key, membership.person_keys->Key(slot));
  gateway::v1::Sealed sealed;
  sealed.set_key_slot(slot);
  sealed.set_version(intent.version);
  sealed.set_sealed(crypto::AeadSeal(key, Bound(membership, intent, intent.version), plaintext,
                                     *membership.random));
  crypto::Wipe(key);
  return sealed;
}

absl::StatusOr<std::string> Open(const Membership& membership, const SealIntent& intent,
                                 const gateway::v1::Sealed& sealed) {
  WM_ASSIGN_OR_RETURN(std::string key, membership.person_keys->Key(sealed.key_slot()));
  absl::StatusOr<std::string> plain =
      crypto::AeadOpen(key, Bound(membership, intent, sealed.version()), sealed.sealed());
  crypto::Wipe(key);
  return plain;
}

absl::StatusOr<std::string> JointKey(const Membership& membership, const std::set<uint64_t>& slots,
                                     std::string_view use) {
  std::string secret;
  for (const uint64_t slot : slots) {
    absl::StatusOr<std::string> key = membership.person_keys->Key(slot);
    if (!key.ok()) {
      crypto::Wipe(secret);
      return key.status();
    }
    secret += *key;
    crypto::Wipe(*key);
  }
  std::string joint = crypto::DeriveKey(secret, use);
  crypto::Wipe(secret);
  return joint;
}

}  // namespace waymark::sharing::vault
