#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/base/text.h"
#include "libs/identifiers/fold.h"
#include "libs/identifiers/identifiers.h"

namespace waymark::identifiers {
namespace {

constexpr int kAgeYearsMax = 130;

Problem Refuse(std::string_view code, std::string_view field, std::string_view wanted) {
  return {std::string(code), std::string(field), std::string(wanted),
          "correct the value or leave it out"};
}

bool IsTitle(std::string_view word) {
  static constexpr std::array<std::string_view, 12> kTitles = {
      "mr", "mrs", "miss", "ms", "mx", "dr", "prof", "professor", "rev", "revd", "sir", "dame"};
  return std::find(kTitles.begin(), kTitles.end(), word) != kTitles.end();
}

// The digit of a letter a-z; '0' for vowels and y, which part equal neighbours, and '-' for h and
// w, which do not. https://www.archives.gov/research/census/soundex
char SoundexDigit(char letter) { return "01230120022455012623010202"[letter - 'a']; }
bool IsSilent(char letter) { return letter == 'h' || letter == 'w'; }
bool IsLetter(char c) { return c >= 'a' && c <= 'z'; }

std::string Soundex(std::string_view letters) {
  std::string key(1, absl::ascii_toupper(static_cast<unsigned char>(letters[0])));
  char last = SoundexDigit(letters[0]);
  for (const char letter : letters.substr(1)) {
    if (key.size() == 4) break;
    if (IsSilent(letter)) continue;
    const char digit = SoundexDigit(letter);
    if (digit != '0' && digit != last) key.push_back(digit);
    last = digit;
  }
  key.resize(4, '0');
  return key;
}

struct DateParts {
  int year = 0;
  int month = 0;
  int day = 0;
};

std::optional<int> Digits(std::string_view text, size_t min, size_t max) {
  if (text.size() < min || text.size() > max) return std::nullopt;
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

std::optional<DateParts> ReadDate(std::string_view text) {
  const std::vector<std::string> parts = absl::StrSplit(ToAbsl(text), absl::ByAnyChar("-/."));
  if (parts.size() != 3) return std::nullopt;
  const bool year_first = parts[0].size() == 4;
  const auto year = Digits(parts[year_first ? 0 : 2], 4, 4);
  const auto month = Digits(parts[1], 1, 2);
  const auto day = Digits(parts[year_first ? 2 : 0], 1, 2);
  if (!year || !month || !day) return std::nullopt;
  return DateParts{*year, *month, *day};
}

bool IsLocalPart(std::string_view text) {
  if (text.empty() || text.size() > 64 || text.front() == '.' || text.back() == '.') return false;
  char before = 0;
  for (const char c : text) {
    const bool known = absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
                       std::string_view(".!#$%&'*+/=?^_`{}~-").find(c) != std::string_view::npos;
    if (!known || (c == '.' && before == '.')) return false;
    before = c;
  }
  return true;
}

bool IsDomain(std::string_view ascii) {
  if (ascii.empty() || ascii.size() > 253) return false;
  const std::vector<std::string> labels = absl::StrSplit(ToAbsl(ascii), '.');
  if (labels.size() < 2) return false;
  return std::none_of(labels.begin(), labels.end(),
                      [](const std::string& label) { return label.empty() || label.size() > 63; });
}

}  // namespace

Normalised NormaliseName(std::string_view raw, std::string_view field) {
  const auto folded = Fold(raw);
  if (!folded || !HasLetter(*folded)) {
    return Refuse("invalid_name", field, "a name with at least one letter, at most 512 bytes");
  }
  std::string_view name = *folded;
  for (size_t space = name.find(' '); space != std::string_view::npos; space = name.find(' ')) {
    const std::string_view rest = name.substr(space + 1);
    if (!IsTitle(name.substr(0, space)) || !HasLetter(rest)) break;
    name = rest;
  }
  return std::string(name);
}

std::optional<std::string> PhoneticKey(std::string_view name) {
  const size_t space = name.rfind(' ');
  if (space == std::string_view::npos) return std::nullopt;
  std::string letters;
  for (const char c : name.substr(space + 1)) {
    if (IsLetter(c)) letters.push_back(c);
  }
  if (letters.empty() || !IsLetter(name.front())) return std::nullopt;
  const char initial = absl::ascii_toupper(static_cast<unsigned char>(name.front()));
  return absl::StrCat(Soundex(letters), "-", std::string(1, initial));
}

Normalised NormaliseDateOfBirth(std::string_view raw, std::string_view field,
                                absl::CivilDay today) {
  const auto parts = ReadDate(ToStd(absl::StripAsciiWhitespace(ToAbsl(raw))));
  if (parts) {
    const absl::CivilDay day(parts->year, parts->month, parts->day);
    const bool exists =
        day.year() == parts->year && day.month() == parts->month && day.day() == parts->day;
    const absl::CivilDay oldest(today.year() - kAgeYearsMax, today.month(), today.day());
    if (exists && day <= today && day >= oldest) return absl::FormatCivilTime(day);
  }
  return Refuse("invalid_date_of_birth", field,
                "a date that exists, not in the future and at most 130 years ago: YYYY-MM-DD or "
                "DD/MM/YYYY");
}

Normalised NormaliseEmail(std::string_view raw, std::string_view field) {
  const std::string_view text = ToStd(absl::StripAsciiWhitespace(ToAbsl(raw)));
  const size_t at = text.rfind('@');
  if (text.size() <= kBytesMax && at != std::string_view::npos && IsLocalPart(text.substr(0, at))) {
    const auto domain = DomainToAscii(text.substr(at + 1));
    if (domain && IsDomain(*domain)) {
      return absl::StrCat(absl::AsciiStrToLower(ToAbsl(text.substr(0, at))), "@", *domain);
    }
  }
  return Refuse("invalid_email", field, "an e-mail address: name@domain");
}

}  // namespace waymark::identifiers
