#include "services/sharing/consent/domain/check_consent.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace waymark::sharing::consent {
namespace {

constexpr size_t kDigestDigits = 64;

void CheckWords(const std::vector<std::string>& words, const std::set<std::string>& known,
                const std::string& field, const std::string& code, const std::string& what,
                std::vector<Problem>& problems) {
  if (words.empty()) {
    problems.push_back({"missing_field", field, absl::StrCat("at least one ", what),
                        "an empty list means none: name what the person agreed to"});
    return;
  }
  if (words.size() > kScopeEntriesMax) {
    problems.push_back({"too_many", field, absl::StrCat("at most ", kScopeEntriesMax, " entries"),
                        "name each once"});
    return;
  }
  for (size_t i = 0; i < words.size(); ++i) {
    if (known.count(words[i]) != 0) continue;
    problems.push_back({code, absl::StrCat(field, "[", i, "]"),
                        absl::StrCat(what, ", one of: ", absl::StrJoin(known, ", ")),
                        "use the words of the agreement"});
  }
}

void CheckForm(const GivenConsent& given, const KnownTerms& known, std::vector<Problem>& problems) {
  if (given.form_version.empty() || given.form_version.size() > kFormVersionCharactersMax) {
    problems.push_back({"missing_field", "form_version",
                        absl::StrCat("1 to ", kFormVersionCharactersMax, " characters"),
                        "give the version printed on the signed form"});
  } else if (!known.forms.empty() && known.forms.count(given.form_version) == 0) {
    problems.push_back({"unknown_form", "form_version",
                        absl::StrCat("one of: ", absl::StrJoin(known.forms, ", ")),
                        "have the person sign a form that the agreement accepts"});
  }
  const bool digits =
      given.scan_sha256.size() == kDigestDigits &&
      std::all_of(given.scan_sha256.begin(), given.scan_sha256.end(), absl::ascii_isxdigit);
  if (!digits) {
    problems.push_back({"malformed_digest", "scan_sha256", "64 hexadecimal digits",
                        "give the SHA-256 of the scanned form's bytes"});
  }
}

void CheckTimes(const GivenConsent& given, absl::Time now, std::vector<Problem>& problems) {
  if (!given.given_at) {
    problems.push_back({"missing_field", "given_at", "the instant at which the form was signed",
                        "give the date on the form"});
  } else if (*given.given_at > now + kClockSkewMax) {
    problems.push_back({"future_dated", "given_at", "an instant that is not in the future",
                        "give the date on the form"});
  }
  if (!given.expires_at) {
    problems.push_back({"missing_field", "expires_at", "the instant after which it no longer holds",
                        "every consent ends: give its end"});
  } else if (given.given_at && *given.expires_at <= *given.given_at) {
    problems.push_back(
        {"out_of_range", "expires_at", "an instant after given_at", "check both dates"});
  } else if (*given.expires_at <= now) {
    problems.push_back({"expired", "expires_at", "an instant that is still ahead",
                        "ask the person for a new consent"});
  }
}

}  // namespace

KnownTerms KnownTermsOf(const std::vector<agreement::Agreement>& agreements,
                        const std::string& own_agency) {
  KnownTerms known;
  for (const agreement::Agreement& agreement : agreements) {
    if (agreement.kind != agreement::AgreementKind::kPartnership) continue;
    const bool ours =
        std::any_of(agreement.parties.begin(), agreement.parties.end(),
                    [&](const agreement::Party& party) { return party.id == own_agency; });
    if (!ours) continue;
    for (const agreement::Party& party : agreement.parties) {
      if (party.id != own_agency) known.agencies.insert(party.id);
    }
    for (const agreement::DataGroup& group : agreement.data) {
      known.categories.emplace(agreement::Name(group.category));
    }
    for (const agreement::Purpose& purpose : agreement.purposes) known.purposes.insert(purpose.id);
    known.forms.insert(agreement.consent_forms.begin(), agreement.consent_forms.end());
  }
  return known;
}

std::vector<Problem> CheckConsent(const GivenConsent& given, const KnownTerms& known,
                                  absl::Time now) {
  std::vector<Problem> problems;
  CheckWords(given.agencies, known.agencies, "scope.agencies", "unknown_agency", "party", problems);
  CheckWords(given.categories, known.categories, "scope.categories", "unknown_category",
             "data category", problems);
  CheckWords(given.purposes, known.purposes, "scope.purposes", "unknown_purpose", "purpose",
             problems);
  if (!given.sources.empty()) {
    CheckWords(given.sources, known.agencies, "scope.sources", "unknown_agency", "party", problems);
  }
  CheckForm(given, known, problems);
  CheckTimes(given, now, problems);
  return problems;
}

Result<std::string> PersonOf(const std::vector<ConsentParty>& parties,
                             const std::vector<std::string>& places, uint32_t place) {
  const Problem none = {"no_victim", "source_reference", "an incident with a victim or caller",
                        "a consent is recorded for a victim or caller only"};
  const auto may_consent = [](const ConsentParty& party) { return party.victim || party.caller; };
  if (place != 0) {
    if (place > places.size()) {
      return Problem{"out_of_range", "party", absl::StrCat("a place from 1 to ", places.size()),
                     "count the incident's parties as published"};
    }
    for (const ConsentParty& party : parties) {
      if (party.person_id == places[place - 1] && may_consent(party)) return party.person_id;
    }
    return none;
  }
  std::vector<std::string> victims, callers;
  for (const ConsentParty& party : parties) {
    if (party.victim) victims.push_back(party.person_id);
    if (party.caller) callers.push_back(party.person_id);
  }
  const std::vector<std::string>& candidates = victims.empty() ? callers : victims;
  if (candidates.empty()) return none;
  if (candidates.size() > 1) {
    return Problem{"ambiguous_person", "party", "the place of one party, from 1",
                   "a consent is one person's: say whose"};
  }
  return candidates.front();
}

}  // namespace waymark::sharing::consent
