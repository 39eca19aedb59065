// Byte strings as the documented layouts write them, read by code of the checker's own: it shares
// nothing with what it checks but the protos.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace checker {

std::string Hex(std::string_view bytes);
// "" for what is no hexadecimal or no base64.
std::string UnHex(std::string_view text);
std::string UnBase64Url(std::string_view text);
std::string UnBase64(std::string_view text);
std::string Sha256(std::string_view bytes);

// Ordered keys (KeyBuilder) and fixed-width numbers, big-endian. After a mistake everything reads
// as empty or zero and `bad()` is true.
class KeyParts {
 public:
  explicit KeyParts(std::string_view bytes) : rest_(bytes) {}
  std::string Text();  // 0x00 escaped as 0x00 0xff, ended by 0x00 0x00
  uint64_t Number(size_t width = 8);
  // Bytes behind a length of 4 bytes, as the embedded log writes them.
  std::string Sized();
  bool done() const { return rest_.empty(); }
  bool bad() const { return bad_; }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
  bool bad_ = false;
};

// The runtime's rows: numbers as LEB128, texts with their length before them, instants as zigzag
// microseconds.
class RowParts {
 public:
  explicit RowParts(std::string_view bytes) : rest_(bytes) {}
  uint64_t Number();
  std::string Text();
  int64_t Micros();
  bool bad() const { return bad_; }

 private:
  std::string_view rest_;
  bool bad_ = false;
};

}  // namespace checker
