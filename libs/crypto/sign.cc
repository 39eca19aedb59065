#include "libs/crypto/sign.h"

#include "libs/base/bytes.h"
#include "libs/base/check.h"
#include "libs/crypto/hash.h"
#include "libs/crypto/mac.h"
#include "libs/crypto/openssl_internal.h"

namespace waymark::crypto {

struct VerifyKey::Impl {
  explicit Impl(Key verified)
      : key(std::move(verified)),
        bytes(PublicBytes(key.get())),
        id(ToHex(Sha256(bytes)).substr(0, 16)) {}
  Key key;
  std::string bytes;
  std::string id;
};

absl::StatusOr<VerifyKey> VerifyKey::FromBytes(std::string_view bytes) {
  Key key = KeyFromPublicBytes(EVP_PKEY_ED25519, bytes);
  if (key == nullptr) {
    return absl::InvalidArgumentError("not an Ed25519 public key: wanted 32 raw bytes");
  }
  return VerifyKey(std::make_shared<const Impl>(std::move(key)));
}

absl::StatusOr<VerifyKey> VerifyKey::FromPem(std::string_view pem) {
  Key key = KeyFromPublicPem(EVP_PKEY_ED25519, pem);
  if (key == nullptr) {
    return absl::InvalidArgumentError(
        "not an Ed25519 public key: wanted a PEM block '-----BEGIN PUBLIC KEY-----'");
  }
  return VerifyKey(std::make_shared<const Impl>(std::move(key)));
}

const std::string& VerifyKey::bytes() const { return impl_->bytes; }
const std::string& VerifyKey::id() const { return impl_->id; }
std::string VerifyKey::ToPem() const { return PublicPem(impl_->key.get()); }

bool VerifyKey::Verify(std::string_view message, std::string_view signature) const {
  const DigestContext context(EVP_MD_CTX_new());
  WM_CHECK(EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, impl_->key.get()) == 1,
           "Ed25519 verification did not start");
  const int result = EVP_DigestVerify(context.get(), Data(signature), signature.size(),
                                      Data(message), message.size());
  ERR_clear_error();
  return result == 1;
}

struct SigningKey::Impl {
  Key key;
  VerifyKey verify_key;
};

SigningKey SigningKey::Generate(Random& random) {
  std::string seed = random.Bytes(32);
  absl::StatusOr<SigningKey> key = FromBytes(seed);
  Wipe(seed);
  WM_CHECK(key.ok(), "32 random bytes are an Ed25519 key");
  return *std::move(key);
}

absl::StatusOr<SigningKey> SigningKey::FromBytes(std::string_view bytes) {
  Key key = KeyFromPrivateBytes(EVP_PKEY_ED25519, bytes);
  if (key == nullptr) {
    return absl::InvalidArgumentError("not an Ed25519 private key: wanted 32 raw bytes");
  }
  const absl::StatusOr<VerifyKey> verify_key = VerifyKey::FromBytes(PublicBytes(key.get()));
  WM_CHECK(verify_key.ok(), "a private key has a public key");
  return SigningKey(std::make_shared<const Impl>(Impl{std::move(key), *verify_key}));
}

absl::StatusOr<SigningKey> SigningKey::FromPem(std::string_view pem) {
  const Key key = KeyFromPrivatePem(EVP_PKEY_ED25519, pem);
  if (key == nullptr) {
    return absl::InvalidArgumentError(
        "not an Ed25519 private key: wanted a PEM block '-----BEGIN PRIVATE KEY-----' without a "
        "passphrase");
  }
  std::string bytes = PrivateBytes(key.get());
  absl::StatusOr<SigningKey> result = FromBytes(bytes);
  Wipe(bytes);
  return result;
}

std::string SigningKey::bytes() const { return PrivateBytes(impl_->key.get()); }
std::string SigningKey::ToPem() const { return PrivatePem(impl_->key.get()); }
const VerifyKey& SigningKey::verify_key() const { return impl_->verify_key; }

std::string SigningKey::Sign(std::string_view message) const {
  const DigestContext context(EVP_MD_CTX_new());
  std::string signature(kSignatureSize, '\0');
  size_t size = signature.size();
  WM_CHECK(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, impl_->key.get()) == 1,
           "Ed25519 signing did not start");
  WM_CHECK(
      EVP_DigestSign(context.get(), Data(signature), &size, Data(message), message.size()) == 1,
      "Ed25519 did not sign");
  return signature;
}

VerifyKeySet MakeKeySet(const std::vector<VerifyKey>& keys) {
  VerifyKeySet set;
  for (const VerifyKey& key : keys) set.emplace(key.id(), key);
  return set;
}

}  // namespace waymark::crypto
