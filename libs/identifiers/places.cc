#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/base/text.h"
#include "libs/identifiers/fold.h"
#include "libs/identifiers/identifiers.h"

namespace waymark::identifiers {
namespace {

Problem Refuse(std::string_view code, std::string_view field, std::string wanted) {
  return {std::string(code), std::string(field), std::move(wanted),
          "correct the value or leave it out"};
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsCapital(char c) { return c >= 'A' && c <= 'Z'; }

Normalised Padded(std::string_view raw, size_t digits, std::string_view code,
                  std::string_view field) {
  const std::string_view text = ToStd(absl::StripAsciiWhitespace(ToAbsl(raw)));
  bool good = !text.empty() && text.size() <= digits;
  bool zero = true;
  for (const char c : text) {
    good = good && IsDigit(c);
    zero = zero && c == '0';
  }
  if (!good || zero) {
    return Refuse(code, field, absl::StrCat("a number of at most ", digits, " digits, not zero"));
  }
  return std::string(digits - text.size(), '0') + std::string(text);
}

// A for a letter, 9 for a digit.
std::string Shape(std::string_view text) {
  std::string shape;
  for (const char c : text) shape.push_back(IsDigit(c) ? '9' : IsCapital(c) ? 'A' : '?');
  return shape;
}

bool Excludes(std::string_view letters, char c) {
  return letters.find(c) == std::string_view::npos;
}

// The forms and the letters that never occur, from the Royal Mail's and the Office for National
// Statistics' description (BS 7666).
bool IsPostcode(std::string_view text) {
  if (text == "GIR0AA") return true;
  if (text.size() < 5 || text.size() > 7) return false;
  const std::string_view outward = text.substr(0, text.size() - 3);
  const std::string_view inward = text.substr(text.size() - 3);
  if (Shape(inward) != "9AA" || !Excludes("CIKMOV", inward[1]) || !Excludes("CIKMOV", inward[2])) {
    return false;
  }
  const std::string shape = Shape(outward);
  if (shape != "A9" && shape != "A99" && shape != "AA9" && shape != "AA99" && shape != "A9A" &&
      shape != "AA9A") {
    return false;
  }
  return Excludes("QVX", outward[0]) && (shape[1] != 'A' || Excludes("IJZ", outward[1]));
}

}  // namespace

Normalised NormaliseUprn(std::string_view raw, std::string_view field) {
  return Padded(raw, 12, "invalid_uprn", field);
}

Normalised NormaliseUsrn(std::string_view raw, std::string_view field) {
  return Padded(raw, 8, "invalid_usrn", field);
}

Normalised NormalisePostcode(std::string_view raw, std::string_view field) {
  std::string text;
  if (raw.size() <= kBytesMax) {
    for (const char c : raw) {
      const auto byte = static_cast<unsigned char>(c);
      if (!absl::ascii_isspace(byte)) text.push_back(absl::ascii_toupper(byte));
    }
  }
  if (!IsPostcode(text))
    return Refuse("invalid_postcode", field, "a full postcode, such as SW1A 1AA");
  return text.insert(text.size() - 3, " ");
}

std::string OutwardPart(std::string_view postcode) {
  return std::string(postcode.substr(0, postcode.find(' ')));
}

Normalised NormaliseHouse(std::string_view raw, std::string_view field) {
  const auto folded = Fold(raw);
  if (!folded || folded->empty()) {
    return Refuse("invalid_house", field, "a house number or name, at most 512 bytes");
  }
  std::string house;
  for (const absl::string_view word : absl::StrSplit(*folded, ' ')) {
    const bool lone_letter = word.size() == 1 && word[0] >= 'a' && word[0] <= 'z';
    const bool joins = lone_letter && !house.empty() && IsDigit(house.back());
    if (!house.empty() && !joins) house.push_back(' ');
    house.append(word.data(), word.size());
  }
  return house;
}

Normalised NormaliseLsoa(std::string_view raw, std::string_view field) {
  std::string text = absl::AsciiStrToUpper(absl::StripAsciiWhitespace(ToAbsl(raw)));
  const bool country = !text.empty() && (text[0] == 'E' || text[0] == 'W');
  if (!country || text.size() != 9 || text.compare(1, 2, "01") != 0 || Shape(text) != "A99999999") {
    return Refuse("invalid_lsoa", field, "E01 or W01 followed by six digits");
  }
  return text;
}

}  // namespace waymark::identifiers
