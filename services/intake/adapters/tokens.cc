#include "services/intake/adapters/tokens.h"

#include "absl/strings/str_cat.h"
#include "libs/base/bytes.h"
#include "libs/base/status.h"
#include "libs/crypto/aead.h"
#include "libs/crypto/mac.h"
#include "libs/runtime_rpc/token_sheet.h"

namespace waymark::intake {
namespace {

constexpr size_t kBlindTokenSize = 32;  // bytes of HMAC-SHA256
constexpr size_t kPlaceIdBytes = 16;

std::string Aad(const std::string& partnership, const std::string& subject_id,
                const std::string& kind) {
  return LengthPrefixed({"waymark-intake-token-v1", partnership, subject_id, kind});
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
                                            const std::string& agency) const {
  auto sheet = runtime_rpc::OpenTokens(sealed, partnership, agency, keys_.sealing_key);
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

absl::StatusOr<std::vector<intake::v1::StoredToken>> TokenDesk::Seal(
    const std::vector<Token>& tokens, const std::string& partnership, const std::string& subject_id,
    uint64_t slot) const {
  std::vector<intake::v1::StoredToken> stored;
  if (tokens.empty()) return stored;
  const absl::StatusOr<std::string> key = keys_.subject_keys.Key(slot);
  if (absl::IsNotFound(key.status())) return stored;  // erased: nothing of them is kept any more
  WM_RETURN_IF_ERROR(key.status());
  for (const Token& token : tokens) {
    intake::v1::StoredToken& one = stored.emplace_back();
    one.set_kind(token.kind);
    one.set_sealed(crypto::AeadSeal(*key, Aad(partnership, subject_id, token.kind), token.keyed,
                                    keys_.random));
  }
  return stored;
}

absl::StatusOr<std::vector<Token>> TokenDesk::Unseal(
    const google::protobuf::RepeatedPtrField<intake::v1::StoredToken>& stored,
    const std::string& partnership, const std::string& subject_id, uint64_t slot) const {
  std::vector<Token> tokens;
  if (stored.empty()) return tokens;
  const absl::StatusOr<std::string> key = keys_.subject_keys.Key(slot);
  if (absl::IsNotFound(key.status())) return tokens;
  WM_RETURN_IF_ERROR(key.status());
  for (const intake::v1::StoredToken& one : stored) {
    WM_ASSIGN_OR_RETURN(
        std::string keyed,
        crypto::AeadOpen(*key, Aad(partnership, subject_id, one.kind()), one.sealed()));
    tokens.push_back({one.kind(), std::move(keyed)});
  }
  return tokens;
}

std::string TokenDesk::PlaceId(std::string_view keyed) const {
  return ToHex(crypto::HmacSha256(place_key_).Mac(keyed).substr(0, kPlaceIdBytes));
}

}  // namespace waymark::intake
