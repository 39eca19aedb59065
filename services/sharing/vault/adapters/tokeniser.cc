#include "services/sharing/vault/adapters/tokeniser.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/bytes.h"

namespace waymark::sharing::vault {
namespace {

using identifiers::TokenKind;

std::optional<pack::Evidence> EvidenceOf(TokenKind kind) {
  switch (kind) {
    case TokenKind::kTelephone:
      return pack::Evidence::kTelephone;
    case TokenKind::kEmail:
      return pack::Evidence::kEmail;
    case TokenKind::kNameDob:
      return pack::Evidence::kNameDob;
    case TokenKind::kPhoneticDob:
      return pack::Evidence::kPhoneticNameDob;
    case TokenKind::kHousePostcode:
      return pack::Evidence::kAddress;
    case TokenKind::kUprn:
      return pack::Evidence::kUprn;
    case TokenKind::kNamePostcode:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

std::string LocalKey(const Membership& membership, std::string_view use) {
  return crypto::DeriveKey(membership.local_key, LengthPrefixed({"waymark-gateway-local-v1", use}));
}

std::string ReferenceKey(const Membership& membership, std::string_view source_reference) {
  return crypto::HmacSha256(LocalKey(membership, "references"))
      .Mac(LengthPrefixed({"reference", source_reference}));
}

Tokeniser::Tokeniser(const Membership& membership) : local_(LocalKey(membership, "tokens")) {
  for (const LinkageKey& key : membership.linkage_keys) {
    linkage_.push_back({key.version, crypto::HmacSha256(key.key)});
  }
}

std::vector<LocalToken> Tokeniser::Local(const std::vector<identifiers::TokenInput>& inputs) {
  std::vector<LocalToken> tokens;
  for (const identifiers::TokenInput& input : inputs) {
    tokens.push_back(
        {EvidenceOf(input.kind),
         local_.Mac(LengthPrefixed({"token", identifiers::Name(input.kind), input.normal}))});
  }
  return tokens;
}

std::vector<gateway::v1::BlindToken> Tokeniser::Blind(
    const std::vector<identifiers::TokenInput>& inputs) {
  std::vector<gateway::v1::BlindToken> tokens;
  for (Linkage& linkage : linkage_) {
    const std::string version = absl::StrCat(linkage.version);
    for (const identifiers::TokenInput& input : inputs) {
      gateway::v1::BlindToken token;
      token.set_kind(std::string(identifiers::Name(input.kind)));
      token.set_key_version(linkage.version);
      token.set_value(linkage.mac.Mac(LengthPrefixed(
          {"waymark-blind-token-v1", identifiers::Name(input.kind), version, input.normal})));
      tokens.push_back(std::move(token));
    }
  }
  return tokens;
}

}  // namespace waymark::sharing::vault
