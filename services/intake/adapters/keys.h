// Every column family of intake and the layout of its keys. P is the partnership id; parts are
// written by KeyBuilder (libs/base/bytes.h).
//
//   intake.persons        P agency person            -> subject
//   intake.holders        P subject agency person    -> ""
//   intake.tokens         P kind keyed subject agency person -> ""
//   intake.person_tokens  P agency person kind keyed -> ""
//   intake.subjects       P subject                  -> slot of its key (8 bytes, big-endian)
//   intake.incidents      P incident                 -> highest revision (8 bytes, big-endian)
//   intake.stock          P keyed agency             -> ""
//   intake.wards          P lsoa agency              -> ""
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace waymark::intake {

inline constexpr std::string_view kPersons = "intake.persons";
inline constexpr std::string_view kHolders = "intake.holders";
inline constexpr std::string_view kTokens = "intake.tokens";
inline constexpr std::string_view kPersonTokens = "intake.person_tokens";
inline constexpr std::string_view kSubjects = "intake.subjects";
inline constexpr std::string_view kIncidents = "intake.incidents";
inline constexpr std::string_view kStock = "intake.stock";
inline constexpr std::string_view kWards = "intake.wards";

inline std::vector<std::string> ColumnFamilies() {
  std::vector<std::string> all;
  for (std::string_view family :
       {kPersons, kHolders, kTokens, kPersonTokens, kSubjects, kIncidents, kStock, kWards}) {
    all.emplace_back(family);
  }
  return all;
}

}  // namespace waymark::intake
