#include "libs/pack/pack.h"

#include <algorithm>

namespace waymark::pack {
namespace {

constexpr std::array<std::string_view, 3> kBandNames = {"STANDARD", "MEDIUM", "HIGH"};
constexpr std::array<std::string_view, 3> kHarmNames = {"low", "moderate", "significant"};
constexpr std::array<std::string_view, 3> kPatternNames = {"isolated", "regular", "escalating"};
constexpr std::array<std::string_view, 3> kSubjectNames = {"victim", "perpetrator", "location"};
constexpr std::array<std::string_view, 4> kAnswerTypeNames = {"yes_no_unknown", "choice", "count",
                                                              "text"};
constexpr std::array<std::string_view, 6> kEvidenceNames = {
    "telephone", "email", "name_dob", "phonetic_name_dob", "address", "uprn"};

// A word here is one that some service publishes or a person's command causes.
constexpr std::string_view kClockEvents[] = {
    "advocacy_given",
    "agencies_told",
    "agency_opened",
    "alert_acknowledged",
    "alert_queued",
    "answer_given",
    "answer_unknown",
    "assessment_asked",
    "assessment_completed",
    "assessment_high",
    "assessment_returned",
    "case_high_or_repeat_medium",
    "case_reviewed",
    "compliance_checked",
    "compliance_week_began",
    "conference_called",
    "conference_held",
    "consent_overridden",
    "emergency_forum_asked",
    "emergency_forum_called",
    "forum_held",
    "grade_high",
    "incident_not_immediate",
    "incident_reported",
    "neighbourhood_told",
    "override_reviewed",
    "proceedings_decided",
    "profile_created",
    "protected_report",
    "referral_decided",
    "referral_passed_on",
    "referral_received",
    "repeat_or_vulnerable_identified",
    "risk_assessed_by_telephone",
    "service_level_agreed",
    "service_level_reviewed",
    "skeleton_created",
    "supervisor_signed",
    "system_checked",
    "task_completed",
    "update_entered",
    "update_made_known",
    "victim_contacted",
};

constexpr std::string_view kClockOwners[] = {
    "assessing_agency", "contact_agency",      "every_agency",
    "lead_agency",      "lead_officer_agency", "overriding_agency",
    "profile_creator",  "receiving_agency",    "task_owner",
};

constexpr std::string_view kClosureConditions[] = {"obligations_discharged", "reassessed",
                                                   "supervisor_signed", "victim_told"};

constexpr std::string_view kClassifications[] = {"asb", "repeat", "vulnerable"};

template <class T, size_t N>
std::optional<T> ParseName(const std::array<std::string_view, N>& names, std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<T>(found - names.begin());
}

template <class Words>
bool Holds(const Words& words, std::string_view word) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

template <class T, class Key>
const T* FindBy(const std::vector<T>& all, Key T::*member, std::string_view key) {
  for (const T& one : all) {
    if (one.*member == key) return &one;
  }
  return nullptr;
}

}  // namespace

std::string_view BandName(Band band) { return kBandNames[static_cast<size_t>(band)]; }
std::optional<Band> ParseBand(std::string_view name) { return ParseName<Band>(kBandNames, name); }

std::string_view HarmName(Harm harm) { return kHarmNames[static_cast<size_t>(harm)]; }
std::optional<Harm> ParseHarm(std::string_view name) { return ParseName<Harm>(kHarmNames, name); }

std::string_view PatternName(Pattern pattern) {
  return kPatternNames[static_cast<size_t>(pattern)];
}
std::optional<Pattern> ParsePattern(std::string_view name) {
  return ParseName<Pattern>(kPatternNames, name);
}

std::string_view SubjectName(Subject subject) {
  return kSubjectNames[static_cast<size_t>(subject)];
}
std::optional<Subject> ParseSubject(std::string_view name) {
  return ParseName<Subject>(kSubjectNames, name);
}

std::string_view AnswerTypeName(AnswerType type) {
  return kAnswerTypeNames[static_cast<size_t>(type)];
}

std::string_view EvidenceName(Evidence evidence) {
  return kEvidenceNames[static_cast<size_t>(evidence)];
}
std::optional<Evidence> ParseEvidence(std::string_view name) {
  return ParseName<Evidence>(kEvidenceNames, name);
}

const Option* Item::FindOption(std::string_view option) const {
  return FindBy(options, &Option::id, option);
}

int64_t Item::LowestScore() const {
  int64_t lowest = options.front().score;
  for (const Option& option : options) lowest = std::min(lowest, option.score);
  return lowest;
}

int64_t Item::HighestScore() const {
  int64_t highest = options.front().score;
  for (const Option& option : options) highest = std::max(highest, option.score);
  return highest;
}

const Item* Matrix::FindItem(std::string_view id) const { return FindBy(items, &Item::id, id); }

Band Matrix::BandOf(int64_t score) const {
  if (score >= high_from) return Band::kHigh;
  return score >= medium_from ? Band::kMedium : Band::kStandard;
}

int64_t Matrix::HighestScore() const {
  int64_t total = 0;
  for (const Item& item : items) {
    if (item.scored) total += item.HighestScore();
  }
  return total;
}

const Question* QuestionSet::FindQuestion(std::string_view id) const {
  return FindBy(questions, &Question::id, id);
}

bool IncidentType::CountsOn(absl::CivilDay day) const {
  return (!counts_from || day >= *counts_from) && (!counts_until || day < *counts_until);
}

calendar::Owner Agency::AsOwner() const {
  calendar::Owner owner;
  owner.name = id;
  owner.hours = hours;
  owner.works_holidays = works_holidays;
  if (!cover.empty()) owner.cover = cover;
  return owner;
}

bool IsClockEvent(std::string_view word) { return Holds(kClockEvents, word); }
bool IsClockOwner(std::string_view word) { return Holds(kClockOwners, word); }
bool IsClosureCondition(std::string_view word) { return Holds(kClosureConditions, word); }
bool IsClassification(std::string_view word) { return Holds(kClassifications, word); }

std::vector<std::string_view> ClockEvents() {
  return {std::begin(kClockEvents), std::end(kClockEvents)};
}
std::vector<std::string_view> ClockOwners() {
  return {std::begin(kClockOwners), std::end(kClockOwners)};
}
std::vector<std::string_view> ClosureConditions() {
  return {std::begin(kClosureConditions), std::end(kClosureConditions)};
}
std::vector<std::string_view> Classifications() {
  return {std::begin(kClassifications), std::end(kClassifications)};
}

const Matrix* Pack::FindMatrix(Subject subject) const {
  for (const Matrix& matrix : matrices) {
    if (matrix.subject == subject) return &matrix;
  }
  return nullptr;
}

const QuestionSet* Pack::FindQuestionSet(std::string_view set) const {
  return FindBy(question_sets, &QuestionSet::name, set);
}

const RepeatRule* Pack::FindRepeatRule(std::string_view id) const {
  return FindBy(repeat_rules, &RepeatRule::id, id);
}

const IncidentType* Pack::FindType(std::string_view id) const {
  return FindBy(types, &IncidentType::id, id);
}

const Agency* Pack::FindAgency(std::string_view id) const {
  return FindBy(agencies, &Agency::id, id);
}

const ClockRule* Pack::FindClock(std::string_view clock) const {
  return FindBy(clocks, &ClockRule::name, clock);
}

const Classification* Pack::FindClassification(std::string_view id) const {
  return FindBy(classifications, &Classification::id, id);
}

const calendar::Holidays& Pack::BankHolidays() const {
  return holidays == nullptr ? calendar::EnglandAndWales() : *holidays;
}

std::string_view Pack::RoleText(std::string_view id) const {
  const Label* role = FindBy(roles, &Label::id, id);
  return role == nullptr ? id : std::string_view(role->text);
}

std::string_view Pack::TypeGroup(std::string_view type) const {
  for (const std::vector<std::string>& group : type_groups) {
    if (Holds(group, type)) return group.front();
  }
  return type;
}

std::vector<const ClockRule*> Pack::ClocksStartedBy(std::string_view event) const {
  std::vector<const ClockRule*> started;
  for (const ClockRule& clock : clocks) {
    if (Holds(clock.starts, event)) started.push_back(&clock);
  }
  return started;
}

}  // namespace waymark::pack
