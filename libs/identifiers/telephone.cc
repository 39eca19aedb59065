#include <phonenumbers/logger.h>
#include <phonenumbers/phonenumberutil.h>

#include "libs/identifiers/fold.h"
#include "libs/identifiers/identifiers.h"

namespace waymark::identifiers {
namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

const PhoneNumberUtil& Util() {
  static const PhoneNumberUtil* const util = [] {
    PhoneNumberUtil* instance = PhoneNumberUtil::GetInstance();
    // Its own logger would print numbers that it cannot read. It takes ownership.
    instance->SetLogger(new i18n::phonenumbers::NullLogger);
    return instance;
  }();
  return *util;
}

// The numbering plan knows a few helplines of 7 digits; from a caller, 7 digits are a number
// without its area code, which would link strangers in different towns.
constexpr int kBritain = 44;
constexpr uint64_t kShortestBritish = 100'000'000;

std::optional<std::string> ToE164(const std::string& raw, const std::string& region) {
  PhoneNumber number;
  if (Util().Parse(raw, region, &number) != PhoneNumberUtil::NO_PARSING_ERROR) {
    return std::nullopt;
  }
  if (Util().IsPossibleNumberWithReason(number) != PhoneNumberUtil::IS_POSSIBLE) {
    return std::nullopt;
  }
  if (number.country_code() == kBritain && number.national_number() < kShortestBritish) {
    return std::nullopt;
  }
  number.clear_extension();
  std::string e164;
  Util().Format(number, PhoneNumberUtil::E164, &e164);
  return e164;
}

// Nearly every number here is British; its form needs no second reading.
bool IsPlainBritish(const std::string& e164) {
  return e164.size() == 13 && e164.compare(0, 3, "+44") == 0 && e164[3] != '0';
}

std::optional<std::string> Read(std::string_view raw, std::string_view region) {
  if (raw.size() > kBytesMax || !IsUtf8(raw)) return std::nullopt;
  const std::string home(region);
  auto e164 = ToE164(std::string(raw), home);
  if (!e164 || IsPlainBritish(*e164)) return e164;
  if (ToE164(*e164, home) != e164) return std::nullopt;
  return e164;
}

Normalised Answer(const std::optional<std::string>& e164, std::string_view field) {
  if (e164) return *e164;
  return Problem{"invalid_telephone", std::string(field),
                 "a telephone number with its area code, national or international",
                 "correct the number or leave it out"};
}

}  // namespace

Normalised NormaliseTelephone(std::string_view raw, std::string_view field,
                              std::string_view region) {
  return Answer(Read(raw, region), field);
}

Normalised TelephoneCache::Normalise(std::string_view raw, std::string_view field) {
  if (raw.size() > kBytesMax) return Answer(std::nullopt, field);
  const std::string key(raw);
  const auto found = known_.find(key);
  if (found != known_.end()) return Answer(found->second, field);
  if (known_.size() >= entries_max_) known_.clear();
  return Answer(known_.emplace(key, Read(raw, "GB")).first->second, field);
}

}  // namespace waymark::identifiers
