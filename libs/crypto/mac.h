// HMAC-SHA256 (RFC 2104), HKDF-SHA256 (RFC 5869), and what secrets need: comparing them without
// telling where they differ, and wiping them.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace waymark::crypto {

// One key, many messages: the key schedule is computed once and reused, which is several times
// cheaper than a one-shot call for short messages. Not thread-safe (one per thread); movable, not
// copyable. The key may have any length, also zero.
class HmacSha256 {
 public:
  explicit HmacSha256(std::string_view key);
  ~HmacSha256();
  HmacSha256(HmacSha256&&) noexcept;
  HmacSha256& operator=(HmacSha256&&) noexcept;

  // 32 bytes.
  std::string Mac(std::string_view message);
  // Constant time in where the bytes differ.
  bool Verify(std::string_view message, std::string_view mac);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Compares in time that depends on the lengths only; different lengths are unequal.
bool ConstantTimeEqual(std::string_view left, std::string_view right);

// Overwrites the bytes in a way the compiler keeps, then empties the string.
void Wipe(std::string& secret);

// 32 bytes. `salt` may be empty; `input_key` must not be.
std::string HkdfExtract(std::string_view salt, std::string_view input_key);

// `length` bytes, 1 to 8160. `pseudorandom_key` is what HkdfExtract gave.
std::string HkdfExpand(std::string_view pseudorandom_key, std::string_view info, size_t length);

// Extract, then expand: a key for one use, which `info` names. Never use one secret for two things
// directly; derive one key for each.
std::string DeriveKey(std::string_view secret, std::string_view info, size_t length = 32);

}  // namespace waymark::crypto
