// Plain words for the person a statement is made for. The legal text is for a lawyer to confirm.
// Pure; safe from any thread.
#pragma once

#include <string>
#include <string_view>

#include "libs/agreement/evaluator.h"

namespace waymark::sharing::statement {

struct Law {
  std::string_view why;      // one sentence to the person: "You agreed to it in writing."
  std::string_view statute;  // what it rests on: "UK GDPR Article 6(1)(a)"
};
Law LawOf(agreement::Gateway gateway);

// "person.address" as "your home address"; a field that no gateway fills, as the catalogue says it;
// a name that the catalogue does not have, as it is.
std::string FieldWords(std::string_view field);
// "data_protection_lead" as "data protection lead".
std::string RoleWords(std::string_view role);
// Why sharing ended or was refused, by its code; the code with spaces when there are no words for
// it.
std::string ReasonWords(std::string_view code);

// As the agreements say it; the id itself where they do not know it.
std::string AgencyName(const agreement::Evaluator& agreements, const std::string& agency);
std::string PurposeWords(const agreement::Evaluator& agreements, const std::string& purpose);
// `clause` as in ShareDecision.clause, "fenland-isa 1 clause 2.2". "" when no loaded agreement is
// of that version: an older text is not made up.
std::string ClauseWords(const agreement::Evaluator& agreements, const std::string& clause);
// Address of the agency's contact with this role; "" when the agreements name none.
std::string ContactOf(const agreement::Evaluator& agreements, const std::string& agency,
                      std::string_view role);

}  // namespace waymark::sharing::statement
