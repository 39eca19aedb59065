#include "services/intake/adapters/tokens.h"

#include "absl/strings/str_cat.h"
#include "libs/base/bytes.h"
#include "libs/base/status.h"
#include "libs/crypto/aead.h"
#include "libs/crypto/mac.h"
#include "libs/runtime_rpc/token_sheet.h"
#include "waymark/intake/v1/kept.pb.h"

namespace waymark::intake {
namespace {

constexpr size_t kBlindTokenSize = 32;  // bytes of HMAC-SHA256
constexpr size_t kPlaceIdBytes = 16;

std::string Aad(const std::string& partnership, const MemberPerson& person) {
  return LengthPrefixed({"waymark-intake-tokens-v2", partnership, person.agency, person.person_id});
}

}  // namespace

TokenDesk::TokenDesk(IntakeKeys keys)
    : keys_(std::move(keys)),
      index_key_(crypto::DeriveKey(keys_.token_key, "waymark-intake-index-v1")),
      place_key_(crypto::DeriveKey(keys_.token_key, "waymark-intake-place-v1")) {}

Token TokenDesk::Keyed(const gateway::v1::BlindToken& blind) const {
  const std::string version = BigEndian64(blind.key_version());
  return {
      blind.kind(),
      crypto::HmacSha256(index_key_).Mac(LengthPrefixed({blind.kind(), version, blind.value()}))};
}

absl::StatusOr<OpenedSheet> TokenDesk::Open(const gateway::v1::SealedTokens& sealed,
                                            const std::string& partnership,
                                            const std::string& agency,
                                            const intake::v1::KeptSealing& sealing) const {
  std::optional<crypto::HpkePrivateKey> key;
  if (!sealing.directory_key_gone()) key = keys_.sealing_key;
  for (const uint64_t slot : sealing.slots()) {
    WM_ASSIGN_OR_RETURN(std::optional<crypto::HpkePrivateKey> other, SealingKey(slot));
    const bool named =
        other && sealed.recipient_key_id() == runtime_rpc::SealingKeyId(other->public_key());
    if (named) key = std::move(other);
  }
  if (!key) return absl::InvalidArgumentError("the token sheet is sealed to a destroyed key");
  ForgetSessionsOfOtherKeys(sealing);
  auto sheet = opener_.Open(sealed, partnership, agency, *key);
  if (!sheet.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("the token sheet does not open: ", sheet.status().message()));
  }
  OpenedSheet opened;
  const auto take = [&](const auto& blinds, std::vector<Token>& tokens) {
    for (const gateway::v1::BlindToken& blind : blinds) {
      if (blind.value().size() != kBlindTokenSize || blind.kind().empty()) {
        return absl::InvalidArgumentError("a blind token is not 32 bytes with a kind");
      }
      tokens.push_back(Keyed(blind));
    }
    return absl::OkStatus();
  };
  for (const gateway::v1::PartyTokens& party : sheet->parties()) {
    WM_RETURN_IF_ERROR(take(party.tokens(), opened.parties[party.person_id()]));
  }
  WM_RETURN_IF_ERROR(take(sheet->location(), opened.location));
  return opened;
}

void TokenDesk::ForgetSessionsOfOtherKeys(const intake::v1::KeptSealing& sealing) const {
  std::string keys(1, sealing.directory_key_gone() ? '\1' : '\0');
  for (const uint64_t slot : sealing.slots()) keys += BigEndian64(slot);
  const std::lock_guard lock(mutex_);
  if (keys == session_keys_) return;
  session_keys_ = std::move(keys);
  opener_.Forget();
}

absl::StatusOr<std::optional<crypto::HpkePrivateKey>> TokenDesk::SealingKey(uint64_t slot) const {
  using Found = std::optional<crypto::HpkePrivateKey>;
  absl::StatusOr<std::string> secret = keys_.person_keys.Key(slot);
  const std::lock_guard lock(mutex_);
  if (absl::IsNotFound(secret.status())) {
    sealing_keys_.erase(slot);
    return Found();
  }
  WM_RETURN_IF_ERROR(secret.status());
  const auto known = sealing_keys_.find(slot);
  if (known != sealing_keys_.end()) return Found(known->second);
  std::string bytes = crypto::DeriveKey(*secret, "waymark-intake-sealing-v1");
  crypto::Wipe(*secret);
  WM_ASSIGN_OR_RETURN(crypto::HpkePrivateKey key, crypto::HpkePrivateKey::FromBytes(bytes));
  crypto::Wipe(bytes);
  sealing_keys_.emplace(slot, key);
  return Found(std::move(key));
}

absl::StatusOr<std::string> TokenDesk::Seal(const std::vector<Token>& tokens,
                                            const std::string& partnership,
                                            const MemberPerson& person, uint64_t slot) const {
  if (tokens.empty()) return std::string();
  intake::v1::KeptTokens kept;
  for (const Token& token : tokens) {
    intake::v1::KeptTokens::One& one = *kept.add_tokens();
    one.set_kind(token.kind);
    one.set_keyed(token.keyed);
  }
  WM_ASSIGN_OR_RETURN(std::string key, keys_.person_keys.Key(slot));
  std::string sealed =
      crypto::AeadSeal(key, Aad(partnership, person), kept.SerializeAsString(), keys_.random);
  crypto::Wipe(key);
  return sealed;
}

absl::StatusOr<std::vector<Token>> TokenDesk::Unseal(const std::string& sealed,
                                                     const std::string& partnership,
                                                     const MemberPerson& person,
                                                     uint64_t slot) const {
  std::vector<Token> tokens;
  if (sealed.empty()) return tokens;
  absl::StatusOr<std::string> key = keys_.person_keys.Key(slot);
  if (absl::IsNotFound(key.status())) return tokens;
  WM_RETURN_IF_ERROR(key.status());
  absl::StatusOr<std::string> plain = crypto::AeadOpen(*key, Aad(partnership, person), sealed);
  crypto::Wipe(*key);
  WM_RETURN_IF_ERROR(plain.status());
  intake::v1::KeptTokens kept;
  if (!kept.ParseFromString(*plain)) {
    return absl::DataLossError("what a person's key sealed cannot be read");
  }
  for (intake::v1::KeptTokens::One& one : *kept.mutable_tokens()) {
    tokens.push_back({std::move(*one.mutable_kind()), std::move(*one.mutable_keyed())});
  }
  return tokens;
}

std::string TokenDesk::PlaceId(std::string_view keyed) const {
  return ToHex(crypto::HmacSha256(place_key_).Mac(keyed).substr(0, kPlaceIdBytes));
}

}  // namespace waymark::intake
