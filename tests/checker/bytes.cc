#include "tests/checker/bytes.h"

#include <openssl/evp.h>

namespace checker {

std::string Hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    text.push_back(kDigits[static_cast<unsigned char>(c) >> 4]);
    text.push_back(kDigits[static_cast<unsigned char>(c) & 15]);
  }
  return text;
}

std::string UnHex(std::string_view text) {
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
  };
  std::string bytes;
  if (text.size() % 2 != 0) return "";
  for (size_t i = 0; i < text.size(); i += 2) {
    if (digit(text[i]) < 0 || digit(text[i + 1]) < 0) return "";
    bytes.push_back(static_cast<char>(digit(text[i]) << 4 | digit(text[i + 1])));
  }
  return bytes;
}

namespace {

std::string FromBase64(std::string_view text, std::string_view last_two) {
  static constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  std::string bytes;
  uint32_t held = 0;
  int bits = 0;
  for (const char c : text) {
    const size_t last = last_two.find(c);
    const size_t value = last == std::string_view::npos ? kAlphabet.find(c) : 62 + last;
    if (value == std::string_view::npos) return "";
    held = held << 6 | static_cast<uint32_t>(value);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push_back(static_cast<char>(held >> bits & 0xff));
  }
  return bytes;
}

}  // namespace

std::string UnBase64Url(std::string_view text) { return FromBase64(text, "-_"); }

std::string UnBase64(std::string_view text) {
  while (!text.empty() && text.back() == '=') text.remove_suffix(1);
  return FromBase64(text, "+/");
}

std::string Sha256(std::string_view bytes) {
  std::string digest(32, '\0');
  unsigned int size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()), &size,
                 EVP_sha256(), nullptr) != 1) {
    return "";
  }
  return digest;
}

std::string KeyParts::Text() {
  std::string text;
  while (rest_.size() >= 2) {
    if (rest_[0] != '\0') {
      text.push_back(rest_[0]);
      rest_.remove_prefix(1);
      continue;
    }
    const char mark = rest_[1];
    rest_.remove_prefix(2);
    if (mark == '\0') return text;
    text.push_back('\0');
  }
  bad_ = true;
  rest_ = {};
  return "";
}

uint64_t KeyParts::Number(size_t width) {
  if (rest_.size() < width) {
    bad_ = true;
    rest_ = {};
    return 0;
  }
  uint64_t value = 0;
  for (const char c : rest_.substr(0, width)) value = value << 8 | static_cast<unsigned char>(c);
  rest_.remove_prefix(width);
  return value;
}

std::string KeyParts::Sized() {
  const uint64_t size = Number(4);
  if (size > rest_.size()) {
    bad_ = true;
    rest_ = {};
    return "";
  }
  std::string bytes(rest_.substr(0, size));
  rest_.remove_prefix(size);
  return bytes;
}

uint64_t RowParts::Number() {
  uint64_t value = 0;
  for (int shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  bad_ = true;
  rest_ = {};
  return 0;
}

std::string RowParts::Text() {
  const uint64_t size = Number();
  if (size > rest_.size()) {
    bad_ = true;
    rest_ = {};
    return "";
  }
  std::string text(rest_.substr(0, size));
  rest_.remove_prefix(size);
  return text;
}

int64_t RowParts::Micros() {
  const uint64_t zigzag = Number();
  return static_cast<int64_t>(zigzag >> 1) ^ -static_cast<int64_t>(zigzag & 1);
}

}  // namespace checker
