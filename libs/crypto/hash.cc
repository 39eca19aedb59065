#include "libs/crypto/hash.h"

#include "libs/base/check.h"
#include "libs/crypto/openssl_internal.h"

namespace waymark::crypto {
namespace {

// EVP_sha256() makes OpenSSL 3 look the algorithm up at each use; a fetched one is found already.
const EVP_MD* FetchedSha256() {
  static const EVP_MD* const digest = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  WM_CHECK(digest != nullptr, "this OpenSSL has no SHA-256");
  return digest;
}

void Start(EVP_MD_CTX* context) {
  WM_CHECK(EVP_DigestInit_ex(context, FetchedSha256(), nullptr) == 1, "SHA-256 did not start");
}

void Add(EVP_MD_CTX* context, std::string_view bytes) {
  WM_CHECK(EVP_DigestUpdate(context, bytes.data(), bytes.size()) == 1, "SHA-256 did not go on");
}

std::string End(EVP_MD_CTX* context) {
  std::string digest(kSha256Size, '\0');
  WM_CHECK(EVP_DigestFinal_ex(context, Data(digest), nullptr) == 1, "SHA-256 did not end");
  return digest;
}

}  // namespace

std::string Sha256(std::string_view bytes) {
  static thread_local const DigestContext context(EVP_MD_CTX_new());
  Start(context.get());
  Add(context.get(), bytes);
  return End(context.get());
}

std::string MerkleLeaf(std::string_view leaf) {
  return Sha256(std::string(1, '\x00').append(leaf));
}

std::string MerkleNode(std::string_view left, std::string_view right) {
  return Sha256(std::string(1, '\x01').append(left).append(right));
}

struct Sha256Hasher::Impl {
  DigestContext context{EVP_MD_CTX_new()};
};

Sha256Hasher::Sha256Hasher() : impl_(std::make_unique<Impl>()) { Start(impl_->context.get()); }
Sha256Hasher::~Sha256Hasher() = default;
Sha256Hasher::Sha256Hasher(Sha256Hasher&&) noexcept = default;
Sha256Hasher& Sha256Hasher::operator=(Sha256Hasher&&) noexcept = default;

void Sha256Hasher::Update(std::string_view bytes) { Add(impl_->context.get(), bytes); }

std::string Sha256Hasher::Finish() {
  std::string digest = End(impl_->context.get());
  Start(impl_->context.get());
  return digest;
}

}  // namespace waymark::crypto
