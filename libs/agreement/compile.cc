#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "libs/agreement/compiled.h"
#include "libs/agreement/evaluator.h"

namespace waymark::agreement {
namespace {

constexpr size_t kTermsMax = 64;

int Intern(absl::flat_hash_map<std::string, int>& ids, const std::string& word) {
  return ids.emplace(word, static_cast<int>(ids.size())).first->second;
}

template <typename Term>
uint32_t BitsOf(const std::vector<Term>& terms) {
  uint32_t bits = 0;
  for (const Term term : terms) bits |= Bit(term);
  return bits;
}

// Bits of the roles of `recipient` that the clause covers. A forbid without a list of roles covers
// roles that nobody declared, too.
uint64_t RoleBits(const Clause& clause, const Party& recipient, const Partnership& partnership) {
  if (clause.to_roles.empty() && clause.effect == ClauseEffect::kForbid) return ~uint64_t{0};
  uint64_t bits = 0;
  for (const Role& role : recipient.roles) {
    if (clause.to_roles.empty() || std::find(clause.to_roles.begin(), clause.to_roles.end(),
                                             role.id) != clause.to_roles.end()) {
      bits |= uint64_t{1} << partnership.roles.at(role.id);
    }
  }
  return bits;
}

FieldSet FieldBits(const Clause& clause) {
  if (clause.effect == ClauseEffect::kForbid && clause.fields.empty() &&
      clause.categories.empty()) {
    return ~FieldSet{0};
  }
  FieldSet fields = 0;
  for (const std::string& name : clause.fields) fields |= Only(*FieldId(name));
  for (const DataCategory category : clause.categories) fields |= FieldsOf(category);
  return fields;
}

CompiledClause CompileClause(const Clause& clause, const Party& recipient,
                             const Partnership& partnership) {
  CompiledClause compiled;
  compiled.roles = RoleBits(clause, recipient, partnership);
  for (const std::string& id : clause.purposes) {
    compiled.purposes |= uint64_t{1} << partnership.purposes.at(id);
  }
  compiled.fields = FieldBits(clause);
  compiled.subjects = BitsOf(clause.subjects);
  compiled.asks = BitsOf(clause.asks);
  const bool every_gateway = clause.effect == ClauseEffect::kForbid && clause.gateways.empty();
  compiled.gateways = every_gateway ? ~uint32_t{0} : BitsOf(clause.gateways);
  compiled.band_at_least = clause.band_at_least;
  compiled.needs_interest = clause.needs_interest;
  compiled.needs_override = clause.needs_override;
  return compiled;
}

bool Holds(const std::vector<std::string>& list, const std::string& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

void AddPair(const Agreement& agreement, int index, const Party& origin, const Party& recipient,
             Partnership& partnership) {
  const auto at =
      static_cast<size_t>(partnership.agencies.at(origin.id)) * partnership.agencies.size() +
      static_cast<size_t>(partnership.agencies.at(recipient.id));
  Pair& pair = partnership.pairs[at];
  pair.agreements.push_back(index);
  for (size_t c = 0; c < agreement.clauses.size(); ++c) {
    const Clause& clause = agreement.clauses[c];
    if (!Holds(clause.from, origin.id) || !Holds(clause.to, recipient.id)) continue;
    CompiledClause compiled = CompileClause(clause, recipient, partnership);
    compiled.agreement = index;
    compiled.clause = static_cast<int>(c);
    (clause.effect == ClauseEffect::kPermit ? pair.permits : pair.forbids).push_back(compiled);
  }
}

void CheckTogether(const std::vector<Agreement>& agreements, std::vector<Problem>& problems) {
  std::set<std::pair<std::string, std::string>> seen;
  for (const Agreement& agreement : agreements) {
    if (!seen.emplace(agreement.id, agreement.version).second) {
      problems.push_back({"duplicate", absl::StrCat(agreement.id, " ", agreement.version),
                          "each version of an agreement once", "load one of the two files"});
    }
  }
}

void CollectTerms(const Agreement& agreement, int index, Partnership& partnership) {
  partnership.agreements.push_back(index);
  for (const Party& party : agreement.parties) {
    Intern(partnership.agencies, party.id);
    for (const Role& role : party.roles) Intern(partnership.roles, role.id);
  }
  for (const Purpose& purpose : agreement.purposes) Intern(partnership.purposes, purpose.id);
}

void CheckSizes(const CompiledAgreements& compiled, std::vector<Problem>& problems) {
  for (const auto& [id, partnership] : compiled.partnerships) {
    if (partnership.roles.size() > kTermsMax || partnership.purposes.size() > kTermsMax ||
        partnership.agencies.size() > kTermsMax) {
      problems.push_back({"too_many", id,
                          absl::StrCat("at most ", kTermsMax,
                                       " different parties, roles and purposes in a partnership"),
                          "use the same ids for the same roles and purposes"});
    }
  }
}

void BuildPairs(CompiledAgreements& compiled) {
  for (auto& [id, partnership] : compiled.partnerships) {
    partnership.pairs.resize(partnership.agencies.size() * partnership.agencies.size());
    for (const int index : partnership.agreements) {
      const Agreement& agreement = compiled.agreements[static_cast<size_t>(index)];
      for (const Party& origin : agreement.parties) {
        for (const Party& recipient : agreement.parties) {
          if (origin.id != recipient.id) {
            AddPair(agreement, index, origin, recipient, partnership);
          }
        }
      }
    }
  }
}

FieldSet LookUpFields(const CompiledAgreements& compiled) {
  FieldSet fields = Only(*FieldId("history.count"));
  for (const Agreement& agreement : compiled.agreements) {
    for (const Clause& clause : agreement.clauses) {
      const bool looks_up =
          std::find(clause.asks.begin(), clause.asks.end(), Ask::kLookUp) != clause.asks.end();
      if (clause.effect == ClauseEffect::kPermit && looks_up) fields |= FieldBits(clause);
    }
  }
  return fields;
}

}  // namespace

CompileResult Compile(std::vector<Agreement> agreements, CompileOptions options) {
  std::vector<Problem> problems;
  for (const Agreement& agreement : agreements) {
    for (Problem& problem : Validate(agreement, options.require_signatures)) {
      problems.push_back(std::move(problem));
    }
  }
  CheckTogether(agreements, problems);
  auto compiled = std::make_shared<CompiledAgreements>();
  compiled->agreements = std::move(agreements);
  for (size_t i = 0; i < compiled->agreements.size(); ++i) {
    const Agreement& agreement = compiled->agreements[i];
    CollectTerms(agreement, static_cast<int>(i), compiled->partnerships[agreement.partnership]);
    std::vector<std::string>& labels = compiled->labels.emplace_back();
    for (const Clause& clause : agreement.clauses) {
      labels.push_back(absl::StrCat(agreement.id, " ", agreement.version, " clause ", clause.id));
    }
  }
  CheckSizes(*compiled, problems);
  if (!problems.empty()) return problems;
  BuildPairs(*compiled);
  compiled->look_up_fields = LookUpFields(*compiled);
  return Evaluator(std::move(compiled));
}

}  // namespace waymark::agreement
