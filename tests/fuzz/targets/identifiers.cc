// Everything that identifies people and places: any bytes are safe, and a normal form stands.
#include "libs/identifiers/identifiers.h"

#include <string>

#include "tests/fuzz/targets/input.h"

namespace {

using waymark::identifiers::Normalised;

template <class Normalise>
void Check(std::string_view raw, const Normalise& normalise) {
  const Normalised first = normalise(raw);
  if (!first.ok()) return;
  const Normalised second = normalise(*first);
  WM_CHECK(second.ok() && *second == *first, "a normal form has another normal form");
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace waymark::identifiers;
  const std::string_view raw = waymark::fuzz::Text(data, size);
  const absl::CivilDay today(2026, 3, 6);
  Check(raw, [](std::string_view text) { return NormaliseTelephone(text, "f"); });
  Check(raw, [](std::string_view text) { return NormaliseName(text, "f"); });
  Check(raw, [&](std::string_view text) { return NormaliseDateOfBirth(text, "f", today); });
  Check(raw, [](std::string_view text) { return NormaliseUprn(text, "f"); });
  Check(raw, [](std::string_view text) { return NormaliseUsrn(text, "f"); });
  Check(raw, [](std::string_view text) { return NormalisePostcode(text, "f"); });
  Check(raw, [](std::string_view text) { return NormaliseHouse(text, "f"); });
  Check(raw, [](std::string_view text) { return NormaliseEmail(text, "f"); });
  Check(raw, [](std::string_view text) { return NormaliseLsoa(text, "f"); });
  waymark::fuzz::Pieces pieces(raw);
  Identity identity;
  for (std::string* field :
       {&identity.given_name, &identity.family_name, &identity.date_of_birth, &identity.telephone,
        &identity.email, &identity.uprn, &identity.house, &identity.postcode}) {
    *field = std::string(pieces.Next());
  }
  TelephoneCache telephones;
  for (const TokenInput& input : MakeTokenInputs(identity, today, "p.", telephones).inputs) {
    WM_CHECK(!input.normal.empty(), "a token of nothing");
  }
  return 0;
}
