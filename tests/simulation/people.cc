#include "tests/simulation/people.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace waymark::simulation {
namespace {

constexpr int kNeighbourhoods = 3;

}  // namespace

gateway::v1::Address HomeOf(int number) {
  gateway::v1::Address address;
  address.set_house(absl::StrCat(11 + number));
  address.set_street("Zqvogel Lane");
  address.set_postcode(absl::StrFormat("PE13 %dQZ", number % 10));
  address.set_uprn(absl::StrFormat("99960000%04d", number));
  return address;
}

std::string LsoaOf(int number) { return absl::StrFormat("E0109%04d", number % kNeighbourhoods); }

gateway::v1::Identity PersonOf(int number, int known) {
  gateway::v1::Identity identity;
  identity.set_telephone(absl::StrFormat("0113 496 %04d", 300 + number));
  if (known == 2) return identity;
  identity.set_given_name(absl::StrFormat("Kanarek%c", 'a' + number));
  identity.set_family_name(absl::StrFormat("Zqvogel%c", 'p' + number));
  identity.set_date_of_birth(absl::StrFormat("1951-07-%02d", 10 + number));
  identity.set_email(absl::StrFormat("kanarek.%d@zqvogel.example", number));
  identity.set_safe_contact("Kanarek: text only, never ring");
  if (known == 0) *identity.mutable_address() = HomeOf(number);
  return identity;
}

std::string CanaryWords(const std::string& words) { return absl::StrCat("Kanarek: ", words); }

const std::vector<std::string>& Canaries() {
  static const std::vector<std::string>* const canaries = new std::vector<std::string>{
      "kanarek", "zqvogel", "496 03", "11349603", "1951-07", "99960000"};
  return *canaries;
}

}  // namespace waymark::simulation
