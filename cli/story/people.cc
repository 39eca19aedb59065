#include "cli/story/people.h"

#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace waymark::cli::story {
namespace {

constexpr const char* kGivenNames[] = {
    "Ada",    "Bram",   "Carys",  "Dilys",  "Edwin",   "Farida", "Gwen",  "Hamza",   "Imogen",
    "Jonas",  "Kezia",  "Lionel", "Maeve",  "Nadia",   "Osric",  "Petra", "Quentin", "Rosa",
    "Selwyn", "Tamsin", "Ursula", "Vikram", "Wilfred", "Xenia",  "Yusuf", "Zelda"};
constexpr const char* kFamilyNames[] = {
    "Ashdyke",    "Bankside", "Coldham",   "Drovehouse", "Eaudyke",   "Fenwright",
    "Gedneyhill", "Hobbsend", "Ingsmill",  "Jarrowby",   "Kettlefen", "Lodewater",
    "Marshland",  "Nordelph", "Outwell",   "Pumphrey",   "Quayside",  "Reedcutter",
    "Sluiceman",  "Tydgate",  "Upwellian", "Vermuyde",   "Washbank",  "Yaxleyson"};
constexpr const char* kStreets[] = {"Invented Row",   "Sample Drove",     "Fiction Lane",
                                    "Pretend Bank",   "Example Close",    "Notional Way",
                                    "Specimen Court", "Imaginary Gardens"};
constexpr const char* kOutward[] = {"PE13", "PE14", "PE15", "PE16"};
constexpr int kNeighbourhoods = 8;

template <class T, size_t N>
const T& Nth(const T (&list)[N], int number) {
  return list[static_cast<size_t>(number) % N];
}

}  // namespace

uint64_t Dice::Roll(uint64_t sides) {
  // splitmix64, as in SeededRandom.
  uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return (z ^ (z >> 31)) % sides;
}

std::vector<std::string> Lsoas() {
  std::vector<std::string> all;
  for (int i = 0; i < kNeighbourhoods; ++i) all.push_back(absl::StrFormat("E0109%04d", 9000 + i));
  return all;
}

Place PlaceOf(int number) {
  Place place;
  place.address.set_house(absl::StrCat(1 + number / 8));
  place.address.set_street(Nth(kStreets, number));
  // One street, one postcode: letters that Royal Mail uses in the second half.
  place.address.set_postcode(
      absl::StrFormat("%s %d%cZ", Nth(kOutward, number / 2), number % 8 + 1, 'A' + number % 2));
  place.address.set_uprn(absl::StrFormat("99%010d", 7000 + number));
  place.lsoa = Lsoas()[static_cast<size_t>(number) % kNeighbourhoods];
  return place;
}

gateway::v1::Identity Resident(int number) {
  gateway::v1::Identity identity;
  identity.set_given_name(Nth(kGivenNames, number));
  identity.set_family_name(Nth(kFamilyNames, number / 2 + number));
  identity.set_date_of_birth(absl::StrFormat("%04d-%02d-%02d", 1938 + number * 7 % 66,
                                             1 + number * 5 % 12, 1 + number * 11 % 28));
  // 0113 496 0000 to 0999 is kept for fiction.
  identity.set_telephone(absl::StrFormat("0113 496 %04d", number % 1000));
  *identity.mutable_address() = PlaceOf(number).address;
  return identity;
}

}  // namespace waymark::cli::story
