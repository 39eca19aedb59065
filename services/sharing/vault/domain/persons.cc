#include "services/sharing/vault/domain/persons.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace waymark::sharing::vault {
namespace {

using pack::Evidence;

bool Overlap(const std::vector<Role>& left, const std::vector<Role>& right) {
  return std::any_of(left.begin(), left.end(), [&](Role role) {
    return std::find(right.begin(), right.end(), role) != right.end();
  });
}

void Join(std::vector<Role>& into, const std::vector<Role>& more) {
  into.insert(into.end(), more.begin(), more.end());
  std::sort(into.begin(), into.end());
  into.erase(std::unique(into.begin(), into.end()), into.end());
}

std::vector<Evidence> KindsOf(const std::set<Evidence>& kinds) {
  return {kinds.begin(), kinds.end()};
}

// The vault, and the persons met so far in the incident being resolved.
class Meeting : public PersonsByToken {
 public:
  explicit Meeting(const PersonsByToken& vault) : vault_(vault) {}

  std::vector<std::string> Persons(const std::string& token) const override {
    std::vector<std::string> found = vault_.Persons(token);
    const auto met = met_.find(token);
    if (met != met_.end()) found.insert(found.end(), met->second.begin(), met->second.end());
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
  }

  void Meet(const std::string& person_id, const std::vector<LocalToken>& tokens) {
    for (const LocalToken& token : tokens) met_[token.key].insert(person_id);
  }

 private:
  const PersonsByToken& vault_;
  std::map<std::string, std::set<std::string>> met_;
};

bool Agrees(const Party& party, const EarlierParty& earlier, const PersonsByToken& persons) {
  if (!Overlap(party.roles, earlier.roles)) return false;
  return std::any_of(party.tokens.begin(), party.tokens.end(), [&](const LocalToken& token) {
    const std::vector<std::string> found = persons.Persons(token.key);
    return std::binary_search(found.begin(), found.end(), earlier.person_id);
  });
}

}  // namespace

bool Counts(const std::vector<Role>& roles) {
  return Overlap(roles, {Role::kCaller, Role::kVictim});
}

int64_t WeightOf(const std::vector<Evidence>& kinds, const pack::Linking& linking) {
  const auto weight = [&](Evidence kind) -> int64_t {
    if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) return 0;
    const auto stated = linking.weights.find(kind);
    return stated == linking.weights.end() ? 0 : stated->second.value;
  };
  return weight(Evidence::kTelephone) + weight(Evidence::kEmail) +
         std::max(weight(Evidence::kNameDob), weight(Evidence::kPhoneticNameDob)) +
         std::max(weight(Evidence::kAddress), weight(Evidence::kUprn));
}

std::vector<Match> RankPersons(const std::vector<LocalToken>& tokens, const PersonsByToken& persons,
                               const pack::Linking& linking) {
  std::map<std::string, std::set<Evidence>> agreeing;
  for (const LocalToken& token : tokens) {
    if (!token.evidence) continue;
    for (const std::string& id : persons.Persons(token.key)) agreeing[id].insert(*token.evidence);
  }
  std::vector<Match> matches;
  for (const auto& [id, kinds] : agreeing) {
    Match match{id, WeightOf(KindsOf(kinds), linking), KindsOf(kinds), false};
    match.confirmed = match.weight >= linking.confirm_from.value;
    if (match.weight >= linking.propose_from.value) matches.push_back(std::move(match));
  }
  std::stable_sort(matches.begin(), matches.end(), [](const Match& left, const Match& right) {
    return left.weight > right.weight;
  });
  return matches;
}

std::vector<ResolvedParty> ResolveParties(const std::vector<Party>& parties,
                                          const std::vector<EarlierParty>& earlier,
                                          const PersonsByToken& persons,
                                          const pack::Linking& linking,
                                          const std::function<std::string()>& new_id) {
  Meeting meeting(persons);
  std::vector<ResolvedParty> resolved;
  for (size_t i = 0; i < parties.size(); ++i) {
    const Party& party = parties[i];
    ResolvedParty found{"", false, party.roles, {i}};
    if (i < earlier.size() && Agrees(party, earlier[i], persons)) {
      found.person_id = earlier[i].person_id;
    } else {
      const std::vector<Match> matches = RankPersons(party.tokens, meeting, linking);
      found.is_new = matches.empty() || !matches.front().confirmed;
      found.person_id = found.is_new ? new_id() : matches.front().person_id;
    }
    meeting.Meet(found.person_id, party.tokens);
    const auto same = std::find_if(resolved.begin(), resolved.end(), [&](const ResolvedParty& r) {
      return r.person_id == found.person_id;
    });
    if (same == resolved.end()) {
      resolved.push_back(std::move(found));
    } else {
      Join(same->roles, party.roles);
      same->parties.push_back(i);
    }
  }
  return resolved;
}

std::vector<size_t> AssessedPersons(const std::vector<ResolvedParty>& resolved) {
  for (const Role role : {Role::kVictim, Role::kCaller}) {
    std::vector<size_t> found;
    for (size_t i = 0; i < resolved.size(); ++i) {
      if (Overlap(resolved[i].roles, {role})) found.push_back(i);
    }
    if (!found.empty()) return found;
  }
  return {};
}

std::string_view FieldName(SealedField field) {
  switch (field) {
    case SealedField::kIdentity:
      return "identity";
    case SealedField::kAddress:
      return "address";
    case SealedField::kTokens:
      return "tokens";
    case SealedField::kIncident:
      return "incident";
    case SealedField::kReasons:
      return "reasons";
  }
  return "";
}

SealIntent SealIncident(const std::string& incident_id, uint32_t revision,
                        const std::vector<ResolvedParty>& resolved) {
  std::string owner = incident_id;
  const std::vector<size_t> assessed = AssessedPersons(resolved);
  if (!assessed.empty()) {
    owner = resolved[assessed.front()].person_id;
  } else if (!resolved.empty()) {
    owner = resolved.front().person_id;
  }
  return {owner, SealedField::kIncident, incident_id, revision};
}

}  // namespace waymark::sharing::vault
