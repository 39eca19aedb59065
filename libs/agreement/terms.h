// The closed vocabularies of information sharing agreements: every word that an agreement or a
// request may use where the meaning is fixed by law or by this program. Words that a partnership
// chooses for itself (agencies, roles, purposes) are declared in the agreement instead.
//
// Each vocabulary has Name(), the stable lower-case word used in agreement files, audit leaves and
// messages, and ParseTerm<T>(), its inverse (nullopt for a word that is not in the vocabulary).
// Values and functions are safe from any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace waymark::agreement {

// The reason in law that one disclosure relies on (rules, section 9). In order of preference when
// several would release as much: what the law requires to protect a person comes first, then the
// subject's own wish, then the agencies' powers. kNotPersonal is for depersonalised fields, which
// need a live agreement but no lawful gateway.
enum class Gateway : uint8_t {
  kVitalInterests,
  kSafeguardingChild,
  kSafeguardingAdult,
  kConsent,
  kLegalObligation,
  kLawEnforcement,
  kPublicTask,
  kRecognisedLegitimateInterest,
  kNotPersonal,
};
inline constexpr std::array kAllGateways = {
    Gateway::kVitalInterests,    Gateway::kSafeguardingChild,
    Gateway::kSafeguardingAdult, Gateway::kConsent,
    Gateway::kLegalObligation,   Gateway::kLawEnforcement,
    Gateway::kPublicTask,        Gateway::kRecognisedLegitimateInterest,
    Gateway::kNotPersonal};

// Whether a share that rests on this gateway must open even when its origin is offline, so that it
// may be pushed: safeguarding and vital interests only.
constexpr bool IsProtective(Gateway gateway) {
  return gateway == Gateway::kVitalInterests || gateway == Gateway::kSafeguardingChild ||
         gateway == Gateway::kSafeguardingAdult;
}

enum class Regime : uint8_t {
  kUkGdpr,
  kDpaPart3,  // Data Protection Act 2018 Part 3: competent authorities, law-enforcement purposes
};
inline constexpr std::array kAllRegimes = {Regime::kUkGdpr, Regime::kDpaPart3};

enum class SubjectCategory : uint8_t { kVictim, kPerpetrator, kWitness, kLocation };
inline constexpr std::array kAllSubjectCategories = {
    SubjectCategory::kVictim, SubjectCategory::kPerpetrator, SubjectCategory::kWitness,
    SubjectCategory::kLocation};

// What kind of ask a decision answers. kPush carries content sealed to the recipient; every other
// kind leaves the content with its origin.
enum class Ask : uint8_t { kAlert, kNotice, kFetch, kPush, kLookUp, kHandOver };
inline constexpr std::array kAllAsks = {Ask::kAlert, Ask::kNotice, Ask::kFetch,
                                        Ask::kPush,  Ask::kLookUp, Ask::kHandOver};

enum class Band : uint8_t { kStandard, kMedium, kHigh };
inline constexpr std::array kAllBands = {Band::kStandard, Band::kMedium, Band::kHigh};

// What a field is about; consent is given by these.
enum class DataCategory : uint8_t {
  kIdentity,
  kContact,
  kIncident,
  kRisk,
  kCase,
  kHistory,
  kMarker,
  kSafeguarding,
  kHealth,
  kEquality,
  kOffending,
};
inline constexpr std::array kAllDataCategories = {
    DataCategory::kIdentity, DataCategory::kContact,      DataCategory::kIncident,
    DataCategory::kRisk,     DataCategory::kCase,         DataCategory::kHistory,
    DataCategory::kMarker,   DataCategory::kSafeguarding, DataCategory::kHealth,
    DataCategory::kEquality, DataCategory::kOffending};

