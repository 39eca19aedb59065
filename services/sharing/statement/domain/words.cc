#include "services/sharing/statement/domain/words.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "libs/agreement/catalogue.h"
#include "libs/base/check.h"

namespace waymark::sharing::statement {
namespace {

using agreement::Gateway;

struct Reason {
  std::string_view code;
  std::string_view words;
};

constexpr Reason kReasons[] = {
    {"consent_withdrawn", "you withdrew your consent"},
    {"consent_expired", "your consent had reached its end"},
    {"consent", "you had not given consent"},
    {"expired", "what it rested on had reached its end"},
    {"erased", "your record was erased"},
    {"wrongly_linked", "the case turned out not to be yours"},
    {"override_reversed", "a second person reviewed the decision and reversed it"},
    {"override_expired", "the decision to share without your consent had reached its end"},
    {"override", "nobody entitled to had decided to share it without your consent"},
    {"not_permitted", "the rules no longer allowed it"},
    {"replaced", "it was replaced by what is listed after it"},
    {"share_not_open", "it was no longer shared"},
    {"agreement_expired", "the agreement between the agencies had ended"},
    {"interest", "that agency had no part in your case"},
    {"not_your_share", "it was not meant for that agency"},
};

// The fields that a gateway can share, as said to the person they are about.
constexpr Reason kFields[] = {
    {"person.name", "your name"},
    {"person.date_of_birth", "your date of birth"},
    {"person.role", "whether you are the victim or the caller"},
    {"person.telephone", "your telephone number"},
    {"person.email", "your e-mail address"},
    {"person.address", "your home address"},
    {"person.safe_contact", "how and when it is safe to reach you"},
    {"incident.reference", "the reference of your report"},
    {"incident.summary", "what happened, in words"},
    {"incident.category", "what kind of harm it was"},
    {"incident.type", "what kind of behaviour it was"},
    {"incident.occurred_at", "when it happened"},
    {"incident.channel", "how it was reported"},
    {"incident.agency", "which agency took the report"},
    {"incident.area", "the area it happened in"},
    {"incident.location", "where it happened"},
    {"incident.action_taken", "what was done about it"},
    {"risk.band", "how high we judge the risk to you"},
    {"risk.reasons", "what led us to judge it so"},
    {"risk.score", "the points of the risk assessment"},
    {"case.id", "the number of your case"},
    {"case.status", "whether your case is open"},
    {"case.lead_agency", "which agency leads on your case"},
    {"case.lead_contact", "how to reach that agency"},
    {"history.count", "how many reports you have made"},
    {"safeguarding.concern", "our concern that somebody is at risk"},
};

const Reason* FindWords(const Reason* from, const Reason* to, std::string_view code) {
  const Reason* found =
      std::find_if(from, to, [&](const Reason& reason) { return reason.code == code; });
  return found == to ? nullptr : found;
}

std::string Spaced(std::string_view word) {
  std::string spaced(word);
  std::replace(spaced.begin(), spaced.end(), '_', ' ');
  return spaced;
}

}  // namespace

Law LawOf(Gateway gateway) {
  switch (gateway) {
    case Gateway::kVitalInterests:
      return {
          "We believed that a life was in danger, and the law lets us share what is needed to "
          "protect it.",
          "UK GDPR Article 6(1)(d)"};
    case Gateway::kSafeguardingChild:
      return {
          "We believed that a child was at risk, and we have to work with others to protect "
          "children.",
          "Children Act 2004 sections 10 and 11; UK GDPR Article 6(1)(e)"};
    case Gateway::kSafeguardingAdult:
      return {
          "We believed that an adult who needs care and support was at risk, and we have to "
          "work with others to protect them.",
          "Care Act 2014 sections 6, 7 and 42; UK GDPR Article 6(1)(e)"};
    case Gateway::kConsent:
      return {"You agreed to it in writing.", "UK GDPR Article 6(1)(a)"};
    case Gateway::kLegalObligation:
      return {"An Act, a court or a regulator required us to.", "UK GDPR Article 6(1)(c)"};
    case Gateway::kLawEnforcement:
      return {"It was needed to prevent, investigate or prosecute an offence.",
              "Data Protection Act 2018 Part 3, section 35"};
    case Gateway::kPublicTask:
      return {
          "The law lets us share with these agencies what is needed to prevent crime and "
          "disorder.",
          "Crime and Disorder Act 1998 section 115; UK GDPR Article 6(1)(e)"};
    case Gateway::kRecognisedLegitimateInterest:
      return {"A public body asked for it in writing, for a task that the law recognises.",
              "UK GDPR Article 6(1)(ea), inserted by the Data (Use and Access) Act 2025"};
    case Gateway::kNotPersonal:
      return {"It said nothing that could be traced to you.", "no lawful gateway is needed"};
  }
  WM_CHECK(false, "a lawful gateway outside its vocabulary");
}

std::string FieldWords(std::string_view field) {
  const Reason* own = FindWords(std::begin(kFields), std::end(kFields), field);
  if (own != nullptr) return std::string(own->words);
  const std::optional<int> id = agreement::FieldId(field);
  if (!id) return std::string(field);
  return std::string(agreement::Catalogue()[static_cast<size_t>(*id)].meaning);
}

std::string RoleWords(std::string_view role) { return Spaced(role); }

std::string ReasonWords(std::string_view code) {
  const Reason* found = FindWords(std::begin(kReasons), std::end(kReasons), code);
  return found == nullptr ? Spaced(code) : std::string(found->words);
}

std::string AgencyName(const agreement::Evaluator& agreements, const std::string& agency) {
  for (const agreement::Agreement& agreement : agreements.agreements()) {
    for (const agreement::Party& party : agreement.parties) {
      if (party.id == agency && !party.name.empty()) return party.name;
    }
  }
  return agency;
}

std::string PurposeWords(const agreement::Evaluator& agreements, const std::string& purpose) {
  for (const agreement::Agreement& agreement : agreements.agreements()) {
    for (const agreement::Purpose& known : agreement.purposes) {
      if (known.id == purpose) return known.words;
    }
  }
  return purpose;
}

std::string ClauseWords(const agreement::Evaluator& agreements, const std::string& clause) {
  for (const agreement::Agreement& agreement : agreements.agreements()) {
    for (const agreement::Clause& one : agreement.clauses) {
      if (absl::StrCat(agreement.id, " ", agreement.version, " clause ", one.id) == clause) {
        return one.words;
      }
    }
  }
  return "";
}

std::string ContactOf(const agreement::Evaluator& agreements, const std::string& agency,
                      std::string_view role) {
  for (const agreement::Agreement& agreement : agreements.agreements()) {
    for (const agreement::Contact& contact : agreement.contacts) {
      if (contact.party == agency && contact.role == role) return contact.address;
    }
  }
  return "";
}

}  // namespace waymark::sharing::statement
