#include "libs/agreement/ways.h"

#include <algorithm>
#include <tuple>

namespace waymark::agreement {
namespace {

uint64_t BitOf(const absl::flat_hash_map<std::string, int>& ids, const std::string& word) {
  const auto found = ids.find(word);
  return found == ids.end() ? 0 : uint64_t{1} << found->second;
}

bool Holds(const std::vector<std::string>& list, const std::string& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

}  // namespace

Evaluation::Evaluation(const CompiledAgreements& all, const Partnership& partnership,
                       const Pair& pair, const Request& request, FieldSet requested, absl::Time now)
    : all_(all),
      pair_(pair),
      request_(request),
      now_(now),
      requested_(requested),
      role_(BitOf(partnership.roles, request.recipient_role)),
      purpose_(BitOf(partnership.purposes, request.purpose)),
      subject_(request.subject ? Bit(*request.subject) : 0) {
  ReadGateways();
}

void Evaluation::Walk(std::optional<Ask> ask) {
  ask_ = ask;
  ways_.clear();
  for (const CompiledClause& clause : pair_.permits) Consider(clause);
}

const Way* Evaluation::Best() const {
  const Way* best = nullptr;
  const auto rank = [](const Way& way) {
    return std::tuple(-std::popcount(way.release), way.gateway);
  };
  for (const Way& way : ways_) {
    if (way.lacks == 0 && (best == nullptr || rank(way) < rank(*best))) best = &way;
  }
  return best;
}

Missing Evaluation::Lapse(int agreement_index) const {
  const Agreement& agreement = all_.agreements[static_cast<size_t>(agreement_index)];
  if (!agreement.superseded_by.empty()) return Missing::kAgreementSuperseded;
  if (agreement.suspended) return Missing::kAgreementSuspended;
  if (now_ < agreement.valid_from) return Missing::kAgreementNotYetValid;
  if (agreement.expires && now_ >= *agreement.expires) return Missing::kAgreementExpired;
  return Missing::kNone;
}

bool Evaluation::IsBaseline(int agreement_index) const {
  return all_.agreements[static_cast<size_t>(agreement_index)].kind == AgreementKind::kBaseline;
}

Missing Evaluation::NoClause(int* agreement) const {
  Missing lapse = Missing::kNoAgreement;
  for (const int index : pair_.agreements) {
    if (IsBaseline(index)) continue;
    const Missing state = Lapse(index);
    if (state == Missing::kNone) {
      *agreement = index;
      return OutOfReach();
    }
    if (lapse == Missing::kNoAgreement) {
      lapse = state;
      *agreement = index;
    }
  }
  return lapse;
}

Missing Evaluation::OutOfReach() const {
  switch (reach_) {
    case Reach::kNothing:
      return Missing::kPurposeNotCovered;
    case Reach::kPurpose:
      return Missing::kSubjectNotCovered;
    case Reach::kSubject:
      return Missing::kRoleNotCovered;
    case Reach::kRole:
      return Missing::kAskNotCovered;
    case Reach::kAsk:
      return Missing::kFieldNotListed;
  }
  return Missing::kFieldNotListed;
}

void Evaluation::ReadGateways() {
  const auto set = [&](Gateway gateway, bool open, Missing reason) {
    closed_[static_cast<size_t>(gateway)] = open ? 0 : Lack(reason);
  };
  set(Gateway::kVitalInterests, request_.vital_interests.value_or(false), Missing::kVitalInterests);
  set(Gateway::kSafeguardingChild, request_.child_at_risk.value_or(false), Missing::kChildAtRisk);
  set(Gateway::kSafeguardingAdult, request_.adult_at_risk.value_or(false), Missing::kAdultAtRisk);
  set(Gateway::kLegalObligation, !request_.legal_obligation.empty(), Missing::kLegalObligation);
  set(Gateway::kRecognisedLegitimateInterest, request_.public_body_request.value_or(false),
      Missing::kPublicBodyRequest);
  closed_[static_cast<size_t>(Gateway::kConsent)] = ReadConsent();
  if (!request_.override_facts) {
    override_ = Lack(Missing::kOverride);
  } else {
    if (request_.override_facts->reason.empty()) override_ |= Lack(Missing::kOverrideReason);
    if (request_.override_facts->decision_maker.empty()) {
      override_ |= Lack(Missing::kOverrideDecisionMaker);
    }
  }
}

Lacks Evaluation::ReadConsent() {
  if (!request_.consent || request_.consent->receipt_id.empty()) return Lack(Missing::kConsent);
  const ConsentFacts& consent = *request_.consent;
  for (const DataCategory category : consent.categories) consented_ |= FieldsOf(category);
  if (consent.withdrawn) return Lack(Missing::kConsentWithdrawn);
  if (now_ >= consent.expires) return Lack(Missing::kConsentExpired);
  Lacks lacks = 0;
  if (now_ < consent.given) lacks |= Lack(Missing::kConsentNotYet);
  if (!Holds(consent.agencies, request_.recipient)) lacks |= Lack(Missing::kConsentAgency);
  if (!Holds(consent.purposes, request_.purpose)) lacks |= Lack(Missing::kConsentPurpose);
  return lacks;
}

// Whether the permit clause covers purpose, subject, role and ask.
bool Evaluation::Covers(const CompiledClause& clause, bool live) {
  Reach reach = Reach::kNothing;
  if (clause.purposes & purpose_) {
    reach = Reach::kPurpose;
    if (clause.subjects & subject_) {
      reach = Reach::kSubject;
      if (clause.roles & role_) {
        reach = Reach::kRole;
        if (ask_ && (clause.asks & Bit(*ask_))) reach = Reach::kAsk;
      }
    }
  }
  if (live && !IsBaseline(clause.agreement)) reach_ = std::max(reach_, reach);
  return reach == Reach::kAsk;
}

void Evaluation::Consider(const CompiledClause& clause) {
  const Missing lapse = Lapse(clause.agreement);
  if (!Covers(clause, lapse == Missing::kNone)) return;
  const FieldSet fields = clause.fields & requested_;
  if (fields == 0) return;
  const bool baseline = IsBaseline(clause.agreement);
  Lacks lacks = 0;
  if (lapse != Missing::kNone) {
    lacks = Lack(lapse);
  } else {
    if (clause.needs_interest && !request_.recipient_has_interest.value_or(false)) {
      lacks |= Lack(Missing::kInterest);
    }
    if (clause.band_at_least && (!request_.band || *request_.band < *clause.band_at_least)) {
      lacks |= Lack(Missing::kBand);
    }
    if (clause.needs_override) lacks |= override_;
  }
  for (const Gateway gateway : kAllGateways) {
    if ((clause.gateways & Bit(gateway)) == 0) continue;
    Way way{&clause, gateway, fields, fields, lacks, baseline ? 2 : 0, nullptr};
    if (lapse != Missing::kNone && !baseline) way.tier = 1;
    if (lapse == Missing::kNone) CloseGateway(way, baseline);
    ways_.push_back(way);
  }
}

void Evaluation::CloseGateway(Way& way, bool baseline) {
  way.lacks |= closed_[static_cast<size_t>(way.gateway)];
  if (request_.only_gateway && *request_.only_gateway != way.gateway) {
    way.lacks |= Lack(Missing::kOtherGatewayAsked);
  }
  if (ask_ == Ask::kPush && !IsProtective(way.gateway)) {
    way.lacks |= Lack(Missing::kPushNotProtective);
  }
  for (const CompiledClause& forbid : pair_.forbids) {
    if (baseline && !IsBaseline(forbid.agreement)) continue;
    if ((way.release & forbid.fields) == 0 || !Applies(forbid, way.gateway)) continue;
    way.release &= ~forbid.fields;
    if (way.forbid == nullptr) way.forbid = &forbid;
  }
  if (way.release == 0) way.lacks |= Lack(Missing::kForbidden);
  if (way.gateway == Gateway::kConsent) ApplyConsent(way);
}

void Evaluation::ApplyConsent(Way& way) const {
  if (way.lacks & Lack(Missing::kConsent)) return;
  const Agreement& agreement = all_.agreements[static_cast<size_t>(way.clause->agreement)];
  if (!agreement.consent_forms.empty() &&
      !Holds(agreement.consent_forms, request_.consent->form_version)) {
    way.lacks |= Lack(Missing::kConsentForm);
  }
  if (way.release != 0 && (way.release & consented_) == 0) {
    way.lacks |= Lack(Missing::kConsentCategory);
  }
  way.release &= consented_;
}

// A forbid applies to whatever it might be meant for: what the request leaves open counts.
bool Evaluation::Applies(const CompiledClause& forbid, Gateway gateway) const {
  return Lapse(forbid.agreement) == Missing::kNone &&
         (purpose_ == 0 || (forbid.purposes & purpose_)) &&
         (subject_ == 0 || (forbid.subjects & subject_)) &&
         (role_ == 0 || (forbid.roles & role_)) && (!ask_ || (forbid.asks & Bit(*ask_))) &&
         (forbid.gateways & Bit(gateway)) &&
         (!forbid.band_at_least || !request_.band || *request_.band >= *forbid.band_at_least);
}

}  // namespace waymark::agreement
