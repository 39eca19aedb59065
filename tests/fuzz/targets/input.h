// What every fuzz target begins with: the bytes as text, and a source of several texts from one
// input. A target returns 0 always; what must never happen is a WM_CHECK.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "libs/base/check.h"

namespace waymark::fuzz {

inline std::string_view Text(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// Takes pieces off the front. A piece's length is its first byte times `unit`.
class Pieces {
 public:
  explicit Pieces(std::string_view rest) : rest_(rest) {}
  std::string_view Next(size_t unit = 1) {
    if (rest_.empty()) return {};
    const size_t wanted = static_cast<uint8_t>(rest_.front()) * unit;
    rest_.remove_prefix(1);
    const std::string_view piece = rest_.substr(0, std::min(wanted, rest_.size()));
    rest_.remove_prefix(piece.size());
    return piece;
  }
  std::string_view Rest() const { return rest_; }

 private:
  std::string_view rest_;
};

}  // namespace waymark::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
