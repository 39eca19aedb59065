#include "cli/publish/utf8.h"

#include <algorithm>
#include <cstdint>

namespace waymark::cli {
namespace {

bool Continues(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) == 0x80; }

}  // namespace

bool IsUtf8(std::string_view text) {
  constexpr uint32_t kLeast[] = {0, 0x80, 0x800, 0x10000};  // by continuation bytes
  for (size_t at = 0; at < text.size();) {
    const auto lead = static_cast<unsigned char>(text[at++]);
    if (lead < 0x80) continue;
    size_t more = 0;
    if (lead >= 0xc0) more = lead < 0xe0 ? 1 : (lead < 0xf0 ? 2 : (lead < 0xf8 ? 3 : 0));
    if (more == 0 || text.size() - at < more) return false;
    uint32_t point = lead & (0x3fu >> more);
    for (const size_t end = at + more; at < end; ++at) {
      if (!Continues(text[at])) return false;
      point = point << 6 | (static_cast<unsigned char>(text[at]) & 0x3f);
    }
    if (point < kLeast[more] || point > 0x10ffff) return false;
    if (point >= 0xd800 && point <= 0xdfff) return false;
  }
  return true;
}

size_t Utf8Length(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char byte) { return !Continues(byte); }));
}

}  // namespace waymark::cli
