// Same person? Links the people of one report to subjects of the partnership by weighted evidence.
// Pure; every input is given.
//
// A token is HMAC(intake's key, blind token): equal for equal identifiers, and nothing can be read
// from it. Weights and thresholds are the policy pack's.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "libs/pack/pack.h"

namespace waymark::intake {

struct Token {
  std::string kind;   // "telephone", "name_dob", ...: libs/identifiers, TokenKind
  std::string keyed;  // 32 bytes

  friend auto operator<=>(const Token&, const Token&) = default;
};

// A person as one member knows them: the member's own random id, which never changes its person.
struct MemberPerson {
  std::string agency;
  std::string person_id;

  friend auto operator<=>(const MemberPerson&, const MemberPerson&) = default;
};

// What linking reads of the partnership's index.
class LinkView {
 public:
  virtual ~LinkView() = default;
  // "" when this member person has not been seen.
  virtual std::string SubjectOf(const MemberPerson& person) const = 0;
  // In order of id, each once.
  virtual std::vector<std::string> SubjectsByToken(const Token& token) const = 0;
  // Every token that any member person of the subject brought.
  virtual std::vector<Token> TokensOf(std::string_view subject_id) const = 0;
  // Agencies with a person linked to the subject, sorted, each once.
  virtual std::vector<std::string> AgenciesHolding(std::string_view subject_id) const = 0;
};

struct Evidence {
  std::set<std::string> kinds;  // token kinds that agreed; "person_id" when the member knows them
  int64_t weight = 0;
  bool confirmed = false;  // otherwise a proposal, which never discloses anything

  friend bool operator==(const Evidence&, const Evidence&) = default;
};

struct Candidate {
  std::string subject_id;
  Evidence evidence;
};

// Subjects that share a token, at or above the proposing threshold: the strongest first, then by
// id. Where both sides have a name with date of birth and none agrees, they are different people
// (one household shares a telephone and a door), so the candidate stays a proposal.
std::vector<Candidate> FindCandidates(const std::vector<Token>& tokens, const LinkView& view,
                                      const pack::Linking& linking);

struct PartyReport {
  std::string person_id;
  std::vector<Token> tokens;
};

struct PartyLink {
  std::string person_id;
  std::string subject_id;
  bool new_subject = false;
  Evidence evidence;
  std::vector<std::string> proposed;  // other subjects that may be the same person, by id
};

// One link for each party, in order. A member person once linked stays with its subject until a
// person merges or splits. Two parties of one report that are the same new person get one subject.
// `new_subject_id` gives a fresh id each time.
std::vector<PartyLink> LinkParties(const std::string& agency,
                                   const std::vector<PartyReport>& parties, const LinkView& view,
                                   const pack::Linking& linking,
                                   const std::function<std::string()>& new_subject_id);

}  // namespace waymark::intake
