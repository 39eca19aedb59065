#include "libs/base/blank.h"

#include <algorithm>
#include <array>

namespace waymark {
namespace {

// White_Space of the Unicode Character Database above ASCII, in UTF-8.
constexpr std::array<std::string_view, 19> kSpaces = {
    "\u0085", "\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003",
    "\u2004", "\u2005", "\u2006", "\u2007", "\u2008", "\u2009", "\u200a",
    "\u2028", "\u2029", "\u202f", "\u205f", "\u3000"};

// Tab to carriage return, the four separators, space.
bool IsAsciiSpace(char c) { return (c >= '\t' && c <= '\r') || (c >= '\x1c' && c <= ' '); }

}  // namespace

bool IsBlank(std::string_view text) {
  while (!text.empty()) {
    if (IsAsciiSpace(text.front())) {
      text.remove_prefix(1);
      continue;
    }
    const auto space = std::find_if(kSpaces.begin(), kSpaces.end(), [&](std::string_view one) {
      return text.substr(0, one.size()) == one;
    });
    if (space == kSpaces.end()) return false;
    text.remove_prefix(space->size());
  }
  return true;
}

}  // namespace waymark
