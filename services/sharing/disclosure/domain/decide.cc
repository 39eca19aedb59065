#include "services/sharing/disclosure/domain/decide.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace waymark::sharing::disclosure {
namespace {

using agreement::Decision;
using agreement::Effect;
using agreement::Missing;

constexpr std::array<std::string_view, 26> kHeld = {"person.name",
                                                    "person.date_of_birth",
                                                    "person.role",
                                                    "person.telephone",
                                                    "person.email",
                                                    "person.address",
                                                    "person.safe_contact",
                                                    "incident.reference",
                                                    "incident.summary",
                                                    "incident.category",
                                                    "incident.type",
                                                    "incident.occurred_at",
                                                    "incident.channel",
                                                    "incident.agency",
                                                    "incident.area",
                                                    "incident.location",
                                                    "incident.action_taken",
                                                    "risk.band",
                                                    "risk.reasons",
                                                    "risk.score",
                                                    "case.id",
                                                    "case.status",
                                                    "case.lead_agency",
                                                    "case.lead_contact",
                                                    "history.count",
                                                    "safeguarding.concern"};

constexpr std::array<std::pair<State, std::string_view>, 4> kStates = {
    {{State::kWaiting, "waiting"},
     {State::kNotified, "notified"},
     {State::kPushed, "pushed"},
     {State::kWithdrawn, "withdrawn"}}};

agreement::Request RequestOf(const SubjectFacts& facts, const Question& question) {
  agreement::Request request;
  request.partnership = question.partnership;
  request.origin = question.origin;
  request.recipient = question.recipient;
  request.recipient_role = question.recipient_role;
  request.purpose = question.purpose;
  request.subject = agreement::SubjectCategory::kVictim;
  request.fields = question.fields;
  if (request.fields.empty()) request.fields.assign(kHeld.begin(), kHeld.end());
  request.ask = question.ask;
  request.band = facts.band;
  request.recipient_has_interest = question.has_interest;
  request.child_at_risk = facts.child_at_risk;
  request.adult_at_risk = facts.adult_at_risk;
  request.vital_interests = facts.vital_interests;
  return request;
}

auto Worth(const Decision& decision) {
  return std::make_tuple(static_cast<int>(decision.effect), decision.released.size());
}

bool Permits(const Decision& decision) { return decision.effect == Effect::kPermit; }

// The evaluator takes the clause that releases most, which can be the one without anything personal
// when a consent is narrow. A share is about the personal part (the alert carries the rest), so
// then each lawful gateway is asked by itself.
Decision DecidePersonal(const agreement::Evaluator& agreements, agreement::Request request,
                        absl::Time now) {
  Decision best = agreements.Decide(request, now);
  if (best.effect != Effect::kDepersonalised) return best;
  for (const agreement::Gateway gateway : agreement::kAllGateways) {
    if (gateway == agreement::Gateway::kNotPersonal) continue;
    request.only_gateway = gateway;
    Decision decision = agreements.Decide(request, now);
    if (Permits(decision) && Worth(decision) > Worth(best)) best = std::move(decision);
  }
  return best;
}

bool Holds(const std::vector<std::string>& list, const std::string& word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

// The question narrowed to what the override names, with the one fact that its lawful gateway needs
// and that the decision-maker answers for. nullopt: it covers nothing of the question.
std::optional<agreement::Request> Under(const Overriding& overriding, agreement::Request request,
                                        absl::Time now) {
  if (!EndOf(overriding, now).empty() || !Holds(overriding.recipients, request.recipient) ||
      !Holds(overriding.purposes, request.purpose)) {
    return std::nullopt;
  }
  std::erase_if(request.fields,
                [&](const std::string& field) { return !Holds(overriding.fields, field); });
  if (request.fields.empty()) return std::nullopt;
  using agreement::Gateway;
  request.consent.reset();
  request.only_gateway = overriding.gateway;
  request.child_at_risk = overriding.gateway == Gateway::kSafeguardingChild;
  request.adult_at_risk = overriding.gateway == Gateway::kSafeguardingAdult;
  request.vital_interests = overriding.gateway == Gateway::kVitalInterests;
  request.public_body_request = overriding.gateway == Gateway::kRecognisedLegitimateInterest;
  // The words stay under the person's key; that there are some was checked when it was recorded.
  request.override_facts = {overriding.decision_maker, "recorded"};
  return request;
}

// Of those that end alike the earlier one: deciding the same twice changes nothing.
std::vector<const Overriding*> LastingLongestFirst(const std::vector<Overriding>& overrides) {
  std::vector<const Overriding*> order;
  for (const Overriding& overriding : overrides) order.push_back(&overriding);
  std::stable_sort(order.begin(), order.end(), [](const Overriding* a, const Overriding* b) {
    return a->expires > b->expires;
  });
  return order;
}

void RestOn(const Overriding& overriding, Decision& decision) {
  using agreement::Obligation;
  decision.override_receipt = overriding.id;
  decision.rests_on_override = true;
  decision.expires = std::min(decision.expires.value_or(overriding.expires), overriding.expires);
  for (const Obligation due :
       {Obligation::kSecondPersonReview, Obligation::kListForDataProtectionLead}) {
    const agreement::ObligationDue owed{due, 0};
    std::vector<agreement::ObligationDue>& all = decision.obligations;
    if (std::find(all.begin(), all.end(), owed) == all.end()) all.push_back(owed);
  }
}

}  // namespace

std::string_view EndOf(const Overriding& overriding, absl::Time now) {
  if (overriding.reversed) return "override_reversed";
  return now >= overriding.expires ? "override_expired" : "";
}

std::string_view EndOf(const SubjectFacts& facts, const std::string& override_id, absl::Time now) {
  for (const Overriding& overriding : facts.overrides) {
    if (overriding.id == override_id) return EndOf(overriding, now);
  }
  return "";
}

std::span<const std::string_view> HeldFields() { return kHeld; }

Decision DecideShare(const agreement::Evaluator& agreements, const SubjectFacts& facts,
                     const Question& question, absl::Time now) {
  agreement::Request request = RequestOf(facts, question);
  std::optional<Decision> best;
  for (auto consent = facts.consents.rbegin(); consent != facts.consents.rend(); ++consent) {
    request.consent = *consent;
    Decision decision = DecidePersonal(agreements, request, now);
    if (!best || Worth(decision) > Worth(*best)) best = std::move(decision);
  }
  request.consent.reset();
  if (!best) best = DecidePersonal(agreements, request, now);
  for (const Overriding* overriding : LastingLongestFirst(facts.overrides)) {
    const std::optional<agreement::Request> under = Under(*overriding, request, now);
    if (!under) continue;
    Decision decision = agreements.Decide(*under, now);
    if (!Permits(decision) || Worth(decision) <= Worth(*best)) continue;
    RestOn(*overriding, decision);
    best = std::move(decision);
  }
  return *std::move(best);
}

Settled DecideToTell(const agreement::Evaluator& agreements, const SubjectFacts& facts,
                     Question question, absl::Time now) {
  question.ask = agreement::Ask::kPush;
  Decision pushed = DecideShare(agreements, facts, question, now);
  if (Permits(pushed) && pushed.gateway && agreement::IsProtective(*pushed.gateway)) {
    return {std::move(pushed), true};
  }
  question.ask = agreement::Ask::kNotice;
  return {DecideShare(agreements, facts, question, now), false};
}

std::string_view StateName(State state) {
  for (const auto& [known, name] : kStates) {
    if (known == state) return name;
  }
  return "";
}

std::optional<State> ParseState(std::string_view name) {
  for (const auto& [state, known] : kStates) {
    if (known == name) return state;
  }
  return std::nullopt;
}

Move NextMove(const std::optional<Standing>& standing, const Settled& settled) {
  const bool permit = Permits(settled.decision);
  if (!standing || standing->state == State::kWaiting) return permit ? Move::kTell : Move::kWait;
  if (standing->state == State::kWithdrawn) return permit ? Move::kTell : Move::kRest;
  if (!permit) return Move::kTakeBack;
  const bool alike = settled.push == (standing->state == State::kPushed) &&
                     standing->released == settled.decision.released &&
                     standing->override_id == settled.decision.override_receipt &&
                     standing->lawful_gateway == agreement::Name(*settled.decision.gateway);
  if (!alike) return Move::kReplace;
  const bool rests_on_the_same = standing->consent_id == settled.decision.consent_receipt &&
                                 standing->ends == settled.decision.expires;
  if (rests_on_the_same) return Move::kKeep;
  return settled.push ? Move::kReplace : Move::kRenew;
}

std::string_view ReasonToTakeBack(const Decision& decision) {
  const auto lacks = [&](Missing reason) {
    const std::vector<Missing>& missing = decision.remedy.missing;
    return std::find(missing.begin(), missing.end(), reason) != missing.end();
  };
  if (lacks(Missing::kConsentWithdrawn)) return "consent_withdrawn";
  if (lacks(Missing::kConsentExpired) || lacks(Missing::kAgreementExpired)) return "expired";
  return "not_permitted";
}

std::string_view ReasonToTakeBack(const Decision& decision, const SubjectFacts& facts,
                                  const std::string& override_id, absl::Time now) {
  const std::string_view end = EndOf(facts, override_id, now);
  if (end.empty()) return ReasonToTakeBack(decision);
  return end == "override_expired" ? "expired" : end;
}

Refusal Explained(const Decision& decision) {
  const agreement::Remedy& remedy = decision.remedy;
  const auto words = [](const auto& list) {
    return absl::StrJoin(list, "; ", [](std::string* out, const auto& item) {
      out->append(agreement::InWords(item));
    });
  };
  // The reason that a person can do something about says more than what stood in the way of a
  // neighbouring clause: a consent that no longer holds comes first.
  std::string code = "refused";
  if (!remedy.missing.empty()) code = agreement::Name(remedy.missing.front());
  for (const Missing telling : {Missing::kConsentWithdrawn, Missing::kConsentExpired}) {
    const auto found = std::find(remedy.missing.begin(), remedy.missing.end(), telling);
    if (found == remedy.missing.end()) continue;
    code = agreement::Name(telling);
    break;
  }
  return {std::move(code), remedy.clause, words(remedy.missing), words(remedy.would_serve),
          absl::StrJoin(remedy.deciders, "; ")};
}

std::string ClauseOf(const Decision& decision) {
  if (decision.clause.empty()) return decision.remedy.clause;
  return absl::StrCat(decision.agreement_id, " ", decision.agreement_version, " clause ",
                      decision.clause);
}

}  // namespace waymark::sharing::disclosure
