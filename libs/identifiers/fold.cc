#include "libs/identifiers/fold.h"

#include <unicode/bytestream.h>
#include <unicode/idna.h>
#include <unicode/normalizer2.h>
#include <unicode/translit.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/ustring.h>

#include "libs/base/check.h"

namespace waymark::identifiers {
namespace {

// Folding can uncover something to fold (a letter that decomposes only in lower case); two rounds
// are enough for all of Unicode 15, the rest is reserve.
constexpr int kRoundsMax = 6;

const icu::Normalizer2& Nfkd() {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* nfkd = icu::Normalizer2::getNFKDInstance(error);
  WM_CHECK(U_SUCCESS(error), "ICU has no NFKD data");
  return *nfkd;
}

// Building one takes milliseconds, and one must not be shared between threads.
const icu::Transliterator& LatinToAscii() {
  thread_local const std::unique_ptr<icu::Transliterator> instance = [] {
    UErrorCode error = U_ZERO_ERROR;
    std::unique_ptr<icu::Transliterator> made(
        icu::Transliterator::createInstance("Latin-ASCII", UTRANS_FORWARD, error));
    WM_CHECK(U_SUCCESS(error) && made != nullptr, "ICU has no Latin-ASCII transliterator");
    return made;
  }();
  return *instance;
}

const icu::IDNA& Uts46() {
  static const icu::IDNA* const instance = [] {
    UErrorCode error = U_ZERO_ERROR;
    const icu::IDNA* made =
        icu::IDNA::createUTS46Instance(UIDNA_USE_STD3_RULES | UIDNA_CHECK_BIDI |
                                           UIDNA_CHECK_CONTEXTJ | UIDNA_NONTRANSITIONAL_TO_ASCII,
                                       error);
    WM_CHECK(U_SUCCESS(error) && made != nullptr, "ICU has no UTS 46 data");
    return made;
  }();
  return *instance;
}

bool IsApostrophe(UChar32 c) {
  switch (c) {
    case U'\'':
    case U'`':
    case 0x00B4:
    case 0x02B9:
    case 0x02BB:
    case 0x02BC:
    case 0x2018:
    case 0x2019:
    case 0x2032:
    case 0xFF07:
      return true;
    default:
      return false;
  }
}

bool IsMark(UChar32 c) {
  return (U_GET_GC_MASK(c) & (U_GC_MN_MASK | U_GC_ME_MASK | U_GC_CF_MASK)) != 0;
}

template <typename Drop>
icu::UnicodeString Without(const icu::UnicodeString& text, Drop drop) {
  icu::UnicodeString kept;
  for (int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const UChar32 c = text.char32At(i);
    if (!drop(c)) kept.append(c);
  }
  return kept;
}

icu::UnicodeString Spaced(const icu::UnicodeString& text) {
  icu::UnicodeString words;
  bool gap = false;
  for (int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const UChar32 c = text.char32At(i);
    if ((U_GET_GC_MASK(c) & (U_GC_L_MASK | U_GC_MC_MASK | U_GC_N_MASK)) == 0) {
      gap = true;
      continue;
    }
    if (gap && !words.isEmpty()) words.append(u' ');
    gap = false;
    words.append(c);
  }
  return words;
}

icu::UnicodeString FoldOnce(const icu::UnicodeString& text) {
  UErrorCode error = U_ZERO_ERROR;
  icu::UnicodeString folded = Nfkd().normalize(Without(text, IsApostrophe), error);
  WM_CHECK(U_SUCCESS(error), "NFKD failed on valid text");
  folded = Without(folded, IsMark);
  LatinToAscii().transliterate(folded);
  folded.foldCase();
  return Spaced(Without(folded, IsApostrophe));
}

}  // namespace

bool IsUtf8(std::string_view text) {
  UErrorCode error = U_ZERO_ERROR;
  int32_t length = 0;
  u_strFromUTF8(nullptr, 0, &length, text.data(), static_cast<int32_t>(text.size()), &error);
  return U_SUCCESS(error) || error == U_BUFFER_OVERFLOW_ERROR;
}

std::optional<std::string> Fold(std::string_view text) {
  if (text.size() > kBytesMax || !IsUtf8(text)) return std::nullopt;
  icu::UnicodeString folded = icu::UnicodeString::fromUTF8(
      icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
  for (int round = 0; round < kRoundsMax; ++round) {
    const icu::UnicodeString next = FoldOnce(folded);
    if (next == folded) {
      std::string utf8;
      folded.toUTF8String(utf8);
      if (utf8.size() > kBytesMax) return std::nullopt;
      return utf8;
    }
    folded = next;
  }
  return std::nullopt;
}

bool HasLetter(std::string_view folded) {
  const icu::UnicodeString text = icu::UnicodeString::fromUTF8(
      icu::StringPiece(folded.data(), static_cast<int32_t>(folded.size())));
  for (int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    if (u_isalpha(text.char32At(i))) return true;
  }
  return false;
}

std::optional<std::string> DomainToAscii(std::string_view domain) {
  if (!IsUtf8(domain)) return std::nullopt;
  std::string ascii;
  icu::StringByteSink<std::string> sink(&ascii);
  icu::IDNAInfo info;
  UErrorCode error = U_ZERO_ERROR;
  Uts46().nameToASCII_UTF8(icu::StringPiece(domain.data(), static_cast<int32_t>(domain.size())),
                           sink, info, error);
  if (U_FAILURE(error) || info.hasErrors()) return std::nullopt;
  return ascii;
}

}  // namespace waymark::identifiers
