// Finding a person in the vault, and saying what to seal. Pure: no keys, no ciphertext, no I/O.
//
// Persons are known by random ids. What finds them are local tokens: keyed hashes of normalised
// identifiers, opaque here. Two reports are one person when the evidence that agrees weighs enough
// (pack::Linking): the same rule and the same numbers as intake uses between agencies.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libs/pack/pack.h"

namespace waymark::sharing::vault {

// The part a person plays in an incident; numbers are those of waymark.common.v1.Role.
enum class Role { kCaller = 1, kVictim = 2, kPerpetrator = 3, kWitness = 4 };

// Caller and victim count in a person's history, perpetrator and witness never.
bool Counts(const std::vector<Role>& roles);

// One local token. `evidence` is nullopt for kinds that the pack gives no weight.
struct LocalToken {
  std::optional<pack::Evidence> evidence;
  std::string key;

  friend bool operator==(const LocalToken&, const LocalToken&) = default;
};

// Answered by the store (vault/adapters/person_index.h) and by a map in tests.
class PersonsByToken {
 public:
  virtual ~PersonsByToken() = default;
  // Ids of the persons found by this token, sorted.
  virtual std::vector<std::string> Persons(const std::string& token) const = 0;
};

struct Match {
  std::string person_id;
  int64_t weight = 0;
  std::vector<pack::Evidence> kinds;  // that agreed, sorted
  bool confirmed = false;             // reaches the confirming threshold

  friend bool operator==(const Match&, const Match&) = default;
};

// Of the kinds that agree: the stronger of name_dob and phonetic_name_dob counts, and of address
// and uprn; the rest add up.
int64_t WeightOf(const std::vector<pack::Evidence>& kinds, const pack::Linking& linking);

// Persons at or above the proposing threshold, strongest first, then by id.
std::vector<Match> RankPersons(const std::vector<LocalToken>& tokens, const PersonsByToken& persons,
                               const pack::Linking& linking);

// ---- Who the parties of an incident are --------------------------------------------------------

struct Party {
  std::vector<Role> roles;         // at least one, sorted, each once
  std::vector<LocalToken> tokens;  // possibly none: then nothing finds them again
};

// Somebody an earlier revision of the same incident named at the same place in its list.
struct EarlierParty {
  std::string person_id;
  std::vector<Role> roles;
};

struct ResolvedParty {
  std::string person_id;
  bool is_new = false;
  std::vector<Role> roles;      // joined, when two parties turn out to be one person
  std::vector<size_t> parties;  // positions in the incident's list, rising
};

// One entry for each person, in order of their first party. A party is, in this order: the person
// of the same place in the revision before, when a role and some evidence agree; the strongest
// confirmed person of the vault; a person just met in this incident whom the evidence confirms; a
// new person, whose id is `new_id()`.
std::vector<ResolvedParty> ResolveParties(const std::vector<Party>& parties,
                                          const std::vector<EarlierParty>& earlier,
                                          const PersonsByToken& persons,
                                          const pack::Linking& linking,
                                          const std::function<std::string()>& new_id);

// Whom an assessment of the incident's victim is about: those who are victims, otherwise those who
// called. Positions in `resolved`.
std::vector<size_t> AssessedPersons(const std::vector<ResolvedParty>& resolved);

// ---- What to seal ------------------------------------------------------------------------------

enum class SealedField { kIdentity, kAddress, kTokens, kIncident, kReasons };
std::string_view FieldName(SealedField field);  // "identity", "address", ...

// "Seal this field under that owner's key." An adapter does it before the commit.
struct SealIntent {
  std::string owner;  // a person id; or the incident's id, when it has no party
  SealedField field = SealedField::kIdentity;
  std::string of;        // what the field belongs to: the person's or the incident's id
  uint32_t version = 0;  // of the person's identity, or the incident's revision

  friend bool operator==(const SealIntent&, const SealIntent&) = default;
};

// Whose key seals the words of an incident: the first victim's, otherwise the first caller's,
// otherwise the first party's; with no party the incident has a key of its own.
SealIntent SealIncident(const std::string& incident_id, uint32_t revision,
                        const std::vector<ResolvedParty>& resolved);

}  // namespace waymark::sharing::vault
