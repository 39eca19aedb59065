// Text folding by ICU. Internal to this library; safe from any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace waymark::identifiers {

// The longest input, and the longest normal form, in bytes.
inline constexpr size_t kBytesMax = 512;

// Compatibility-decomposed, marks removed, Latin to ASCII, case folded, apostrophes removed, each
// run of anything but letters and digits to one space, no space at either end. Folding twice gives
// the same as once. nullopt for text that is not UTF-8 or too long. "" when nothing is left.
std::optional<std::string> Fold(std::string_view text);

// Whether folded text holds a letter of any script.
bool HasLetter(std::string_view folded);

// The ASCII form of a domain name in lower case (UTS 46); nullopt when it has none.
std::optional<std::string> DomainToAscii(std::string_view domain);

bool IsUtf8(std::string_view text);

}  // namespace waymark::identifiers