// The condition under which special-category or criminal-offence data may be shared: UK GDPR
// article 9 and 10, DPA 2018 schedules 1 and 8.
enum class Condition : uint8_t {
  kExplicitConsent,             // UK GDPR art. 9(2)(a)
  kVitalInterests,              // UK GDPR art. 9(2)(c); DPA 2018 sch. 8 para 3
  kStatutoryPurpose,            // DPA 2018 sch. 1 para 6
  kEquality,                    // DPA 2018 sch. 1 para 8
  kPreventingUnlawfulActs,      // DPA 2018 sch. 1 para 10
  kSafeguardingAtRisk,          // DPA 2018 sch. 1 para 18
  kLawEnforcementStatutory,     // DPA 2018 sch. 8 para 1
  kLawEnforcementSafeguarding,  // DPA 2018 sch. 8 para 4
};
inline constexpr std::array kAllConditions = {
    Condition::kExplicitConsent,         Condition::kVitalInterests,
    Condition::kStatutoryPurpose,        Condition::kEquality,
    Condition::kPreventingUnlawfulActs,  Condition::kSafeguardingAtRisk,
    Condition::kLawEnforcementStatutory, Condition::kLawEnforcementSafeguarding};

// What a recipient promises, or what the partnership owes, when a disclosure is made.
enum class Obligation : uint8_t {
  kRetainAtMost,  // with a number of days
  kNoOnwardSharing,
  kNeedToKnow,
  kContactOnlySafely,
  kConfirmRemoval,
  kInformLeadAgency,
  kTellSubject,
  kReportMisuse,
  kSecondPersonReview,         // added by the evaluator to every override
  kListForDataProtectionLead,  // added by the evaluator to every override
};
inline constexpr std::array kAllObligations = {
    Obligation::kRetainAtMost,       Obligation::kNoOnwardSharing,
    Obligation::kNeedToKnow,         Obligation::kContactOnlySafely,
    Obligation::kConfirmRemoval,     Obligation::kInformLeadAgency,
    Obligation::kTellSubject,        Obligation::kReportMisuse,
    Obligation::kSecondPersonReview, Obligation::kListForDataProtectionLead};

std::string_view Name(Gateway term);          // "vital_interests", ...
std::string_view Name(Regime term);           // "uk_gdpr", "dpa_2018_part_3"
std::string_view Name(SubjectCategory term);  // "victim", ...
std::string_view Name(Ask term);              // "alert", ..., "look_up", "hand_over"
std::string_view Name(Band term);             // "STANDARD", "MEDIUM", "HIGH"
std::string_view Name(DataCategory term);     // "identity", ...
std::string_view Name(Condition term);        // "explicit_consent", ...
std::string_view Name(Obligation term);       // "retain_at_most", ...

// One plain sentence that tells a recipient what the obligation asks.
std::string_view InWords(Obligation term);
// The gateway as a person would say it: "the subject's consent".
std::string_view InWords(Gateway term);

template <typename Term, size_t N>
std::optional<Term> FindTerm(const std::array<Term, N>& all, std::string_view word) {
  for (Term term : all) {
    if (Name(term) == word) return term;
  }
  return std::nullopt;
}

template <typename Term>
std::optional<Term> ParseTerm(std::string_view word);
template <>
inline std::optional<Gateway> ParseTerm<Gateway>(std::string_view word) {
  return FindTerm(kAllGateways, word);
}
template <>
inline std::optional<Regime> ParseTerm<Regime>(std::string_view word) {
  return FindTerm(kAllRegimes, word);
}
template <>
inline std::optional<SubjectCategory> ParseTerm<SubjectCategory>(std::string_view word) {
  return FindTerm(kAllSubjectCategories, word);
}
template <>
inline std::optional<Ask> ParseTerm<Ask>(std::string_view word) {
  return FindTerm(kAllAsks, word);
}
template <>
inline std::optional<Band> ParseTerm<Band>(std::string_view word) {
  return FindTerm(kAllBands, word);
}
template <>
inline std::optional<DataCategory> ParseTerm<DataCategory>(std::string_view word) {
  return FindTerm(kAllDataCategories, word);
}
template <>
inline std::optional<Condition> ParseTerm<Condition>(std::string_view word) {
  return FindTerm(kAllConditions, word);
}
template <>
inline std::optional<Obligation> ParseTerm<Obligation>(std::string_view word) {
  return FindTerm(kAllObligations, word);
}

}  // namespace waymark::agreement
