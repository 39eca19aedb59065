#include "services/intake/domain/linking.h"

#include <algorithm>
#include <map>
#include <optional>

namespace waymark::intake {
namespace {

using pack::Linking;

std::optional<pack::Evidence> EvidenceOf(std::string_view kind) {
  if (kind == "phonetic_dob") return pack::Evidence::kPhoneticNameDob;
  if (kind == "house_postcode") return pack::Evidence::kAddress;
  return pack::ParseEvidence(kind);
}

int64_t WeightOf(const Linking& linking, const std::set<std::string>& kinds, pack::Evidence strong,
                 pack::Evidence weak) {
  int64_t best = 0;
  for (const std::string& kind : kinds) {
    const auto evidence = EvidenceOf(kind);
    if (evidence != strong && evidence != weak) continue;
    const auto weight = linking.weights.find(*evidence);
    if (weight != linking.weights.end()) best = std::max(best, weight->second.value);
  }
  return best;
}

// The stronger of name and phonetic name counts, and of UPRN and address: one fact, told twice.
int64_t Weigh(const Linking& linking, const std::set<std::string>& kinds) {
  using enum pack::Evidence;
  return WeightOf(linking, kinds, kTelephone, kTelephone) +
         WeightOf(linking, kinds, kEmail, kEmail) +
         WeightOf(linking, kinds, kNameDob, kPhoneticNameDob) +
         WeightOf(linking, kinds, kUprn, kAddress);
}

bool NamesSomebody(const std::vector<Token>& tokens) {
  return std::any_of(tokens.begin(), tokens.end(), [](const Token& token) {
    return token.kind == "name_dob" || token.kind == "phonetic_dob";
  });
}

bool NamesAgree(const std::set<std::string>& kinds) {
  return kinds.contains("name_dob") || kinds.contains("phonetic_dob");
}

bool Stronger(const Candidate& left, const Candidate& right) {
  if (left.evidence.confirmed != right.evidence.confirmed) return left.evidence.confirmed;
  if (left.evidence.weight != right.evidence.weight) {
    return left.evidence.weight > right.evidence.weight;
  }
  return left.subject_id < right.subject_id;
}

// The index as it would be after the parties already linked in this report.
class PendingView : public LinkView {
 public:
  explicit PendingView(const LinkView& base) : base_(base) {}

  void Add(const MemberPerson& person, const std::string& subject,
           const std::vector<Token>& tokens) {
    subjects_[person] = subject;
    auto& known = tokens_[subject];
    known.insert(known.end(), tokens.begin(), tokens.end());
  }

  std::string SubjectOf(const MemberPerson& person) const override {
    const auto pending = subjects_.find(person);
    return pending != subjects_.end() ? pending->second : base_.SubjectOf(person);
  }

  std::vector<std::string> SubjectsByToken(const Token& token) const override {
    const std::vector<std::string> stored = base_.SubjectsByToken(token);
    std::set<std::string> all(stored.begin(), stored.end());
    for (const auto& [subject, tokens] : tokens_) {
      if (std::find(tokens.begin(), tokens.end(), token) != tokens.end()) all.insert(subject);
    }
    return {all.begin(), all.end()};
  }

  std::vector<Token> TokensOf(std::string_view subject_id) const override {
    std::vector<Token> all = base_.TokensOf(subject_id);
    if (const auto it = tokens_.find(subject_id); it != tokens_.end()) {
      all.insert(all.end(), it->second.begin(), it->second.end());
    }
    return all;
  }

  std::vector<std::string> AgenciesHolding(std::string_view subject_id) const override {
    return base_.AgenciesHolding(subject_id);
  }

 private:
  const LinkView& base_;
  std::map<MemberPerson, std::string> subjects_;
  std::map<std::string, std::vector<Token>, std::less<>> tokens_;
};

PartyLink LinkOne(const MemberPerson& person, const PartyReport& party, const LinkView& view,
                  const Linking& linking, const std::function<std::string()>& new_subject_id) {
  PartyLink link{party.person_id, view.SubjectOf(person), false, {}, {}};
  const std::vector<Candidate> candidates = FindCandidates(party.tokens, view, linking);
  if (!link.subject_id.empty()) {
    link.evidence = {{"person_id"}, linking.confirm_from.value, true};
  } else if (!candidates.empty() && candidates.front().evidence.confirmed) {
    link.subject_id = candidates.front().subject_id;
    link.evidence = candidates.front().evidence;
  } else {
    link.subject_id = new_subject_id();
    link.new_subject = true;
    link.evidence = {{}, 0, true};  // a new subject is certainly itself
  }
  for (const Candidate& candidate : candidates) {
    if (candidate.subject_id != link.subject_id) link.proposed.push_back(candidate.subject_id);
  }
  std::sort(link.proposed.begin(), link.proposed.end());
  return link;
}

}  // namespace

std::vector<Candidate> FindCandidates(const std::vector<Token>& tokens, const LinkView& view,
                                      const Linking& linking) {
  std::map<std::string, std::set<std::string>> agreed;  // subject -> kinds
  for (const Token& token : tokens) {
    for (const std::string& subject : view.SubjectsByToken(token)) {
      agreed[subject].insert(token.kind);
    }
  }
  std::vector<Candidate> candidates;
  for (auto& [subject, kinds] : agreed) {
    const int64_t weight = Weigh(linking, kinds);
    if (weight < linking.propose_from.value) continue;
    const bool contradicted =
        !NamesAgree(kinds) && NamesSomebody(tokens) && NamesSomebody(view.TokensOf(subject));
    const bool confirmed = weight >= linking.confirm_from.value && !contradicted;
    candidates.push_back({subject, {std::move(kinds), weight, confirmed}});
  }
  std::sort(candidates.begin(), candidates.end(), Stronger);
  return candidates;
}

std::vector<PartyLink> LinkParties(const std::string& agency,
                                   const std::vector<PartyReport>& parties, const LinkView& view,
                                   const Linking& linking,
                                   const std::function<std::string()>& new_subject_id) {
  PendingView pending(view);
  std::vector<PartyLink> links;
  for (const PartyReport& party : parties) {
    const MemberPerson person{agency, party.person_id};
    links.push_back(LinkOne(person, party, pending, linking, new_subject_id));
    pending.Add(person, links.back().subject_id, party.tokens);
  }
  return links;
}

}  // namespace waymark::intake
