// Properties of every normal form: normalising again changes nothing, and no bytes are dangerous.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "libs/identifiers/identifiers.h"

namespace waymark::identifiers {
namespace {

const absl::CivilDay kToday(2026, 3, 2);

struct Form {
  const char* name;
  Normalised (*normalise)(std::string_view raw);
  const char* alphabet;  // characters that come near to what is wanted
};

void PrintTo(const Form& form, std::ostream* out) { *out << form.name; }

const Form kForms[] = {
    {"telephone", [](std::string_view raw) { return NormaliseTelephone(raw, "f"); },
     "0123456789+() -x#"},
    {"name", [](std::string_view raw) { return NormaliseName(raw, "f"); },
     "abcDEZmr dr.'-\xc3\xa9\xc3\x9f\xcc\x81\xe2\x80\x99"},
    {"date_of_birth", [](std::string_view raw) { return NormaliseDateOfBirth(raw, "f", kToday); },
     "0129/-."},
    {"uprn", [](std::string_view raw) { return NormaliseUprn(raw, "f"); }, "0123456789 "},
    {"usrn", [](std::string_view raw) { return NormaliseUsrn(raw, "f"); }, "0123456789 "},
    {"postcode", [](std::string_view raw) { return NormalisePostcode(raw, "f"); }, "PE13 2ABm1w"},
    {"house", [](std::string_view raw) { return NormaliseHouse(raw, "f"); }, "12ab flat,-/"},
    {"email", [](std::string_view raw) { return NormaliseEmail(raw, "f"); }, "ab.@-+A\xc3\xbc"},
    {"lsoa", [](std::string_view raw) { return NormaliseLsoa(raw, "f"); }, "EW01234 e"},
};

std::string CodePoint(uint32_t c) {
  std::string utf8;
  if (c < 0x80) {
    utf8 = {static_cast<char>(c)};
  } else if (c < 0x800) {
    utf8 = {static_cast<char>(0xC0 | c >> 6), static_cast<char>(0x80 | (c & 63))};
  } else if (c < 0x10000) {
    utf8 = {static_cast<char>(0xE0 | c >> 12), static_cast<char>(0x80 | (c >> 6 & 63)),
            static_cast<char>(0x80 | (c & 63))};
  } else {
    utf8 = {static_cast<char>(0xF0 | c >> 18), static_cast<char>(0x80 | (c >> 12 & 63)),
            static_cast<char>(0x80 | (c >> 6 & 63)), static_cast<char>(0x80 | (c & 63))};
  }
  return utf8;
}

std::string SomeText(const Form& form) {
  switch (*rc::gen::inRange(0, 3)) {
    case 0:  // any bytes
      return *rc::gen::container<std::string>(
          rc::gen::map(rc::gen::inRange(0, 256), [](int byte) { return static_cast<char>(byte); }));
    case 1: {  // any code points
      std::string text;
      for (const int c : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 0x20000))) {
        text += CodePoint(static_cast<uint32_t>(c));
      }
      return text;
    }
    default:
      return *rc::gen::container<std::string>(rc::gen::elementOf(std::string(form.alphabet)));
  }
}

class NormalForm : public ::testing::TestWithParam<Form> {};

TEST_P(NormalForm, IsItsOwnNormalForm) {
  const Form& form = GetParam();
  const bool held = rc::check([&] {
    const Normalised once = form.normalise(SomeText(form));
    if (!once.ok()) {
      RC_ASSERT(!once.problem().code.empty());
      return;
    }
    const Normalised twice = form.normalise(*once);
    RC_ASSERT(twice.ok());
    RC_ASSERT(*twice == *once);
    RC_ASSERT(once->find('|') == std::string::npos);
  });
  EXPECT_TRUE(held);
}

INSTANTIATE_TEST_SUITE_P(All, NormalForm, ::testing::ValuesIn(kForms),
                         [](const auto& param) { return param.param.name; });

// Every code point by itself and between letters.
TEST(Name, FoldsEveryCodePointOnce) {
  int named = 0;
  for (uint32_t c = 1; c < 0x20000; ++c) {
    if (c >= 0xD800 && c < 0xE000) continue;
    const Normalised once = NormaliseName("a" + CodePoint(c) + "b", "f");
    if (!once.ok()) continue;
    ++named;
    const Normalised twice = NormaliseName(*once, "f");
    ASSERT_TRUE(twice.ok()) << std::hex << c;
    ASSERT_EQ(*once, *twice) << std::hex << c;
  }
  EXPECT_GT(named, 100000);
}

}  // namespace
}  // namespace waymark::identifiers
