#include "libs/crypto/hpke_session.h"

#include <utility>

#include "libs/base/bytes.h"
#include "libs/base/check.h"
#include "libs/base/status.h"
#include "libs/crypto/hpke_internal.h"
#include "libs/crypto/mac.h"

namespace waymark::crypto {

HpkeSessionKeys::HpkeSessionKeys(std::string key, std::string base_nonce)
    : key_(std::move(key)), base_nonce_(std::move(base_nonce)) {}

HpkeSessionKeys::~HpkeSessionKeys() { Wipe(key_); }

std::string HpkeSessionKeys::Nonce(uint64_t number) const {
  const std::string mask = BigEndian64(number);
  std::string nonce = base_nonce_;
  const size_t begin = nonce.size() - mask.size();
  for (size_t i = 0; i < mask.size(); ++i) {
    nonce[begin + i] = static_cast<char>(nonce[begin + i] ^ mask[i]);
  }
  return nonce;
}

absl::StatusOr<HpkeSender> HpkeSender::Begin(std::string_view recipient_public_key,
                                             std::string_view info, Random& random) {
  const HpkePrivateKey ephemeral = HpkePrivateKey::Generate(random);
  WM_ASSIGN_OR_RETURN(std::string secret,
                      internal::DhKemSecret(ephemeral, recipient_public_key, ephemeral.public_key(),
                                            recipient_public_key));
  internal::HpkeContext context = internal::KeySchedule(kHpkeSuite, secret, info);
  Wipe(secret);
  return HpkeSender(ephemeral.public_key(),
                    HpkeSessionKeys(std::move(context.key), std::move(context.base_nonce)));
}

HpkeSender::Message HpkeSender::Seal(std::string_view aad, std::string_view plaintext) {
  WM_CHECK(next_ != UINT64_MAX, "a session has run out of numbers");
  const uint64_t number = next_++;
  return {number, internal::GcmSeal(keys_.key(), keys_.Nonce(number), aad, plaintext)};
}

absl::StatusOr<HpkeReceiver> HpkeReceiver::Begin(const HpkePrivateKey& recipient,
                                                 std::string_view encapsulated_key,
                                                 std::string_view info) {
  absl::StatusOr<std::string> secret =
      internal::DhKemSecret(recipient, encapsulated_key, encapsulated_key, recipient.public_key());
  if (!secret.ok()) return internal::CannotOpen();
  internal::HpkeContext context = internal::KeySchedule(kHpkeSuite, *secret, info);
  Wipe(*secret);
  return HpkeReceiver(HpkeSessionKeys(std::move(context.key), std::move(context.base_nonce)));
}

absl::StatusOr<std::string> HpkeReceiver::Open(uint64_t number, std::string_view aad,
                                               std::string_view ciphertext) const {
  return internal::GcmOpen(keys_.key(), keys_.Nonce(number), aad, ciphertext);
}

}  // namespace waymark::crypto
