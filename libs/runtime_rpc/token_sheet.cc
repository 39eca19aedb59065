#include "libs/runtime_rpc/token_sheet.h"

#include "libs/base/bytes.h"
#include "libs/base/status.h"
#include "libs/crypto/hash.h"

namespace waymark::runtime_rpc {
namespace {

constexpr std::string_view kInfo = "waymark-token-sheet-v1";
constexpr size_t kKeyIdDigits = 16;

}  // namespace

std::string SealingKeyId(std::string_view public_key) {
  return ToHex(crypto::Sha256(public_key)).substr(0, kKeyIdDigits);
}

absl::StatusOr<gateway::v1::SealedTokens> SealTokens(const gateway::v1::TokenSheet& sheet,
                                                     std::string_view partnership,
                                                     std::string_view agency,
                                                     std::string_view intake_public_key,
                                                     Random& random) {
  WM_ASSIGN_OR_RETURN(
      crypto::HpkeSealed hpke,
      crypto::HpkeSeal(intake_public_key, kInfo, LengthPrefixed({partnership, agency}),
                       sheet.SerializeAsString(), random));
  gateway::v1::SealedTokens sealed;
  sealed.set_encapsulated_key(std::move(hpke.encapsulated_key));
  sealed.set_ciphertext(std::move(hpke.ciphertext));
  sealed.set_recipient_key_id(SealingKeyId(intake_public_key));
  return sealed;
}

absl::StatusOr<gateway::v1::TokenSheet> OpenTokens(const gateway::v1::SealedTokens& sealed,
                                                   std::string_view partnership,
                                                   std::string_view agency,
                                                   const crypto::HpkePrivateKey& intake_key) {
  if (sealed.recipient_key_id() != SealingKeyId(intake_key.public_key())) {
    return absl::InvalidArgumentError("the token sheet is sealed to another key");
  }
  WM_ASSIGN_OR_RETURN(std::string plain,
                      crypto::HpkeOpen(intake_key, {sealed.encapsulated_key(), sealed.ciphertext()},
                                       kInfo, LengthPrefixed({partnership, agency})));
  gateway::v1::TokenSheet sheet;
  if (!sheet.ParseFromString(plain)) {
    return absl::InvalidArgumentError("what was sealed is not a token sheet");
  }
  return sheet;
}

}  // namespace waymark::runtime_rpc
