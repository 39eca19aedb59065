#include "libs/runtime_rpc/token_sheet.h"

#include <utility>

#include "libs/base/bytes.h"
#include "libs/base/status.h"
#include "libs/crypto/hash.h"

namespace waymark::runtime_rpc {
namespace {

using gateway::v1::SealedTokens;
using gateway::v1::TokenSheet;

constexpr std::string_view kInfo = "waymark-token-sheet-v1";
constexpr size_t kKeyIdDigits = 16;
constexpr size_t kNumberSize = 8;  // before the ciphertext

SealedTokens SealIn(crypto::HpkeSender& session, const TokenSheet& sheet,
                    std::string_view partnership, std::string_view agency,
                    std::string_view intake_public_key) {
  crypto::HpkeSender::Message message =
      session.Seal(LengthPrefixed({partnership, agency}), sheet.SerializeAsString());
  SealedTokens sealed;
  sealed.set_encapsulated_key(session.encapsulated_key());
  sealed.set_ciphertext(BigEndian64(message.number) + message.ciphertext);
  sealed.set_recipient_key_id(SealingKeyId(intake_public_key));
  return sealed;
}

absl::StatusOr<TokenSheet> OpenIn(const crypto::HpkeReceiver& session, const SealedTokens& sealed,
                                  std::string_view partnership, std::string_view agency) {
  const absl::StatusOr<uint64_t> number = KeyReader(sealed.ciphertext()).Number();
  if (!number.ok()) return absl::InvalidArgumentError("the token sheet is cut short");
  WM_ASSIGN_OR_RETURN(const std::string plain,
                      session.Open(*number, LengthPrefixed({partnership, agency}),
                                   std::string_view(sealed.ciphertext()).substr(kNumberSize)));
  TokenSheet sheet;
  if (!sheet.ParseFromString(plain)) {
    return absl::InvalidArgumentError("what was sealed is not a token sheet");
  }
  return sheet;
}

absl::Status OtherKey() {
  return absl::InvalidArgumentError("the token sheet is sealed to another key");
}

}  // namespace

std::string SealingKeyId(std::string_view public_key) {
  return ToHex(crypto::Sha256(public_key)).substr(0, kKeyIdDigits);
}

absl::StatusOr<SealedTokens> SealTokens(const TokenSheet& sheet, std::string_view partnership,
                                        std::string_view agency, std::string_view intake_public_key,
                                        Random& random) {
  WM_ASSIGN_OR_RETURN(crypto::HpkeSender session,
                      crypto::HpkeSender::Begin(intake_public_key, kInfo, random));
  return SealIn(session, sheet, partnership, agency, intake_public_key);
}

absl::StatusOr<TokenSheet> OpenTokens(const SealedTokens& sealed, std::string_view partnership,
                                      std::string_view agency,
                                      const crypto::HpkePrivateKey& intake_key) {
  if (sealed.recipient_key_id() != SealingKeyId(intake_key.public_key())) return OtherKey();
  WM_ASSIGN_OR_RETURN(const crypto::HpkeReceiver session,
                      crypto::HpkeReceiver::Begin(intake_key, sealed.encapsulated_key(), kInfo));
  return OpenIn(session, sealed, partnership, agency);
}

absl::StatusOr<SealedTokens> TokenSealer::Seal(const TokenSheet& sheet,
                                               std::string_view partnership,
                                               std::string_view agency,
                                               std::string_view intake_public_key, absl::Time now,
                                               Random& random) {
  const std::string membership = LengthPrefixed({partnership, agency});
  std::lock_guard lock(mutex_);
  auto session = sessions_.find(membership);
  if (session != sessions_.end() &&
      (session->second.intake_public_key != intake_public_key ||
       session->second.sender.sealed() >= kSheetsMax || now - session->second.began > kAgeMax)) {
    sessions_.erase(session);  // wipes its key
    session = sessions_.end();
  }
  if (session == sessions_.end()) {
    WM_ASSIGN_OR_RETURN(crypto::HpkeSender sender,
                        crypto::HpkeSender::Begin(intake_public_key, kInfo, random));
    Session begun{std::move(sender), std::string(intake_public_key), now};
    session = sessions_.emplace(membership, std::move(begun)).first;
  }
  return SealIn(session->second.sender, sheet, partnership, agency, intake_public_key);
}

absl::StatusOr<TokenOpener::Receiver> TokenOpener::Find(const SealedTokens& sealed,
                                                        const crypto::HpkePrivateKey& intake_key) {
  std::string name = LengthPrefixed({sealed.recipient_key_id(), sealed.encapsulated_key()});
  {
    std::lock_guard lock(mutex_);
    for (const Session& session : sessions_) {
      if (session.receiver != nullptr && session.name == name) return session.receiver;
    }
  }
  WM_ASSIGN_OR_RETURN(crypto::HpkeReceiver begun,
                      crypto::HpkeReceiver::Begin(intake_key, sealed.encapsulated_key(), kInfo));
  auto receiver = std::make_shared<const crypto::HpkeReceiver>(std::move(begun));
  std::lock_guard lock(mutex_);
  sessions_[next_++ % kSessions] = {std::move(name), receiver};
  return receiver;
}

absl::StatusOr<TokenSheet> TokenOpener::Open(const SealedTokens& sealed,
                                             std::string_view partnership, std::string_view agency,
                                             const crypto::HpkePrivateKey& intake_key) {
  if (sealed.recipient_key_id() != SealingKeyId(intake_key.public_key())) return OtherKey();
  WM_ASSIGN_OR_RETURN(const auto session, Find(sealed, intake_key));
  return OpenIn(*session, sealed, partnership, agency);
}

void TokenOpener::Forget() {
  std::lock_guard lock(mutex_);
  sessions_ = {};
}

}  // namespace waymark::runtime_rpc
