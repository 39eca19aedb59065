#include "libs/base/bytes.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "libs/base/text.h"

namespace waymark {
std::string ToHex(std::string_view bytes) { return absl::BytesToHexString(ToAbsl(bytes)); }

absl::StatusOr<std::string> FromHex(std::string_view hex) {
  const bool digits =
      std::all_of(hex.begin(), hex.end(), [](unsigned char c) { return absl::ascii_isxdigit(c); });
  if (hex.size() % 2 != 0 || !digits) {
    return absl::InvalidArgumentError("not hexadecimal: wanted an even number of digits 0-9 a-f");
  }
  return absl::HexStringToBytes(ToAbsl(hex));
}

std::string ToBase64(std::string_view bytes) { return absl::Base64Escape(ToAbsl(bytes)); }

absl::StatusOr<std::string> FromBase64(std::string_view text) {
  std::string bytes;
  if (!absl::Base64Unescape(ToAbsl(text), &bytes)) return absl::InvalidArgumentError("not base64");
  return bytes;
}

std::string ToBase64Url(std::string_view bytes) { return absl::WebSafeBase64Escape(ToAbsl(bytes)); }

absl::StatusOr<std::string> FromBase64Url(std::string_view text) {
  std::string bytes;
  if (!absl::WebSafeBase64Unescape(ToAbsl(text), &bytes)) {
    return absl::InvalidArgumentError("not URL-safe base64");
  }
  return bytes;
}

std::string BigEndian64(uint64_t value) {
  std::string bytes(8, '\0');
  for (int i = 7; i >= 0; --i, value >>= 8) bytes[i] = static_cast<char>(value & 0xff);
  return bytes;
}

std::string LengthPrefixed(const std::vector<std::string_view>& fields) {
  std::string bytes;
  for (std::string_view field : fields) {
    bytes += BigEndian64(field.size());
    bytes += field;
  }
  return bytes;
}

KeyBuilder& KeyBuilder::Text(std::string_view part) {
  for (char c : part) {
    key_.push_back(c);
    if (c == '\0') key_.push_back('\xff');
  }
  key_.append(2, '\0');
  return *this;
}

KeyBuilder& KeyBuilder::Number(uint64_t part) {
  key_ += BigEndian64(part);
  return *this;
}

absl::StatusOr<std::string> KeyReader::Text() {
  std::string part;
  for (size_t i = 0; i + 1 < rest_.size(); ++i) {
    if (rest_[i] != '\0') {
      part.push_back(rest_[i]);
    } else if (rest_[i + 1] == '\xff') {
      part.push_back('\0');
      ++i;
    } else if (rest_[i + 1] == '\0') {
      rest_.remove_prefix(i + 2);
      return part;
    } else {
      break;
    }
  }
  return absl::DataLossError("a store key has no well-formed text part where one was expected");
}

absl::StatusOr<uint64_t> KeyReader::Number() {
  if (rest_.size() < 8) {
    return absl::DataLossError("a store key has no number part where one was expected");
  }
  uint64_t value = 0;
  for (int i = 0; i < 8; ++i) value = value << 8 | static_cast<unsigned char>(rest_[i]);
  rest_.remove_prefix(8);
  return value;
}

std::string AfterPrefix(std::string_view prefix) {
  std::string after(prefix);
  while (!after.empty() && after.back() == '\xff') after.pop_back();
  if (!after.empty()) ++after.back();
  return after;
}

}  // namespace waymark
