#include "libs/crypto/hpke.h"

#include "libs/base/bytes.h"
#include "libs/base/check.h"
#include "libs/base/status.h"
#include "libs/crypto/hpke_internal.h"
#include "libs/crypto/mac.h"
#include "libs/crypto/openssl_internal.h"

namespace waymark::crypto {
namespace {

constexpr uint16_t kAes128Gcm = 0x0001;
constexpr size_t kNonceSize = 12;
constexpr size_t kSecretSize = 32;

std::string BigEndian16(uint16_t value) {
  return {static_cast<char>(value >> 8), static_cast<char>(value & 0xff)};
}

std::string SuiteId(const HpkeSuite& suite) {
  return BigEndian16(suite.kem) + BigEndian16(suite.kdf) + BigEndian16(suite.aead);
}

// Section 4: LabeledExtract and LabeledExpand. `suite_id` begins with "KEM" or "HPKE".
std::string LabeledExtract(std::string_view suite_id, std::string_view salt, std::string_view label,
                           std::string_view input_key) {
  std::string labelled = "HPKE-v1";
  labelled.append(suite_id).append(label).append(input_key);
  std::string key = HkdfExtract(salt, labelled);
  Wipe(labelled);
  return key;
}

std::string LabeledExpand(std::string_view suite_id, std::string_view key, std::string_view label,
                          std::string_view info, size_t length) {
  std::string labelled = BigEndian16(static_cast<uint16_t>(length)) + "HPKE-v1";
  labelled.append(suite_id).append(label).append(info);
  return HkdfExpand(key, labelled, length);
}

bool AllZero(std::string_view bytes) {
  return ConstantTimeEqual(bytes, std::string(bytes.size(), '\0'));
}

}  // namespace

namespace internal {

absl::StatusOr<std::string> DhKemSecret(const HpkePrivateKey& ours, std::string_view theirs,
                                        std::string_view encapsulated_key,
                                        std::string_view recipient_public_key) {
  WM_ASSIGN_OR_RETURN(std::string shared, ours.SharedSecret(theirs));
  const std::string suite_id = "KEM" + BigEndian16(kHpkeSuite.kem);
  std::string extracted = LabeledExtract(suite_id, "", "eae_prk", shared);
  const std::string context = std::string(encapsulated_key) + std::string(recipient_public_key);
  std::string secret = LabeledExpand(suite_id, extracted, "shared_secret", context, kSecretSize);
  Wipe(shared);
  Wipe(extracted);
  return secret;
}

HpkeContext KeySchedule(const HpkeSuite& suite, std::string_view shared_secret,
                        std::string_view info) {
  const std::string suite_id = "HPKE" + SuiteId(suite);
  const std::string context = std::string(1, '\0') +
                              LabeledExtract(suite_id, "", "psk_id_hash", "") +
                              LabeledExtract(suite_id, "", "info_hash", info);
  std::string secret = LabeledExtract(suite_id, shared_secret, "secret", "");
  const size_t key_size = suite.aead == kAes128Gcm ? 16 : 32;
  HpkeContext result{LabeledExpand(suite_id, secret, "key", context, key_size),
                     LabeledExpand(suite_id, secret, "base_nonce", context, kNonceSize)};
  Wipe(secret);
  return result;
}

absl::StatusOr<HpkeSealed> SealWith(const HpkeSuite& suite, const HpkePrivateKey& ephemeral,
                                    std::string_view recipient_public_key, std::string_view info,
                                    std::string_view aad, std::string_view plaintext) {
  WM_ASSIGN_OR_RETURN(
      std::string secret,
      DhKemSecret(ephemeral, recipient_public_key, ephemeral.public_key(), recipient_public_key));
  // One message for each encapsulation, so the nonce is the base nonce (sequence number 0).
  HpkeContext context = KeySchedule(suite, secret, info);
  HpkeSealed sealed{ephemeral.public_key(),
                    GcmSeal(context.key, context.base_nonce, aad, plaintext)};
  Wipe(secret);
  Wipe(context.key);
  return sealed;
}

absl::StatusOr<std::string> OpenWith(const HpkeSuite& suite, const HpkePrivateKey& recipient,
                                     const HpkeSealed& sealed, std::string_view info,
                                     std::string_view aad) {
  absl::StatusOr<std::string> secret = DhKemSecret(recipient, sealed.encapsulated_key,
                                                   sealed.encapsulated_key, recipient.public_key());
  if (!secret.ok()) return CannotOpen();
  HpkeContext context = KeySchedule(suite, *secret, info);
  absl::StatusOr<std::string> plaintext =
      GcmOpen(context.key, context.base_nonce, aad, sealed.ciphertext);
  Wipe(*secret);
  Wipe(context.key);
  return plaintext;
}

}  // namespace internal

struct HpkePrivateKey::Impl {
  explicit Impl(Key given) : key(std::move(given)), public_key(PublicBytes(key.get())) {}
  Key key;
  std::string public_key;
};

HpkePrivateKey HpkePrivateKey::Generate(Random& random) {
  std::string bytes = random.Bytes(kHpkeKeySize);
  absl::StatusOr<HpkePrivateKey> key = FromBytes(bytes);
  Wipe(bytes);
  WM_CHECK(key.ok(), "32 random bytes are an X25519 key");
  return *std::move(key);
}

absl::StatusOr<HpkePrivateKey> HpkePrivateKey::FromBytes(std::string_view bytes) {
  Key key = KeyFromPrivateBytes(EVP_PKEY_X25519, bytes);
  if (key == nullptr) {
    return absl::InvalidArgumentError("not an X25519 private key: wanted 32 raw bytes");
  }
  return HpkePrivateKey(std::make_shared<const Impl>(std::move(key)));
}

absl::StatusOr<HpkePrivateKey> HpkePrivateKey::FromPem(std::string_view pem) {
  Key key = KeyFromPrivatePem(EVP_PKEY_X25519, pem);
  if (key == nullptr) {
    return absl::InvalidArgumentError(
        "not an X25519 private key: wanted a PEM block '-----BEGIN PRIVATE KEY-----' without a "
        "passphrase");
  }
  return HpkePrivateKey(std::make_shared<const Impl>(std::move(key)));
}

std::string HpkePrivateKey::bytes() const { return PrivateBytes(impl_->key.get()); }
std::string HpkePrivateKey::ToPem() const { return PrivatePem(impl_->key.get()); }
const std::string& HpkePrivateKey::public_key() const { return impl_->public_key; }

absl::StatusOr<std::string> HpkePrivateKey::SharedSecret(std::string_view public_key) const {
  const absl::Status refused = absl::InvalidArgumentError(
      "not a usable X25519 public key: wanted 32 raw bytes that are no point of small order");
  const Key theirs = KeyFromPublicBytes(EVP_PKEY_X25519, public_key);
  if (theirs == nullptr) return refused;
  const KeyContext context(EVP_PKEY_CTX_new(impl_->key.get(), nullptr));
  std::string secret(kSecretSize, '\0');
  size_t size = secret.size();
  const bool derived = EVP_PKEY_derive_init(context.get()) == 1 &&
                       EVP_PKEY_derive_set_peer(context.get(), theirs.get()) == 1 &&
                       EVP_PKEY_derive(context.get(), Data(secret), &size) == 1;
  ERR_clear_error();
  if (!derived || size != kSecretSize || AllZero(secret)) return refused;
  return secret;
}

absl::StatusOr<std::string> HpkePublicKeyToPem(std::string_view public_key) {
  const Key key = KeyFromPublicBytes(EVP_PKEY_X25519, public_key);
  if (key == nullptr) {
    return absl::InvalidArgumentError("not an X25519 public key: wanted 32 raw bytes");
  }
  return PublicPem(key.get());
}

absl::StatusOr<std::string> HpkePublicKeyFromPem(std::string_view pem) {
  const Key key = KeyFromPublicPem(EVP_PKEY_X25519, pem);
  if (key == nullptr) {
    return absl::InvalidArgumentError(
        "not an X25519 public key: wanted a PEM block '-----BEGIN PUBLIC KEY-----'");
  }
  return PublicBytes(key.get());
}

absl::StatusOr<HpkeSealed> HpkeSeal(std::string_view recipient_public_key, std::string_view info,
                                    std::string_view aad, std::string_view plaintext,
                                    Random& random) {
  return internal::SealWith(kHpkeSuite, HpkePrivateKey::Generate(random), recipient_public_key,
                            info, aad, plaintext);
}

absl::StatusOr<std::string> HpkeOpen(const HpkePrivateKey& recipient, const HpkeSealed& sealed,
                                     std::string_view info, std::string_view aad) {
  return internal::OpenWith(kHpkeSuite, recipient, sealed, info, aad);
}

std::string EncodeHpke(const HpkeSealed& sealed) {
  return SuiteId(kHpkeSuite) + sealed.encapsulated_key + sealed.ciphertext;
}

absl::StatusOr<HpkeSealed> ParseHpke(std::string_view bytes) {
  const std::string suite = SuiteId(kHpkeSuite);
  if (bytes.substr(0, suite.size()) != suite) {
    return absl::InvalidArgumentError(
        "sealed under a suite that is not allowed: wanted DHKEM(X25519, HKDF-SHA256), "
        "HKDF-SHA256, AES-256-GCM");
  }
  const std::string_view rest = bytes.substr(suite.size());
  if (rest.size() < kHpkeKeySize + 16) {
    return absl::InvalidArgumentError("sealed bytes are cut short");
  }
  return HpkeSealed{std::string(rest.substr(0, kHpkeKeySize)),
                    std::string(rest.substr(kHpkeKeySize))};
}

}  // namespace waymark::crypto
