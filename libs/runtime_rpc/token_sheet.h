// Token sheets between a gateway and intake: sealed by the one, opened by the other, with the same
// context on both sides. Bound to the membership that sent it, so that one agency's sheet cannot be
// replayed as another's. Thread-safe.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/base/clock.h"
#include "libs/crypto/hpke.h"
#include "libs/crypto/hpke_session.h"
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

// Seals many sheets of a membership in one HPKE session, so that they share the price of its key
// agreement. A new session begins with the process, with another key of intake, after kSheetsMax
// sheets and when one is older than kAgeMax: the key of a session is in memory for no longer.
// Thread-safe.
class TokenSealer {
 public:
  static constexpr uint64_t kSheetsMax = 1'000;
  static constexpr absl::Duration kAgeMax = absl::Minutes(10);

  // As SealTokens.
  absl::StatusOr<gateway::v1::SealedTokens> Seal(const gateway::v1::TokenSheet& sheet,
                                                 std::string_view partnership,
                                                 std::string_view agency,
                                                 std::string_view intake_public_key, absl::Time now,
                                                 Random& random);

 private:
  struct Session {
    crypto::HpkeSender sender;
    std::string intake_public_key;
    absl::Time began;
  };
  std::mutex mutex_;
  std::map<std::string, Session> sessions_;  // by membership
};

// Opens sheets, and keeps the latest sessions at hand. Thread-safe.
class TokenOpener {
 public:
  // As OpenTokens.
  absl::StatusOr<gateway::v1::TokenSheet> Open(const gateway::v1::SealedTokens& sealed,
                                               std::string_view partnership,
                                               std::string_view agency,
                                               const crypto::HpkePrivateKey& intake_key);
  // Wipes every session: a key that they were begun with is to be destroyed.
  void Forget();

 private:
  static constexpr size_t kSessions = 64;
  using Receiver = std::shared_ptr<const crypto::HpkeReceiver>;
  struct Session {
    std::string name;  // recipient's key id, encapsulated key
    Receiver receiver;
  };
  absl::StatusOr<Receiver> Find(const gateway::v1::SealedTokens& sealed,
                                const crypto::HpkePrivateKey& intake_key);

  std::mutex mutex_;
  std::array<Session, kSessions> sessions_;
  size_t next_ = 0;  // to be replaced
};

}  // namespace waymark::runtime_rpc
