// What a terminal and a reader need to know of UTF-8. Pure; thread-safe.
#pragma once

#include <cstddef>
#include <string_view>

namespace waymark::cli {

// Well-formed as of RFC 3629: no overlong forms, no surrogates, nothing beyond U+10FFFF.
bool IsUtf8(std::string_view text);

// Code points: how many columns the text takes, for the scripts that these agencies write in.
size_t Utf8Length(std::string_view text);

}  // namespace waymark::cli
