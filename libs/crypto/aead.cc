#include "libs/crypto/aead.h"

#include "libs/base/check.h"
#include "libs/crypto/hpke_internal.h"
#include "libs/crypto/openssl_internal.h"

namespace waymark::crypto {
namespace internal {
namespace {

constexpr size_t kNonceSize = 12;
constexpr size_t kTagSize = 16;

const EVP_CIPHER* Cipher(size_t key_size) {
  static const EVP_CIPHER* const aes256 = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  static const EVP_CIPHER* const aes128 = EVP_CIPHER_fetch(nullptr, "AES-128-GCM", nullptr);
  WM_CHECK(aes256 != nullptr && aes128 != nullptr, "this OpenSSL has no AES-GCM");
  WM_CHECK(key_size == 32 || key_size == 16, "an AES-GCM key is 16 or 32 bytes");
  return key_size == 32 ? aes256 : aes128;
}

// AES-GCM takes lengths as int; everything sealed here is capped far below.
int Length(std::string_view bytes) {
  WM_CHECK(bytes.size() <= 1u << 30, "more than 1 GiB to seal or open at once");
  return static_cast<int>(bytes.size());
}

CipherContext Begin(std::string_view key, std::string_view nonce, std::string_view aad, int seal) {
  WM_CHECK(nonce.size() == kNonceSize, "an AES-GCM nonce is 12 bytes");
  CipherContext context(EVP_CIPHER_CTX_new());
  int size = 0;
  WM_CHECK(EVP_CipherInit_ex2(context.get(), Cipher(key.size()), Data(key), Data(nonce), seal,
                              nullptr) == 1,
           "AES-GCM did not start");
  WM_CHECK(EVP_CipherUpdate(context.get(), nullptr, &size, Data(aad), Length(aad)) == 1,
           "AES-GCM did not take its associated data");
  return context;
}

}  // namespace

absl::Status CannotOpen() {
  return absl::UnauthenticatedError(
      "this cannot be opened: it was sealed under another key, for another use, or was changed");
}

std::string GcmSeal(std::string_view key, std::string_view nonce, std::string_view aad,
                    std::string_view plaintext) {
  const CipherContext context = Begin(key, nonce, aad, 1);
  std::string out(plaintext.size() + kTagSize, '\0');
  int size = 0;
  WM_CHECK(
      EVP_CipherUpdate(context.get(), Data(out), &size, Data(plaintext), Length(plaintext)) == 1,
      "AES-GCM did not encrypt");
  WM_CHECK(EVP_CipherFinal_ex(context.get(), Data(out) + size, &size) == 1, "AES-GCM did not end");
  WM_CHECK(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kTagSize,
                               Data(out) + plaintext.size()) == 1,
           "AES-GCM gave no tag");
  return out;
}

absl::StatusOr<std::string> GcmOpen(std::string_view key, std::string_view nonce,
                                    std::string_view aad, std::string_view ciphertext) {
  if (ciphertext.size() < kTagSize) return CannotOpen();
  const std::string_view body = ciphertext.substr(0, ciphertext.size() - kTagSize);
  std::string tag(ciphertext.substr(body.size()));
  const CipherContext context = Begin(key, nonce, aad, 0);
  std::string out(body.size(), '\0');
  int size = 0;
  const bool ok =
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kTagSize, tag.data()) == 1 &&
      EVP_CipherUpdate(context.get(), Data(out), &size, Data(body), Length(body)) == 1 &&
      EVP_CipherFinal_ex(context.get(), Data(out) + size, &size) == 1;
  if (ok) return out;
  OPENSSL_cleanse(out.data(), out.size());
  ERR_clear_error();
  return CannotOpen();
}

}  // namespace internal

std::string AeadSeal(std::string_view key, std::string_view aad, std::string_view plaintext,
                     Random& random) {
  WM_CHECK(key.size() == kAeadKeySize, "an AES-256-GCM key is 32 bytes");
  const std::string nonce = random.Bytes(internal::kNonceSize);
  return nonce + internal::GcmSeal(key, nonce, aad, plaintext);
}

absl::StatusOr<std::string> AeadOpen(std::string_view key, std::string_view aad,
                                     std::string_view sealed) {
  if (key.size() != kAeadKeySize || sealed.size() < kAeadOverhead) return internal::CannotOpen();
  return internal::GcmOpen(key, sealed.substr(0, internal::kNonceSize), aad,
                           sealed.substr(internal::kNonceSize));
}

}  // namespace waymark::crypto
