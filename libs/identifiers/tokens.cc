#include <array>

#include "absl/strings/str_cat.h"
#include "libs/base/text.h"
#include "libs/identifiers/identifiers.h"

namespace waymark::identifiers {
namespace {

class Collector {
 public:
  explicit Collector(std::string_view prefix) : prefix_(prefix) {}

  // Runs `normalise` on a value that is there; keeps its normal form or its problem.
  template <typename Function>
  std::optional<std::string> Take(std::string_view raw, std::string_view field,
                                  Function normalise) {
    if (raw.empty()) return std::nullopt;
    Normalised result = normalise(raw, absl::StrCat(ToAbsl(prefix_), ToAbsl(field)));
    if (result.ok()) return *std::move(result);
    found_.problems.push_back(result.problem());
    return std::nullopt;
  }

  void Add(TokenKind kind, const std::optional<std::string>& whole) {
    if (whole) found_.inputs.push_back({kind, *whole});
  }
  void Add(TokenKind kind, const std::optional<std::string>& left,
           const std::optional<std::string>& right) {
    if (left && right) found_.inputs.push_back({kind, absl::StrCat(*left, "|", *right)});
  }

  TokenInputs Finish() { return std::move(found_); }

 private:
  std::string_view prefix_;
  TokenInputs found_;
};

}  // namespace

std::string_view Name(TokenKind kind) {
  static constexpr std::array<std::string_view, 7> kNames = {
      "telephone", "email", "name_dob", "phonetic_dob", "house_postcode", "uprn", "name_postcode"};
  const auto index = static_cast<size_t>(kind);
  WM_CHECK(index < kNames.size(), "a token kind outside its vocabulary");
  return kNames[index];
}

TokenInputs MakeTokenInputs(const Identity& identity, absl::CivilDay today, std::string_view prefix,
                            TelephoneCache& telephones) {
  Collector collect(prefix);
  const auto telephone = collect.Take(
      identity.telephone, "telephone",
      [&](std::string_view raw, const auto& field) { return telephones.Normalise(raw, field); });
  const auto email = collect.Take(identity.email, "email", NormaliseEmail);
  std::optional<std::string> name;
  if (!identity.family_name.empty()) {
    const std::string whole = absl::StrCat(identity.given_name, " ", identity.family_name);
    name = collect.Take(whole, "name", NormaliseName);
  }
  const auto birth = collect.Take(identity.date_of_birth, "date_of_birth",
                                  [&](std::string_view raw, const auto& field) {
                                    return NormaliseDateOfBirth(raw, field, today);
                                  });
  const auto house = collect.Take(identity.house, "address.house", NormaliseHouse);
  const auto postcode = collect.Take(identity.postcode, "address.postcode", NormalisePostcode);
  const auto uprn = collect.Take(identity.uprn, "address.uprn", NormaliseUprn);

  collect.Add(TokenKind::kTelephone, telephone);
  collect.Add(TokenKind::kEmail, email);
  collect.Add(TokenKind::kNameDob, name, birth);
  collect.Add(TokenKind::kPhoneticDob, name ? PhoneticKey(*name) : std::nullopt, birth);
  collect.Add(TokenKind::kHousePostcode, house, postcode);
  collect.Add(TokenKind::kUprn, uprn);
  collect.Add(TokenKind::kNamePostcode, name, postcode);
  return collect.Finish();
}

}  // namespace waymark::identifiers
