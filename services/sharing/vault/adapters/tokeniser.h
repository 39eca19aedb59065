// Identifiers into tokens, under a membership's keys. Made for one decision and dropped with it.
// Not thread-safe.
//
//   local token  = HMAC(local token key, F("token") F(kind) F(normal form))
//   blind token  = HMAC(linkage key, F("waymark-blind-token-v1") F(kind) F(key version, decimal)
//                  F(normal form)), F as LengthPrefixed; the same at every gateway
//
// Separate keys are derived from the membership's local key for tokens, references, digests, stock
// and the reasons of reads.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "libs/crypto/mac.h"
#include "libs/identifiers/identifiers.h"
#include "services/sharing/membership.h"
#include "services/sharing/vault/domain/persons.h"
#include "waymark/gateway/v1/outbound.pb.h"

namespace waymark::sharing::vault {

// What an inquiry of the vault is called by: one use of the local key.
std::string LocalKey(const Membership& membership, std::string_view use);

// Keyed hash of the agency's own reference: the key of the door's register.
std::string ReferenceKey(const Membership& membership, std::string_view source_reference);

class Tokeniser {
 public:
  explicit Tokeniser(const Membership& membership);

  std::vector<LocalToken> Local(const std::vector<identifiers::TokenInput>& inputs);
  // Under every live linkage key.
  std::vector<gateway::v1::BlindToken> Blind(const std::vector<identifiers::TokenInput>& inputs);

 private:
  crypto::HmacSha256 local_;
  struct Linkage {
    uint32_t version;
    crypto::HmacSha256 mac;
  };
  std::vector<Linkage> linkage_;
};

}  // namespace waymark::sharing::vault
