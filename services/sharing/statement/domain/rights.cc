#include "services/sharing/statement/domain/rights.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libs/calendar/civil.h"

namespace waymark::sharing::statement {

std::string When(absl::Time at) { return calendar::FormatLondon(at); }

std::string List(const std::vector<std::string>& items) {
  if (items.size() < 2) return absl::StrJoin(items, "");
  const std::vector<std::string> first(items.begin(), items.end() - 1);
  return absl::StrCat(absl::StrJoin(first, "; "), first.size() > 1 ? "; and " : " and ",
                      items.back());
}

std::vector<std::string> Opening(const Statement& statement) {
  return {absl::StrCat("This is what ", statement.agency,
                       " has told other agencies of the partnership about you, when, why and "
                       "under which law."),
          "It was drawn from the log that records every disclosure at the moment it is made. It "
          "says nothing of what another agency holds or has shared itself: ask that agency for "
          "its own statement."};
}

std::vector<Point> Rights(const Statement& statement) {
  const std::string desk = statement.desk.empty()
                               ? statement.agency
                               : absl::StrCat(statement.agency, ", ", statement.desk);
  std::vector<Point> points;
  points.push_back({"To withdraw your consent",
                    absl::StrCat("Tell ", desk,
                                 ". From that moment nothing new is shared on it, and partners "
                                 "can no longer open what was shared. You need give no reason.")});
  points.push_back({"If something is wrong",
                    absl::StrCat("You may ask for it to be corrected, or for your record to be "
                                 "erased. Tell ",
                                 desk, ".")});
  if (!statement.data_protection.empty()) {
    points.push_back(
        {"To complain", absl::StrCat("Write to the data protection lead of ", statement.agency,
                                     ": ", statement.data_protection, ".")});
  }
  points.push_back({"If you are not satisfied",
                    "The Information Commissioner's Office looks at complaints about how personal "
                    "data is used: ico.org.uk/make-a-complaint."});
  points.push_back({"If nothing is done about what you report",
                    "You may ask for an anti-social behaviour case review: any agency of the "
                    "partnership tells you how."});
  return points;
}

std::string Provenance(const Statement& statement) {
  return absl::StrCat("Made ", When(statement.made_at), " from ", statement.log_size,
                      " entries of the audit log of ", statement.agency,
                      "; the log's root was then ", statement.log_root, ".");
}

std::vector<Line> LinesOf(const SharedPart& part) {
  std::vector<Line> lines = {{"What", List(part.fields)}, {"Since", When(part.since)},
                             {"Why", part.why},           {"Law", part.law},
                             {"Statute", part.statute},   {"Rule", part.clause}};
  if (!part.clause_words.empty())
    lines.back().value = absl::StrCat(part.clause, ": ", part.clause_words);
  if (part.without_consent) {
    lines.push_back({"Consent",
                     "A named person decided to share it without your consent; see "
                     "below."});
  }
  if (part.pushed) lines.push_back({"How", "Handed over at once, so that help need not wait."});
  for (const Opened& opened : part.opened) {
    lines.push_back(
        {"Opened", absl::StrCat(When(opened.at), " by ", opened.by, ". Purpose: ", opened.why,
                                opened.copy ? " A copy went into its records." : "")});
  }
  if (part.opened.empty() && !part.pushed) lines.push_back({"Opened", "Not yet."});
  if (part.until) {
    lines.push_back({"Ended", absl::StrCat(When(*part.until), ", because ", part.ended_because,
                                           ". Nothing more can be opened.")});
  } else {
    lines.push_back({"Now", "Still shared."});
  }
  if (part.until && part.copy_outstanding) {
    lines.push_back({"Copy", absl::StrCat(part.recipient,
                                          " took a copy into its own records and has not yet "
                                          "confirmed that it is removed.")});
  }
  return lines;
}

std::vector<Line> LinesOf(const ConsentGiven& consent) {
  std::vector<Line> lines = {{"You agreed", When(consent.given)},
                             {"To be told", List(consent.agencies)},
                             {"About", List(consent.categories)},
                             {"For", List(consent.purposes)}};
  if (consent.withdrawn) {
    lines.push_back({"You withdrew it", When(*consent.withdrawn)});
  } else {
    lines.push_back({"It ends", When(consent.expires)});
  }
  return lines;
}

std::vector<Line> LinesOf(const WithoutConsent& decided) {
  return {{"When", When(decided.at)},
          {"Who decided", decided.role},
          {"Law", decided.law},
          {"Statute", decided.statute},
          {"Told", List(decided.recipients)},
          {"What", List(decided.fields)},
          {"It ends", When(decided.expires)},
          {"Review", decided.review}};
}

}  // namespace waymark::sharing::statement
