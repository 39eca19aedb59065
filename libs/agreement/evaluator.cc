#include "libs/agreement/evaluator.h"

#include <algorithm>
#include <bit>
#include <tuple>

#include "libs/agreement/ways.h"

namespace waymark::agreement {
namespace {

bool Holds(const std::vector<std::string>& list, const std::string& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

const std::string& Label(const CompiledAgreements& all, const CompiledClause& clause) {
  return all.labels[static_cast<size_t>(clause.agreement)][static_cast<size_t>(clause.clause)];
}

const Agreement& AgreementOf(const CompiledAgreements& all, const CompiledClause& clause) {
  return all.agreements[static_cast<size_t>(clause.agreement)];
}

void AddOnce(std::vector<std::string>& list, const std::string& value) {
  if (!value.empty() && !Holds(list, value)) list.push_back(value);
}

void AddObligations(const Agreement& agreement, const Clause& clause, FieldSet released,
                    Decision& decision) {
  if (decision.effect == Effect::kPermit) {
    int days = 0;
    for (const DataGroup& group : agreement.data) {
      if ((FieldsOf(group.category) & released) == 0) continue;
      days = days == 0 ? group.retain_days_max : std::min(days, group.retain_days_max);
    }
    decision.obligations.push_back({Obligation::kRetainAtMost, days});
  }
  for (const Obligation obligation : clause.obligations) {
    decision.obligations.push_back({obligation, 0});
  }
  if (clause.needs_override) {
    decision.obligations.push_back({Obligation::kSecondPersonReview, 0});
    decision.obligations.push_back({Obligation::kListForDataProtectionLead, 0});
  }
}

void Permit(const CompiledAgreements& all, const Request& request, const Way& way,
            Decision& decision) {
  const Agreement& agreement = AgreementOf(all, *way.clause);
  const Clause& clause = agreement.clauses[static_cast<size_t>(way.clause->clause)];
  decision.effect =
      way.gateway == Gateway::kNotPersonal ? Effect::kDepersonalised : Effect::kPermit;
  decision.released = FieldNames(way.release);
  decision.gateway = way.gateway;
  for (const Purpose& purpose : agreement.purposes) {
    if (purpose.id == request.purpose) decision.regime = purpose.regime;
  }
  static const FieldSet sensitive =
      FieldsOf(Sensitivity::kSpecialCategory) | FieldsOf(Sensitivity::kCriminalOffence);
  if (way.release & sensitive) decision.conditions = clause.conditions;
  decision.agreement_id = agreement.id;
  decision.agreement_version = agreement.version;
  decision.agreement_digest = agreement.digest;
  decision.clause = clause.id;
  decision.expires = agreement.expires;
  if (way.gateway == Gateway::kConsent) {
    decision.consent_receipt = request.consent->receipt_id;
    if (!decision.expires || request.consent->expires < *decision.expires) {
      decision.expires = request.consent->expires;
    }
  }
  if (way.gateway == Gateway::kLegalObligation) {
    decision.legal_obligation = request.legal_obligation;
  }
  decision.rests_on_override = clause.needs_override;
  AddObligations(agreement, clause, way.release, decision);
}

// The order in which ways are named as what stands in the way: an agreement before the baseline,
// consent before the powers, then what lacks least and would give most.
bool Nearer(const Way& a, const Way& b) {
  const auto rank = [](const Way& way) {
    const bool other = (way.lacks & Lack(Missing::kOtherGatewayAsked)) != 0;
    return std::tuple(way.lacks != 0, way.tier, other, way.gateway != Gateway::kConsent,
                      way.gateway == Gateway::kNotPersonal, std::popcount(way.lacks),
                      -std::popcount(way.release));
  };
  return rank(a) < rank(b);
}

void Withhold(FieldSet fields, Missing reason, const std::string& clause,
              std::vector<WithheldField>& withheld) {
  for (; fields != 0; fields &= fields - 1) {
    const auto id = static_cast<size_t>(std::countr_zero(fields));
    withheld.push_back({std::string(Catalogue()[id].name), reason, clause});
  }
}

// What the baseline would need ("no child is at risk") is a reason only where the request means the
// baseline; elsewhere it is an offer, named in Remedy::would_serve.
Ways WaysToBlame(const Ways& ways, const Request& request, Missing no_clause) {
  Ways blamed;
  for (const Way& way : ways) {
    if (way.tier < 2 || way.lacks == 0 || request.only_gateway == way.gateway ||
        no_clause == Missing::kPurposeNotCovered) {
      blamed.push_back(way);
    }
  }
  return blamed;
}

// Gives every withheld field its reason, and returns those that no way covers.
FieldSet WithholdByWays(const CompiledAgreements& all, const Ways& ways, const Way* chosen,
                        FieldSet left, std::vector<WithheldField>& withheld) {
  const auto take = [&](FieldSet fields, Missing reason, const CompiledClause& clause) {
    Withhold(fields & left, reason, Label(all, clause), withheld);
    left &= ~fields;
  };
  const auto take_lost = [&](const Way& way) {
    const FieldSet lost = way.fields & ~way.release;
    if (way.forbid != nullptr) take(lost & way.forbid->fields, Missing::kForbidden, *way.forbid);
    const bool consent = way.gateway == Gateway::kConsent;
    take(lost, consent ? Missing::kConsentCategory : Missing::kForbidden, *way.clause);
  };
  for (const Way& way : ways) {
    if (way.lacks == 0) take(way.release, Missing::kOtherClause, *way.clause);
  }
  if (chosen != nullptr) take_lost(*chosen);
  for (const Way& way : ways) {
    const Missing reason = way.lacks == 0 ? Missing::kNone : First(way.lacks);
    if (reason == Missing::kNone || (reason == Missing::kForbidden && way.forbid != nullptr)) {
      take_lost(way);
    } else {
      take(way.fields, reason, *way.clause);
    }
  }
  return left;
}

// Which gateways would serve, and who can decide on each.
void FillOffers(const CompiledAgreements& all, const Ways& ways, FieldSet withheld,
                Remedy& remedy) {
  uint32_t offered = 0;
  for (const Way& way : ways) {
    if ((way.fields & withheld) == 0) continue;
    const Agreement& agreement = AgreementOf(all, *way.clause);
    const bool lapsed = way.tier == 1;
    const bool closed = (way.lacks & Lack(Missing::kForbidden)) != 0;
    if (lapsed || closed) {
      AddOnce(remedy.deciders, agreement.renewed_by);
      continue;
    }
    if (way.gateway == Gateway::kNotPersonal) continue;
    offered |= Bit(way.gateway);
    for (const Decider& decider : agreement.deciders) {
      if (decider.gateway == way.gateway) AddOnce(remedy.deciders, decider.role);
    }
  }
  for (const Gateway gateway : kAllGateways) {
    if (offered & Bit(gateway)) remedy.would_serve.push_back(gateway);
  }
}

// The nearest way that would release a withheld field: its clause, and all that it lacks.
void FillMissing(const CompiledAgreements& all, const Ways& blamed, FieldSet withheld,
                 Remedy& remedy) {
  for (const Way& way : blamed) {
    if (way.lacks == 0 || (way.fields & withheld) == 0) continue;
    const bool forbidden = (way.lacks & Lack(Missing::kForbidden)) && way.forbid != nullptr;
    remedy.clause = Label(all, forbidden ? *way.forbid : *way.clause);
    for (Lacks lacks = way.lacks; lacks != 0; lacks &= lacks - 1) {
      remedy.missing.push_back(First(lacks));
    }
    return;
  }
}

void AddMissing(Missing reason, Remedy& remedy) {
  auto& missing = remedy.missing;
  if (std::find(missing.begin(), missing.end(), reason) != missing.end()) return;
  missing.insert(std::upper_bound(missing.begin(), missing.end(), reason), reason);
}

void SortWithheld(std::vector<WithheldField>& withheld) {
  std::sort(withheld.begin(), withheld.end(),
            [](const auto& a, const auto& b) { return *FieldId(a.field) < *FieldId(b.field); });
}

// Everything that was asked for and not released, with reasons; and for a refusal, the remedy.
void ExplainWithheld(const CompiledAgreements& all, const Request& request,
                     const Evaluation& evaluation, const Way* best, FieldSet withheld,
                     Decision& decision) {
  Ways ways(evaluation.ways());
  const Way chosen = best ? *best : Way{};
  std::stable_sort(ways.begin(), ways.end(), Nearer);
  int agreement_index = -1;
  const Missing reason = evaluation.NoClause(&agreement_index);
  const Ways blamed = WaysToBlame(ways, request, reason);
  const FieldSet left =
      WithholdByWays(all, blamed, best ? &chosen : nullptr, withheld, decision.withheld);
  FillMissing(all, blamed, withheld, decision.remedy);
  FillOffers(all, ways, withheld, decision.remedy);
  if (left != 0) Withhold(left, best ? Missing::kFieldNotListed : reason, "", decision.withheld);
  if (decision.remedy.missing.empty() && !decision.withheld.empty()) {
    if (best != nullptr) {
      for (const WithheldField& field : decision.withheld) {
        AddMissing(field.reason, decision.remedy);
      }
    } else {
      AddMissing(reason, decision.remedy);
    }
  }
  if (!best && agreement_index >= 0) {
    const Agreement& agreement = all.agreements[static_cast<size_t>(agreement_index)];
    decision.agreement_id = agreement.id;
    decision.agreement_version = agreement.version;
    decision.agreement_digest = agreement.digest;
    if (decision.remedy.deciders.empty()) AddOnce(decision.remedy.deciders, agreement.renewed_by);
  }
  SortWithheld(decision.withheld);
}

// A refusal that needs no clause: every known field is withheld for one reason.
void RefuseAll(FieldSet requested, Missing reason, Decision& decision) {
  Withhold(requested, reason, "", decision.withheld);
  AddMissing(reason, decision.remedy);
}

const Pair* FindPair(const Partnership& partnership, const Request& request) {
  const auto origin = partnership.agencies.find(request.origin);
  const auto recipient = partnership.agencies.find(request.recipient);
  if (origin == partnership.agencies.end() || recipient == partnership.agencies.end()) {
    return nullptr;
  }
  const Pair& pair =
      partnership.pairs[static_cast<size_t>(origin->second) * partnership.agencies.size() +
                        static_cast<size_t>(recipient->second)];
  return pair.agreements.empty() ? nullptr : &pair;
}

void DecideKnown(const CompiledAgreements& all, const Request& request, FieldSet requested,
                 absl::Time now, Decision& decision) {
  if (request.origin == request.recipient) {
    return RefuseAll(requested, Missing::kOwnData, decision);
  }
  const auto partnership = all.partnerships.find(request.partnership);
  const Pair* pair =
      partnership == all.partnerships.end() ? nullptr : FindPair(partnership->second, request);
  if (pair == nullptr) {
    RefuseAll(requested, Missing::kNoAgreement, decision);
    if (partnership != all.partnerships.end()) {
      const auto first = static_cast<size_t>(partnership->second.agreements.front());
      AddOnce(decision.remedy.deciders, all.agreements[first].renewed_by);
    }
    return;
  }
  Evaluation evaluation(all, partnership->second, *pair, request, requested, now);
  if (request.vital_interests.value_or(false) || request.child_at_risk.value_or(false) ||
      request.adult_at_risk.value_or(false)) {
    evaluation.Walk(Ask::kPush);
    decision.push_allowed = evaluation.Best() != nullptr;
  }
  evaluation.Walk(request.ask);
  const Way* best = evaluation.Best();
  if (best != nullptr) Permit(all, request, *best, decision);
  const FieldSet withheld = requested & ~(best ? best->release : 0);
  if (withheld != 0 || best == nullptr) {
    ExplainWithheld(all, request, evaluation, best, withheld, decision);
  }
}

}  // namespace

Evaluator::Evaluator(std::shared_ptr<const CompiledAgreements> compiled)
    : compiled_(std::move(compiled)) {}
Evaluator::~Evaluator() = default;
Evaluator::Evaluator(const Evaluator&) = default;
Evaluator& Evaluator::operator=(const Evaluator&) = default;

Decision Evaluator::Decide(const Request& request, absl::Time now) const {
  Decision decision;
  FieldSet requested = 0;
  std::vector<WithheldField> unknown;
  for (const std::string& name : request.fields) {
    if (const auto id = FieldId(name)) {
      requested |= Only(*id);
    } else if (std::none_of(unknown.begin(), unknown.end(),
                            [&](const auto& field) { return field.field == name; })) {
      unknown.push_back({name, Missing::kFieldUnknown, ""});
    }
  }
  if (requested != 0) {
    DecideKnown(*compiled_, request, requested, now, decision);
  } else if (unknown.empty()) {
    AddMissing(Missing::kNothingAsked, decision.remedy);
  }
  if (!unknown.empty()) {
    AddMissing(Missing::kFieldUnknown, decision.remedy);
    decision.withheld.insert(decision.withheld.end(), unknown.begin(), unknown.end());
  }
  return decision;
}

Decision Evaluator::LookUpMask(Request request, absl::Time now) const {
  request.ask = Ask::kLookUp;
  request.fields = FieldNames(compiled_->look_up_fields);
  return Decide(request, now);
}

const std::vector<Agreement>& Evaluator::agreements() const { return compiled_->agreements; }

}  // namespace waymark::agreement
