// Token sheets between a gateway and intake: sealed by the one, opened by the other, with the same
// context on both sides. Bound to the membership that sent it, so that one agency's sheet cannot be
// replayed as another's. Thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "libs/base/clock.h"
#include "libs/crypto/hpke.h"
#include "waymark/gateway/v1/outbound.pb.h"

namespace waymark::runtime_rpc {

// The first 16 hexadecimal digits of SHA-256 over intake's public key: names it, proves nothing.
std::string SealingKeyId(std::string_view public_key);

// InvalidArgument when `intake_public_key` (32 raw bytes) is not a key.
absl::StatusOr<gateway::v1::SealedTokens> SealTokens(const gateway::v1::TokenSheet& sheet,
                                                     std::string_view partnership,
                                                     std::string_view agency,
                                                     std::string_view intake_public_key,
                                                     Random& random);

// `agency` is the authenticated sender's. InvalidArgument when it names another key or is no
// TokenSheet; Unauthenticated when it does not open.
absl::StatusOr<gateway::v1::TokenSheet> OpenTokens(const gateway::v1::SealedTokens& sealed,
                                                   std::string_view partnership,
                                                   std::string_view agency,
                                                   const crypto::HpkePrivateKey& intake_key);

}  // namespace waymark::runtime_rpc
