// Raw and PEM forms of the two kinds of key that Waymark uses: Ed25519 and X25519.
#include <openssl/pem.h>

#include "libs/base/check.h"
#include "libs/crypto/openssl_internal.h"

namespace waymark::crypto {
namespace {

constexpr size_t kKeySize = 32;

// A key is never behind a passphrase here: without this, OpenSSL would ask the terminal for one.
int NoPassphrase(char*, int, int, void*) { return -1; }

Key OfKind(int kind, EVP_PKEY* key) {
  Key owned(key);
  ERR_clear_error();
  if (owned != nullptr && EVP_PKEY_get_base_id(owned.get()) != kind) return nullptr;
  return owned;
}

Bio Reading(std::string_view text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

}  // namespace

Key KeyFromPrivateBytes(int kind, std::string_view bytes) {
  if (bytes.size() != kKeySize) return nullptr;
  return OfKind(kind, EVP_PKEY_new_raw_private_key(kind, nullptr, Data(bytes), bytes.size()));
}

Key KeyFromPublicBytes(int kind, std::string_view bytes) {
  if (bytes.size() != kKeySize) return nullptr;
  return OfKind(kind, EVP_PKEY_new_raw_public_key(kind, nullptr, Data(bytes), bytes.size()));
}

std::string PrivateBytes(const EVP_PKEY* key) {
  std::string bytes(kKeySize, '\0');
  size_t size = bytes.size();
  WM_CHECK(EVP_PKEY_get_raw_private_key(key, Data(bytes), &size) == 1, "no raw private key");
  return bytes;
}

std::string PublicBytes(const EVP_PKEY* key) {
  std::string bytes(kKeySize, '\0');
  size_t size = bytes.size();
  WM_CHECK(EVP_PKEY_get_raw_public_key(key, Data(bytes), &size) == 1, "no raw public key");
  return bytes;
}

Key KeyFromPrivatePem(int kind, std::string_view pem) {
  return OfKind(kind, PEM_read_bio_PrivateKey(Reading(pem).get(), nullptr, NoPassphrase, nullptr));
}

Key KeyFromPublicPem(int kind, std::string_view pem) {
  return OfKind(kind, PEM_read_bio_PUBKEY(Reading(pem).get(), nullptr, NoPassphrase, nullptr));
}

std::string PrivatePem(EVP_PKEY* key) {
  const Bio bio(BIO_new(BIO_s_mem()));
  WM_CHECK(
      PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1,
      "a private key could not be written as PEM");
  return BioText(bio.get());
}

std::string PublicPem(EVP_PKEY* key) {
  const Bio bio(BIO_new(BIO_s_mem()));
  WM_CHECK(PEM_write_bio_PUBKEY(bio.get(), key) == 1, "a public key could not be written as PEM");
  return BioText(bio.get());
}

}  // namespace waymark::crypto
