#include "libs/agreement/terms.h"

#include "libs/base/check.h"

namespace waymark::agreement {
namespace {

template <size_t N, typename Term>
std::string_view At(const std::array<std::string_view, N>& words, Term term) {
  const auto index = static_cast<size_t>(term);
  WM_CHECK(index < N, "a term outside its vocabulary");
  return words[index];
}

}  // namespace

std::string_view Name(Gateway term) {
  static constexpr std::array<std::string_view, kAllGateways.size()> kNames = {
      "vital_interests",    "safeguarding_child",
      "safeguarding_adult", "consent",
      "legal_obligation",   "law_enforcement",
      "public_task",        "recognised_legitimate_interest",
      "not_personal"};
  return At(kNames, term);
}

std::string_view Name(Regime term) {
  static constexpr std::array<std::string_view, kAllRegimes.size()> kNames = {"uk_gdpr",
                                                                              "dpa_2018_part_3"};
  return At(kNames, term);
}

std::string_view Name(SubjectCategory term) {
  static constexpr std::array<std::string_view, kAllSubjectCategories.size()> kNames = {
      "victim", "perpetrator", "witness", "location"};
  return At(kNames, term);
}

std::string_view Name(Ask term) {
  static constexpr std::array<std::string_view, kAllAsks.size()> kNames = {
      "alert", "notice", "fetch", "push", "look_up", "hand_over"};
  return At(kNames, term);
}

std::string_view Name(Band term) {
  static constexpr std::array<std::string_view, kAllBands.size()> kNames = {"STANDARD", "MEDIUM",
                                                                            "HIGH"};
  return At(kNames, term);
}

std::string_view Name(DataCategory term) {
  static constexpr std::array<std::string_view, kAllDataCategories.size()> kNames = {
      "identity", "contact",      "incident", "risk",     "case",     "history",
      "marker",   "safeguarding", "health",   "equality", "offending"};
  return At(kNames, term);
}

std::string_view Name(Condition term) {
  static constexpr std::array<std::string_view, kAllConditions.size()> kNames = {
      "explicit_consent",          "vital_interests_condition",   "statutory_purpose",
      "equality_of_treatment",     "preventing_unlawful_acts",    "safeguarding_at_risk",
      "law_enforcement_statutory", "law_enforcement_safeguarding"};
  return At(kNames, term);
}

std::string_view Name(Obligation term) {
  static constexpr std::array<std::string_view, kAllObligations.size()> kNames = {
      "retain_at_most",       "no_onward_sharing",
      "need_to_know",         "contact_only_safely",
      "confirm_removal",      "inform_lead_agency",
      "tell_subject",         "report_misuse",
      "second_person_review", "list_for_data_protection_lead"};
  return At(kNames, term);
}

std::string_view InWords(Obligation term) {
  static constexpr std::array<std::string_view, kAllObligations.size()> kWords = {
      "Keep it no longer than the stated number of days after the case closes.",
      "Do not pass it to anyone outside your agency.",
      "Show it only to staff who work on this case.",
      "Contact the person only in the way stated as safe.",
      "When asked to remove it, remove every copy and confirm that you have.",
      "Tell the lead agency what you do with it.",
      "The origin tells the person concerned, unless that would put anyone at risk.",
      "Report misuse or loss to the origin and to the partnership at once.",
      "A second person reviews the override within the review clock.",
      "The override is listed for the data protection lead."};
  return At(kWords, term);
}

std::string_view InWords(Gateway term) {
  static constexpr std::array<std::string_view, kAllGateways.size()> kWords = {
      "the vital interests of a person",
      "safeguarding of a child at risk",
      "safeguarding of an adult at risk",
      "the person's consent",
      "a legal obligation",
      "law enforcement under the Data Protection Act 2018, Part 3",
      "a public task (Crime and Disorder Act 1998, section 115)",
      "a recognised legitimate interest, at a public body's request",
      "no personal data"};
  return At(kWords, term);
}

}  // namespace waymark::agreement
