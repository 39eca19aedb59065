#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libs/agreement/decision.h"
#include "libs/base/check.h"
#include "libs/base/text.h"

namespace waymark::agreement {
namespace {

struct Reason {
  std::string_view name;
  std::string_view words;
};

// In the order of Missing.
constexpr Reason kReasons[] = {
    {"none", "nothing is missing"},
    {"own_data", "origin and recipient are the same agency, so nothing is disclosed"},
    {"no_agreement", "no agreement of this partnership holds both agencies"},
    {"agreement_not_yet_valid", "the agreement is not in force yet"},
    {"agreement_expired", "the agreement has expired"},
    {"agreement_suspended", "the agreement is suspended"},
    {"agreement_superseded", "a newer version has replaced the agreement"},
    {"purpose_not_covered", "no clause between these agencies covers this purpose"},
    {"subject_not_covered", "no clause for this purpose covers this kind of subject"},
    {"role_not_covered", "no clause lets this role of the recipient receive it"},
    {"ask_not_covered", "no clause covers this kind of request"},
    {"field_not_listed", "no clause that fits the request lists the field"},
    {"field_unknown", "the field catalogue has no such field"},
    {"forbidden", "a clause forbids it"},
    {"other_gateway_asked", "the request relies on another lawful gateway"},
    {"interest", "the recipient has no interest in this person or place"},
    {"band", "the risk band is unknown or below the clause's floor"},
    {"consent", "there is no consent on record"},
    {"consent_not_yet", "the consent does not hold yet"},
    {"consent_expired", "the consent has expired"},
    {"consent_withdrawn", "the consent was withdrawn"},
    {"consent_form", "the consent was given on a form that the agreement does not accept"},
    {"consent_agency", "the consent does not cover this recipient"},
    {"consent_purpose", "the consent does not cover this purpose"},
    {"consent_category", "the consent does not cover this kind of data"},
    {"override", "a named decision-maker has not overridden consent"},
    {"override_reason", "the override has no reason"},
    {"override_decision_maker", "the override names no decision-maker"},
    {"child_at_risk", "no child is recorded as being at risk"},
    {"adult_at_risk", "no adult is recorded as being at risk"},
    {"vital_interests", "no danger to life is recorded"},
    {"legal_obligation", "no legal obligation is named"},
    {"public_body_request", "no public body has asked for it"},
    {"push_not_protective", "only safeguarding and vital interests may be pushed"},
    {"other_clause", "another clause would release it: ask for it by itself"},
    {"nothing_asked", "the request names no field"},
};
static_assert(std::size(kReasons) == static_cast<size_t>(Missing::kNothingAsked) + 1);

const Reason& At(Missing reason) {
  const auto index = static_cast<size_t>(reason);
  WM_CHECK(index < std::size(kReasons), "a reason outside its vocabulary");
  return kReasons[index];
}

template <typename List, typename ToWords>
std::string Join(const List& list, std::string_view separator, ToWords to_words) {
  return absl::StrJoin(list, ToAbsl(separator),
                       [&](std::string* out, const auto& item) { out->append(to_words(item)); });
}

std::string Released(const Decision& decision) {
  return absl::StrCat("Released: ", absl::StrJoin(decision.released, ", "),
                      ". Ground: ", ToAbsl(InWords(*decision.gateway)), " (", decision.agreement_id,
                      " ", decision.agreement_version, " clause ", decision.clause, ").",
                      decision.rests_on_override ? " Consent was overridden." : "");
}

}  // namespace

std::string_view Name(Missing reason) { return At(reason).name; }
std::string_view InWords(Missing reason) { return At(reason).words; }

std::string_view Name(Effect effect) {
  switch (effect) {
    case Effect::kRefuse:
      return "refuse";
    case Effect::kDepersonalised:
      return "depersonalised";
    case Effect::kPermit:
      return "permit";
  }
  WM_CHECK(false, "an effect outside its vocabulary");
}

std::string Explain(const Decision& decision) {
  std::string text =
      decision.effect == Effect::kRefuse ? "Refused: nothing is released." : Released(decision);
  const Remedy& remedy = decision.remedy;
  if (!decision.withheld.empty()) {
    absl::StrAppend(&text, " Withheld: ",
                    Join(decision.withheld, ", ", [](const auto& f) { return f.field; }), ".");
  }
  if (!remedy.missing.empty()) {
    absl::StrAppend(&text,
                    " Why: ", Join(remedy.missing, "; ", [](Missing m) { return InWords(m); }),
                    remedy.clause.empty() ? "" : absl::StrCat(" (", remedy.clause, ")"), ".");
  }
  if (!remedy.would_serve.empty()) {
    absl::StrAppend(&text, " Would serve: ",
                    Join(remedy.would_serve, "; ", [](Gateway g) { return InWords(g); }), ".");
  }
  if (!remedy.deciders.empty()) {
    absl::StrAppend(&text, " Can decide: ", absl::StrJoin(remedy.deciders, "; "), ".");
  }
  return text;
}

}  // namespace waymark::agreement
