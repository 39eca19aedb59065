// Private to libs/crypto: owners for OpenSSL's objects, and the texts of its errors.
#pragma once

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>
#include <string_view>

namespace waymark::crypto {

template <auto kFree>
struct OpenSslDelete {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};

using DigestContext = std::unique_ptr<EVP_MD_CTX, OpenSslDelete<EVP_MD_CTX_free>>;
using MacContext = std::unique_ptr<EVP_MAC_CTX, OpenSslDelete<EVP_MAC_CTX_free>>;
using KdfContext = std::unique_ptr<EVP_KDF_CTX, OpenSslDelete<EVP_KDF_CTX_free>>;
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, OpenSslDelete<EVP_CIPHER_CTX_free>>;
using Key = std::unique_ptr<EVP_PKEY, OpenSslDelete<EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, OpenSslDelete<EVP_PKEY_CTX_free>>;
using Bio = std::unique_ptr<BIO, OpenSslDelete<BIO_free_all>>;
using X509Ptr = std::unique_ptr<X509, OpenSslDelete<X509_free>>;
using CrlPtr = std::unique_ptr<X509_CRL, OpenSslDelete<X509_CRL_free>>;

inline const unsigned char* Data(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
inline unsigned char* Data(std::string& bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}

// Raw 32-byte keys of the kinds EVP_PKEY_ED25519 and EVP_PKEY_X25519; null for a wrong length.
Key KeyFromPrivateBytes(int kind, std::string_view bytes);
Key KeyFromPublicBytes(int kind, std::string_view bytes);
std::string PrivateBytes(const EVP_PKEY* key);
std::string PublicBytes(const EVP_PKEY* key);

// PEM without a passphrase; null when it holds no key, or one of another kind.
Key KeyFromPrivatePem(int kind, std::string_view pem);
Key KeyFromPublicPem(int kind, std::string_view pem);
std::string PrivatePem(EVP_PKEY* key);
std::string PublicPem(EVP_PKEY* key);

// What a memory BIO holds.
inline std::string BioText(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return std::string(data, static_cast<size_t>(size));
}

}  // namespace waymark::crypto
