// Normal forms of what identifies people and places, so that two agencies that write the same
// thing differently get the same blind token. Telephone numbers by libphonenumber, text by ICU;
// nothing else in the tree includes either.
//
// Free functions are pure and safe from any thread. Each returns the normal form, or a Problem that
// names `field` (the caller's path, "persons[0].telephone") and never the value. Normalising a
// normal form gives it again. Input is UTF-8 of at most 512 bytes; any bytes are safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "absl/time/civil_time.h"
#include "libs/base/result.h"

namespace waymark::identifiers {

using Normalised = Result<std::string>;

// E.164, "+441134960123". National numbers are read as numbers of `region` (ISO 3166). A number
// must be possible (its length fits, with its area code), not assigned: Ofcom's numbers for drama
// are possible and not assigned. Extensions are dropped. Costs 50-63 us; see TelephoneCache. Code:
// invalid_telephone.
Normalised NormaliseTelephone(std::string_view raw, std::string_view field,
                              std::string_view region = "GB");

// Remembers the last numbers of one batch. Not thread-safe; holds personal data, so keep it no
// longer than the batch.
class TelephoneCache {
 public:
  explicit TelephoneCache(size_t entries_max = 1024) : entries_max_(entries_max) {}
  Normalised Normalise(std::string_view raw, std::string_view field);

 private:
  size_t entries_max_;
  std::unordered_map<std::string, std::optional<std::string>> known_;
};

// A person's whole name: compatibility-decomposed, marks removed, Latin letters to ASCII, lower
// case, apostrophes removed, other punctuation to single spaces, leading titles (mr, mrs, ...)
// removed; the order of words is kept; at least one letter. "Dr. Zoë O'Neill-Smith" gives "zoe
// oneill smith". Code: invalid_name.
Normalised NormaliseName(std::string_view raw, std::string_view field);

// Soundex (US National Archives' rules) of the last word, then "-" and the first letter of the
// first word: "oneill" of "zoe ..." gives "O540-Z". Soundex, because it is the key that police and
// council record systems in use already know, its definition is short and public, and it is only
// ever used together with the full date of birth. `name` must be a normal form. nullopt where the
// last word has no letter a-z (names in other scripts link on their other identifiers).
std::optional<std::string> PhoneticKey(std::string_view name);

// "1984-02-29" from that or from "29/02/1984" (also with "-" or "."; day first). Must exist, not
// lie after `today`, and not more than 130 years before it. Code: invalid_date_of_birth.
Normalised NormaliseDateOfBirth(std::string_view raw, std::string_view field, absl::CivilDay today);

// 12 digits, zeros added in front; 0 is refused. Code: invalid_uprn.
Normalised NormaliseUprn(std::string_view raw, std::string_view field);
// 8 digits, the same way. Code: invalid_usrn.
Normalised NormaliseUsrn(std::string_view raw, std::string_view field);

// "PE13 2AB": capitals, one space. The format is checked, not whether it is in use.
// Code: invalid_postcode.
Normalised NormalisePostcode(std::string_view raw, std::string_view field);
// The part before the space of a normal form: "PE13".
std::string OutwardPart(std::string_view postcode);

// House number or name for use beside a postcode: folded like a name, and a lone letter joined
// to the number before it, "Flat 2, 14-A" gives "flat 2 14a". Code: invalid_house.
Normalised NormaliseHouse(std::string_view raw, std::string_view field);

// Lower case, the domain in its ASCII form (UTS 46). Code: invalid_email.
Normalised NormaliseEmail(std::string_view raw, std::string_view field);

// "E01018031": England or Wales. Code: invalid_lsoa.
Normalised NormaliseLsoa(std::string_view raw, std::string_view field);

// What is known of one person or place, as written. Empty means unknown.
struct Identity {
  std::string given_name;
  std::string family_name;  // a whole name that cannot be told apart stands here
  std::string date_of_birth;
  std::string telephone;
  std::string email;
  std::string uprn;
  std::string house;
  std::string postcode;
};

enum class TokenKind : uint8_t {
  kTelephone,
  kEmail,
  kNameDob,
  kPhoneticDob,
  kHousePostcode,
  kUprn,
  kNamePostcode,
};
// "telephone", "email", "name_dob", "phonetic_dob", "house_postcode", "uprn", "name_postcode".
std::string_view Name(TokenKind kind);

// One input of a blind token: HMAC it under the partnership's linkage key, separated by kind.
struct TokenInput {
  TokenKind kind;
  std::string normal;  // parts are joined by "|", which no normal form contains

  friend bool operator==(const TokenInput&, const TokenInput&) = default;
};

struct TokenInputs {
  std::vector<TokenInput> inputs;  // in order of kind
  std::vector<Problem> problems;   // fields that have no normal form; the rest is still used
};

// Every token input that the identity allows. Without a family name there is no input that holds a
// name. Problems name "name", "date_of_birth", "telephone", "email", "address.uprn",
// "address.house" and "address.postcode", each after `prefix`: "persons[0].".
TokenInputs MakeTokenInputs(const Identity& identity, absl::CivilDay today, std::string_view prefix,
                            TelephoneCache& telephones);

}  // namespace waymark::identifiers
