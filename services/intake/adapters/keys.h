// Every column family of intake and the layout of its keys. P is the partnership id; parts are
// written by KeyBuilder (libs/base/bytes.h).
//
//   intake.persons        P agency person            -> KeptPerson (kept.proto)
//   intake.holders        P subject agency person    -> ""
//   intake.tokens         rows of the keyed index (libs/keyed_index), prefix P: from
//                         Text(kind) Text(keyed) to Text(agency) Text(person)
//   intake.index          P                          -> generations of that index
//   intake.rounds         P                          -> KeptRound, while one runs
//   intake.sealing        P                          -> KeptSealing (sealing_key.proto)
//   intake.erased_slots   slot (8 bytes, big-endian) -> "": destroyed, or about to be
//   intake.incidents      P incident                 -> highest revision (8 bytes, big-endian)
//   intake.stock          P keyed agency             -> ""
//   intake.wards          P lsoa agency              -> ""
//
// Tokens of places that somebody registered are in the clear: they are of property, not of people.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace waymark::intake {

inline constexpr std::string_view kPersons = "intake.persons";
inline constexpr std::string_view kHolders = "intake.holders";
inline constexpr std::string_view kTokens = "intake.tokens";
inline constexpr std::string_view kIndex = "intake.index";
inline constexpr std::string_view kRounds = "intake.rounds";
inline constexpr std::string_view kSealing = "intake.sealing";
inline constexpr std::string_view kErasedSlots = "intake.erased_slots";
inline constexpr std::string_view kIncidents = "intake.incidents";
inline constexpr std::string_view kStock = "intake.stock";
inline constexpr std::string_view kWards = "intake.wards";

inline std::vector<std::string> ColumnFamilies() {
  std::vector<std::string> all;
  for (std::string_view family : {kPersons, kHolders, kTokens, kIndex, kRounds, kSealing,
                                  kErasedSlots, kIncidents, kStock, kWards}) {
    all.emplace_back(family);
  }
  return all;
}

}  // namespace waymark::intake
