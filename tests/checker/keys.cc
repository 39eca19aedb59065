#include "tests/checker/keys.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <system_error>

namespace checker {
namespace {

namespace fs = std::filesystem;

constexpr size_t kHeaderBytes = 64, kSlotBytes = 64, kMasterBytes = 96;
constexpr size_t kNonceBytes = 12, kTagBytes = 16;
constexpr char kLive = 1;

const unsigned char* Raw(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

std::string BigEndian(uint64_t value) {
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<char>(value >> shift & 0xff));
  }
  return bytes;
}

std::string ReadAll(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// The highest generation of the files that begin so.
fs::path Newest(const std::string& directory, std::string_view begin) {
  fs::path newest;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory, error)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(begin) && (newest.empty() || name > newest.filename().string())) {
      newest = entry.path();
    }
  }
  return newest;
}

}  // namespace

std::string LengthPrefixed(const std::vector<std::string_view>& fields) {
  std::string bytes;
  for (const std::string_view field : fields) {
    bytes += BigEndian(field.size());
    bytes += field;
  }
  return bytes;
}

std::string Derive(std::string_view secret, std::string_view info) {
  const std::unique_ptr<EVP_KDF, decltype(&EVP_KDF_free)> kdf(
      EVP_KDF_fetch(nullptr, "HKDF", nullptr), &EVP_KDF_free);
  const std::unique_ptr<EVP_KDF_CTX, decltype(&EVP_KDF_CTX_free)> context(
      EVP_KDF_CTX_new(kdf.get()), &EVP_KDF_CTX_free);
  std::string digest = "SHA256", salt, key(secret), about(info), out(32, '\0');
  OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, key.data(), key.size()),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, about.data(), about.size()),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, salt.data(), salt.size()),
      OSSL_PARAM_construct_end()};
  const bool ok = EVP_KDF_derive(context.get(), reinterpret_cast<unsigned char*>(out.data()),
                                 out.size(), parameters) == 1;
  return ok ? out : "";
}

std::optional<std::string> OpenSealed(std::string_view key, std::string_view associated,
                                      std::string_view sealed) {
  if (key.size() != 32 || sealed.size() < kNonceBytes + kTagBytes) return std::nullopt;
  const std::string_view nonce = sealed.substr(0, kNonceBytes);
  const std::string_view body = sealed.substr(kNonceBytes, sealed.size() - kNonceBytes - kTagBytes);
  std::string tag(sealed.substr(sealed.size() - kTagBytes));
  std::string out(body.size(), '\0');
  const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(
      EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  auto* const to = reinterpret_cast<unsigned char*>(out.data());
  int size = 0;
  const bool ok =
      EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, Raw(key), Raw(nonce)) == 1 &&
      EVP_DecryptUpdate(context.get(), nullptr, &size, Raw(associated),
                        static_cast<int>(associated.size())) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kTagBytes, tag.data()) == 1 &&
      EVP_DecryptUpdate(context.get(), to, &size, Raw(body), static_cast<int>(body.size())) == 1 &&
      EVP_DecryptFinal_ex(context.get(), to + size, &size) == 1;
  if (!ok) return std::nullopt;
  return out;
}

PersonKeys ReadKeys(const std::string& directory) {
  PersonKeys keys;
  const fs::path slots_path = Newest(directory, "slots-");
  if (slots_path.empty()) return keys;
  const std::string number = slots_path.filename().string().substr(6);
  const std::string slots = ReadAll(slots_path);
  const std::string master = ReadAll(fs::path(directory) / ("master-" + number));
  if (slots.size() < kHeaderBytes || master.size() != kMasterBytes) {
    keys.unreadable = directory + ": a file is cut short";
    return keys;
  }
  const std::string file_id = master.substr(16, 16), secret = master.substr(32, 32);
  const uint64_t count = (slots.size() - kHeaderBytes) / kSlotBytes;
  for (uint64_t slot = 0; slot < count; ++slot) {
    const std::string_view bytes =
        std::string_view(slots).substr(kHeaderBytes + slot * kSlotBytes, kSlotBytes);
    const std::string place = BigEndian(slot);
    const auto key = OpenSealed(
        secret, LengthPrefixed({"waymark-key-slot-v1", file_id, place, bytes.substr(0, 1)}),
        bytes.substr(4));
    if (!key) {
      keys.unreadable = directory + ": slot " + std::to_string(slot) + " is damaged";
    } else if (bytes[0] == kLive) {
      keys.live[slot] = *key;
    } else {
      keys.erased.insert(slot);
    }
  }
  return keys;
}

}  // namespace checker
