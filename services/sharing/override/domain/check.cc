#include "services/sharing/override/domain/check.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libs/agreement/catalogue.h"
#include "libs/base/text.h"

namespace waymark::sharing::overrides {
namespace {

using agreement::Decision;
using agreement::Effect;
using agreement::Gateway;
using disclosure::Settled;

bool Holds(const std::vector<std::string>& list, const std::string& word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

void AddOnce(std::vector<std::string>& list, const std::string& word) {
  if (!Holds(list, word)) list.push_back(word);
}

template <class IsKnown>
void CheckWords(const std::vector<std::string>& words, const std::string& field,
                const std::string& code, const std::string& what, IsKnown is_known,
                std::vector<Problem>& problems) {
  if (words.empty()) {
    problems.push_back({"missing_field", field, absl::StrCat("at least one ", what),
                        "an empty list means none: name what is decided"});
  } else if (words.size() > kEntriesMax) {
    problems.push_back(
        {"too_many", field, absl::StrCat("at most ", kEntriesMax, " entries"), "name each once"});
    return;
  }
  for (size_t i = 0; i < words.size(); ++i) {
    if (is_known(words[i])) continue;
    problems.push_back({code, absl::StrCat(field, "[", i, "]"), what,
                        "use the words of the agreement and its field catalogue"});
  }
}

bool IsHeld(const std::string& field) {
  const auto held = disclosure::HeldFields();
  return std::find(held.begin(), held.end(), field) != held.end();
}

void CheckGateway(const Asked& asked, std::vector<Problem>& problems) {
  const auto gateway = agreement::ParseTerm<Gateway>(asked.lawful_gateway);
  if (gateway == Gateway::kConsent) {
    problems.push_back({"consent_is_no_override", "lawful_gateway",
                        "the lawful gateway relied on instead of consent",
                        "record the consent, if there is one"});
  } else if (!gateway || gateway == Gateway::kNotPersonal) {
    problems.push_back({"unknown_lawful_gateway", "lawful_gateway",
                        "a lawful gateway of the agreement, such as public_task",
                        "say which law allows it"});
  }
}

void CheckEnd(const Asked& asked, absl::Time now, std::vector<Problem>& problems) {
  if (!asked.expires) {
    problems.push_back({"missing_field", "expires_at", "the instant after which it no longer holds",
                        "every override ends: give its end"});
  } else if (*asked.expires <= now) {
    problems.push_back(
        {"expired", "expires_at", "an instant that is still ahead", "check the date"});
  } else if (*asked.expires > now + kHoldsAtMost) {
    problems.push_back({"out_of_range", "expires_at",
                        absl::StrCat("at most ", kHoldsAtMost / absl::Hours(24), " days ahead"),
                        "decide again when it ends"});
  }
}

disclosure::Overriding Candidate(const Asked& asked, const std::string& id) {
  return {id,
          asked.decision_maker,
          asked.recipients,
          asked.fields,
          asked.purposes,
          *agreement::ParseTerm<Gateway>(asked.lawful_gateway),
          *asked.expires,
          false};
}

disclosure::Question QuestionTo(const std::string& partnership, const std::string& self,
                                const std::string& recipient, const CaseFacts& one) {
  disclosure::Question question;
  question.partnership = partnership;
  question.origin = self;
  question.recipient = recipient;
  question.recipient_role = disclosure::kGatewayRole;
  question.purpose = disclosure::kSharingPurpose;
  question.has_interest = one.interested.count(recipient) != 0;
  return question;
}

bool Permits(const Decision& decision) { return decision.effect == Effect::kPermit; }

const agreement::Agreement* AgreementOf(const agreement::Evaluator& agreements,
                                        const Decision& decision) {
  for (const agreement::Agreement& agreement : agreements.agreements()) {
    if (agreement.id == decision.agreement_id && agreement.version == decision.agreement_version) {
      return &agreement;
    }
  }
  return nullptr;
}

// Roles of this agency that may decide on the ground that the decision rests on.
std::vector<std::string> DecidersOf(const agreement::Evaluator& agreements, const std::string& self,
                                    const Decision& decision) {
  const agreement::Agreement* agreement = AgreementOf(agreements, decision);
  std::vector<std::string> roles;
  if (agreement == nullptr) return roles;
  for (const agreement::Decider& decider : agreement->deciders) {
    if (decider.gateway != decision.gateway) continue;
    for (const agreement::Party& party : agreement->parties) {
      if (party.id != self) continue;
      for (const agreement::Role& role : party.roles) {
        if (!role.is_system && Holds(decider.override_roles, role.id)) AddOnce(roles, role.id);
      }
    }
  }
  return roles;
}

// One recipient in one case.
class Question {
 public:
  Question(const agreement::Evaluator& agreements, const std::string& partnership,
           const std::string& self, const Asked& asked, const std::string& id, absl::Time now)
      : agreements_(agreements),
        partnership_(partnership),
        self_(self),
        asked_(asked),
        id_(id),
        now_(now) {}

  // Everything that stands in the way; empty when it is permitted, then `settled` is filled in.
  std::vector<Problem> Ask(size_t recipient, const CaseFacts& one, Settled& settled) const {
    const std::string place = absl::StrCat("recipients[", recipient, "]");
    disclosure::SubjectFacts facts = one.facts;
    facts.overrides.push_back(Candidate(asked_, id_));
    disclosure::Question question =
        QuestionTo(partnership_, self_, asked_.recipients[recipient], one);
    question.fields = asked_.fields;
    settled = disclosure::DecideToTell(agreements_, facts, question, now_);
    const Decision& decided = settled.decision;
    if (!Permits(decided)) return {Refused(decided, place)};
    if (decided.override_receipt != id_) {
      return {{"not_needed", place, "what is not permitted already",
               absl::StrCat("it is permitted by ", disclosure::ClauseOf(decided),
                            ": leave this recipient out")}};
    }
    std::vector<Problem> problems = CheckFields(decided);
    CheckRole(decided, problems);
    question.fields.clear();
    settled = disclosure::DecideToTell(agreements_, facts, question, now_);
    if (problems.empty() && settled.decision.override_receipt != id_) {
      problems.push_back(
          {"less_than_shared", place,
           absl::StrCat("more than is shared already: ",
                        absl::StrJoin(settled.decision.released, ", ")),
           "a share rests on one ground: name those fields too, or leave this recipient out"});
    }
    return problems;
  }

 private:
  static Problem Refused(const Decision& decided, const std::string& place) {
    const disclosure::Refusal refusal = disclosure::Explained(decided);
    std::string remedy = "ask the data protection lead";
    if (!refusal.remedy.empty()) remedy = absl::StrCat("would serve: ", refusal.remedy);
    if (!refusal.who_can_decide.empty()) {
      absl::StrAppend(&remedy, "; can decide: ", refusal.who_can_decide);
    }
    const std::string clause =
        refusal.clause.empty() ? "" : absl::StrCat(" (", refusal.clause, ")");
    return {
        refusal.code, place,
        absl::StrCat("a clause that permits it on this lawful gateway: ", refusal.missing, clause),
        remedy};
  }

  std::vector<Problem> CheckFields(const Decision& decided) const {
    std::vector<Problem> problems;
    for (size_t i = 0; i < asked_.fields.size(); ++i) {
      if (Holds(decided.released, asked_.fields[i])) continue;
      problems.push_back({"field_not_permitted", absl::StrCat("fields[", i, "]"),
                          absl::StrCat("a field that ", disclosure::ClauseOf(decided),
                                       " releases to ", "every recipient"),
                          "leave it out, or decide by itself for the recipient that may have it"});
    }
    return problems;
  }

  void CheckRole(const Decision& decided, std::vector<Problem>& problems) const {
    const std::vector<std::string> roles = DecidersOf(agreements_, self_, decided);
    if (Holds(roles, asked_.role)) return;
    problems.push_back({"role_may_not_decide", "",
                        roles.empty() ? "nobody of this agency may decide on this lawful gateway"
                                      : absl::StrCat("a decision by: ", absl::StrJoin(roles, ", ")),
                        "ask somebody who may decide"});
  }

  const agreement::Evaluator& agreements_;
  const std::string& partnership_;
  const std::string& self_;
  const Asked& asked_;
  const std::string& id_;
  const absl::Time now_;
};

void Add(std::vector<Problem> from, std::vector<Problem>& into) {
  for (Problem& problem : from) {
    const bool known = std::any_of(into.begin(), into.end(), [&](const Problem& other) {
      return other.code == problem.code && other.field == problem.field;
    });
    if (!known) into.push_back(std::move(problem));
  }
}

}  // namespace

std::vector<Problem> CheckAsked(const Asked& asked, const Known& known, absl::Time now) {
  std::vector<Problem> problems;
  CheckWords(
      asked.recipients, "recipients", "unknown_agency", "other member of the partnership",
      [&](const std::string& word) { return word != known.self && known.members.count(word) != 0; },
      problems);
  CheckWords(asked.fields, "fields", "unknown_field", "field that this gateway can fill", IsHeld,
             problems);
  CheckWords(
      asked.purposes, "purposes", "unknown_purpose", "purpose of the agreement",
      [&](const std::string& word) { return known.purposes.count(word) != 0; }, problems);
  if (!asked.purposes.empty() && !Holds(asked.purposes, std::string(disclosure::kSharingPurpose))) {
    problems.push_back({"purpose_not_notified", "purposes",
                        absl::StrCat("among them ", ToAbsl(disclosure::kSharingPurpose)),
                        "partners are told of shares for that purpose: add it"});
  }
  CheckGateway(asked, problems);
  if (asked.reason.size() < kReasonCharactersMin || asked.reason.size() > kReasonCharactersMax) {
    problems.push_back(
        {asked.reason.empty() ? "missing_field" : "reason_too_short", "reason",
         absl::StrCat(kReasonCharactersMin, " to ", kReasonCharactersMax, " characters"),
         "say why it cannot wait for consent, so that a second person can judge"});
    if (asked.reason.size() > kReasonCharactersMax) problems.back().code = "out_of_range";
  }
  CheckEnd(asked, now, problems);
  return problems;
}

Judged Judge(const agreement::Evaluator& agreements, const std::string& partnership,
             const std::string& self, const Asked& asked, const std::string& override_id,
             const std::vector<CaseFacts>& cases, absl::Time now) {
  Judged judged;
  if (cases.empty()) {
    judged.problems.push_back({"no_case", "source_reference",
                               "a person with a case of the partnership",
                               "without a case no partner has an interest to be told"});
    return judged;
  }
  const Question question(agreements, partnership, self, asked, override_id, now);
  for (size_t i = 0; i < asked.recipients.size(); ++i) {
    std::vector<Problem> in_the_way;
    bool permitted = false;
    for (size_t c = 0; c < cases.size(); ++c) {
      Settled settled;
      std::vector<Problem> problems = question.Ask(i, cases[c], settled);
      if (!problems.empty()) {
        Add(std::move(problems), in_the_way);
        continue;
      }
      permitted = true;
      AddOnce(judged.clauses, disclosure::ClauseOf(settled.decision));
      AddOnce(judged.agreement_digests, settled.decision.agreement_digest);
      judged.told.push_back({c, asked.recipients[i], std::move(settled)});
    }
    if (!permitted) Add(std::move(in_the_way), judged.problems);
  }
  return judged;
}

}  // namespace waymark::sharing::overrides
