#include "bench/incidents.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cli/story/people.h"

namespace waymark::bench {
namespace {

using cli::story::Dice;
using common::v1::Category;

constexpr int kLsoas = 60;
constexpr uint64_t kHomesApart = 10;  // between two of the housing provider's
constexpr std::string_view kLetters = "ABDEFGHJLNPQRSTUWXYZ";  // that end a postcode

constexpr const char* kGivenNames[] = {
    "Ada",    "Bram",   "Carys",  "Dilys",  "Edwin",   "Farida", "Gwen",  "Hamza",   "Imogen",
    "Jonas",  "Kezia",  "Lionel", "Maeve",  "Nadia",   "Osric",  "Petra", "Quentin", "Rosa",
    "Selwyn", "Tamsin", "Ursula", "Vikram", "Wilfred", "Xenia",  "Yusuf", "Zelda"};
constexpr const char* kFamilyStems[] = {"Ash",    "Bank", "Cold", "Drove",  "Eau",    "Fen",
                                        "Gedney", "Hobb", "Ing",  "Jarrow", "Kettle", "Lode"};
constexpr const char* kFamilyEnds[] = {"dyke", "side", "ham",   "house", "wright", "hill",
                                       "end",  "mill", "water", "land",  "well",   "phrey"};
constexpr const char* kTypes[] = {"noise",     "rowdy",           "vehicle_nuisance",
                                  "littering", "street_drinking", "animal_problems"};
constexpr const char* kWords[] = {
    "Noise late at night, third time this month; the caller cannot sleep.",
    "Youths outside the shop again, shouting at people who pass.",
    "Car left on the verge for weeks, windows broken since yesterday.",
    "Rubbish dumped behind the garages; rats have been seen."};

template <size_t N>
const char* Pick(const char* const (&list)[N], Dice& dice) {
  return list[dice.Roll(N)];
}

gateway::v1::Address Home(uint64_t person) {
  gateway::v1::Address home;
  home.set_house(absl::StrCat(1 + person % 90));
  home.set_street("Invented Row");
  const uint64_t street = person / 30;
  home.set_postcode(absl::StrFormat("PE%d %d%c%c", 13 + street % 4, 1 + street / 4 % 9,
                                    kLetters[street / 36 % kLetters.size()],
                                    kLetters[street / 36 / kLetters.size() % kLetters.size()]));
  home.set_uprn(absl::StrFormat("99%010d", person));
  return home;
}

std::string AgencyOf(Dice& dice) {
  const uint64_t roll = dice.Roll(100);
  if (roll < 50) return "police";
  if (roll < 75) return "council";
  return roll < 90 ? "housing" : "fire";
}

const char* ChannelOf(const std::string& agency) {
  if (agency == "police") return "call_101";
  if (agency == "council") return "online";
  return agency == "housing" ? "partner_line" : "patrol";
}

google::protobuf::Timestamp ToProto(absl::Time at) {
  google::protobuf::Timestamp out;
  out.set_seconds(absl::ToUnixSeconds(at));
  return out;
}

}  // namespace

District::District(uint64_t incidents) : people_(std::max<uint64_t>(incidents / 2, 20)) {}

gateway::v1::Identity District::Person(uint64_t number) const {
  Dice dice(number + 1);
  gateway::v1::Identity identity;
  identity.set_given_name(Pick(kGivenNames, dice));
  const char* stem = Pick(kFamilyStems, dice);
  identity.set_family_name(absl::StrCat(stem, Pick(kFamilyEnds, dice)));
  identity.set_date_of_birth(absl::StrFormat("%04d-%02d-%02d", 1938 + dice.Roll(66),
                                             1 + dice.Roll(12), 1 + dice.Roll(28)));
  identity.set_telephone(absl::StrFormat("07100 %06d", number));
  *identity.mutable_address() = Home(number);
  return identity;
}

Reported District::Incident(uint64_t number, absl::Time reported_at) const {
  Dice dice(0x77617900000000ULL + number);
  Reported reported;
  reported.agency = AgencyOf(dice);
  // One report in five comes from the fiftieth part of the people.
  const uint64_t person =
      dice.Roll(5) == 0 ? dice.Roll(std::max<uint64_t>(people_ / 50, 1)) : dice.Roll(people_);
  gateway::v1::Incident& incident = reported.incident;
  incident.set_source_reference(absl::StrFormat("B-%09d", number));
  *incident.mutable_reported_at() = ToProto(reported_at);
  *incident.mutable_occurred_at() =
      ToProto(reported_at - absl::Minutes(5 + static_cast<int64_t>(dice.Roll(40))));
  incident.set_category(Category::CATEGORY_NUISANCE);
  incident.set_type(Pick(kTypes, dice));
  incident.set_channel(ChannelOf(reported.agency));
  incident.set_summary(Pick(kWords, dice));
  incident.set_action_taken(dice.Roll(3) == 0 ? "attended" : "advice");
  reported.high = dice.Roll(100) == 0;
  reported.consents = reported.high && dice.Roll(2) == 0;
  incident.mutable_grading()->set_harm(reported.high ? "significant" : "low");
  incident.mutable_grading()->set_pattern(reported.high || dice.Roll(4) == 0 ? "regular"
                                                                             : "isolated");
  if (reported.high && dice.Roll(5) == 0) {
    incident.mutable_safeguarding()->set_child_at_risk(true);
  }
  *incident.mutable_location() = Home(person);
  incident.set_lsoa(Lsoas()[person % kLsoas]);
  gateway::v1::Party& party = *incident.add_parties();
  party.add_roles(common::v1::ROLE_CALLER);
  party.add_roles(common::v1::ROLE_VICTIM);
  *party.mutable_identity() = Person(person);
  return reported;
}

std::vector<std::string> District::Lsoas() {
  std::vector<std::string> all;
  for (int i = 0; i < kLsoas; ++i) all.push_back(absl::StrFormat("E0109%04d", 8000 + i));
  return all;
}

std::vector<std::string> District::HousingUprns() const {
  std::vector<std::string> all;
  for (uint64_t home = 0; home < people_ && all.size() < 1000; home += kHomesApart) {
    all.push_back(Home(home).uprn());
  }
  return all;
}

}  // namespace waymark::bench
