#include "libs/crypto/mac.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>

#include "libs/base/check.h"
#include "libs/crypto/openssl_internal.h"

namespace waymark::crypto {
namespace {

constexpr size_t kMacSize = 32;
char kDigestName[] = "SHA256";

OSSL_PARAM BytesParameter(const char* name, std::string_view bytes) {
  return OSSL_PARAM_construct_octet_string(name, const_cast<char*>(bytes.data()), bytes.size());
}

std::string Hkdf(int mode, std::string_view salt, std::string_view key, std::string_view info,
                 size_t length) {
  static EVP_KDF* const algorithm = EVP_KDF_fetch(nullptr, "HKDF", nullptr);
  WM_CHECK(algorithm != nullptr, "this OpenSSL has no HKDF");
  const KdfContext context(EVP_KDF_CTX_new(algorithm));
  OSSL_PARAM parameters[6];
  size_t count = 0;
  parameters[count++] = OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, kDigestName, 0);
  parameters[count++] = OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode);
  parameters[count++] = BytesParameter(OSSL_KDF_PARAM_KEY, key);
  if (!salt.empty()) parameters[count++] = BytesParameter(OSSL_KDF_PARAM_SALT, salt);
  if (!info.empty()) parameters[count++] = BytesParameter(OSSL_KDF_PARAM_INFO, info);
  parameters[count] = OSSL_PARAM_construct_end();
  std::string out(length, '\0');
  WM_CHECK(EVP_KDF_derive(context.get(), Data(out), out.size(), parameters) == 1,
           "HKDF refused its parameters");
  return out;
}

}  // namespace

struct HmacSha256::Impl {
  MacContext context;
};

HmacSha256::HmacSha256(std::string_view key) : impl_(std::make_unique<Impl>()) {
  static EVP_MAC* const algorithm = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  WM_CHECK(algorithm != nullptr, "this OpenSSL has no HMAC");
  impl_->context.reset(EVP_MAC_CTX_new(algorithm));
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, kDigestName, 0),
      OSSL_PARAM_construct_end()};
  const unsigned char empty = 0;
  const unsigned char* data = key.empty() ? &empty : Data(key);
  WM_CHECK(EVP_MAC_init(impl_->context.get(), data, key.size(), parameters) == 1,
           "HMAC refused its key");
}

HmacSha256::~HmacSha256() = default;
HmacSha256::HmacSha256(HmacSha256&&) noexcept = default;
HmacSha256& HmacSha256::operator=(HmacSha256&&) noexcept = default;

std::string HmacSha256::Mac(std::string_view message) {
  EVP_MAC_CTX* context = impl_->context.get();
  std::string mac(kMacSize, '\0');
  size_t size = 0;
  // No key given: the one of the constructor, whose schedule is kept.
  WM_CHECK(EVP_MAC_init(context, nullptr, 0, nullptr) == 1, "HMAC did not start");
  WM_CHECK(EVP_MAC_update(context, Data(message), message.size()) == 1, "HMAC did not go on");
  WM_CHECK(EVP_MAC_final(context, Data(mac), &size, mac.size()) == 1, "HMAC did not end");
  WM_CHECK(size == kMacSize, "HMAC-SHA256 gave another length than 32");
  return mac;
}

bool HmacSha256::Verify(std::string_view message, std::string_view mac) {
  return ConstantTimeEqual(Mac(message), mac);
}

bool ConstantTimeEqual(std::string_view left, std::string_view right) {
  return left.size() == right.size() && CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

void Wipe(std::string& secret) {
  OPENSSL_cleanse(secret.data(), secret.size());
  secret.clear();
}

std::string HkdfExtract(std::string_view salt, std::string_view input_key) {
  return Hkdf(EVP_KDF_HKDF_MODE_EXTRACT_ONLY, salt, input_key, "", kMacSize);
}

std::string HkdfExpand(std::string_view pseudorandom_key, std::string_view info, size_t length) {
  return Hkdf(EVP_KDF_HKDF_MODE_EXPAND_ONLY, "", pseudorandom_key, info, length);
}

std::string DeriveKey(std::string_view secret, std::string_view info, size_t length) {
  return Hkdf(EVP_KDF_HKDF_MODE_EXTRACT_AND_EXPAND, "", secret, info, length);
}

}  // namespace waymark::crypto
