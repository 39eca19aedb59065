// Byte strings: hexadecimal, base64, and two encodings used for keys and for what is signed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace waymark {

std::string ToHex(std::string_view bytes);
absl::StatusOr<std::string> FromHex(std::string_view hex);

// RFC 4648 section 4 (with padding) and section 5 (URL-safe, without padding).
std::string ToBase64(std::string_view bytes);
absl::StatusOr<std::string> FromBase64(std::string_view text);
std::string ToBase64Url(std::string_view bytes);
absl::StatusOr<std::string> FromBase64Url(std::string_view text);

// Length-prefixed fields in a fixed order: each field is its length as 8 bytes big-endian, then its
// bytes. Two different lists of fields never give the same bytes, so this is what gets signed and
// hashed.
std::string LengthPrefixed(const std::vector<std::string_view>& fields);

// Parts of an ordered store key. Numbers are 8 bytes big-endian so that byte order is number order;
// texts are escaped (0x00 as 0x00 0xff) and ended by 0x00 0x00, so that a prefix of parts is a
// prefix of bytes and no text reaches into the next part.
class KeyBuilder {
 public:
  KeyBuilder& Text(std::string_view part);
  KeyBuilder& Number(uint64_t part);
  std::string Take() { return std::move(key_); }

 private:
  std::string key_;
};

// Reads back what KeyBuilder wrote. Each call consumes one part; an error means the key was not
// written by the same layout.
class KeyReader {
 public:
  explicit KeyReader(std::string_view key) : rest_(key) {}
  absl::StatusOr<std::string> Text();
  absl::StatusOr<uint64_t> Number();
  bool done() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

// The first key after every key that starts with `prefix`; "" when there is none (all 0xff).
std::string AfterPrefix(std::string_view prefix);

std::string BigEndian64(uint64_t value);

}  // namespace waymark
