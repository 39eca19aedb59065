// A policy pack: everything that one partnership has decided about how it works, as plain values.
//
// Services and rules read every number, word and promise from here and nowhere else. A pack is
// loaded and checked by libs/config (LoadPack); what it holds is then consistent: every id that one
// part names exists in the other, bands have no gaps, options are unique. Immutable once loaded,
// so it is shared between threads as `std::shared_ptr<const Pack>`.
//
// `local` marks what no published source gives: a number or reading that is this project's or the
// partnership's own. It travels with the value so that screens and reports can say so; why it is
// local stands in Pack::local_reasons.
//
// Source of the rules and terms: the domain rules of partnerships in England and Wales; each pack's
// file cites them line by line.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "libs/calendar/holidays.h"
#include "libs/calendar/length.h"
#include "libs/calendar/owner.h"
#include "libs/calendar/sla_clock.h"

namespace waymark::pack {

// A number with its mark.
template <class T>
struct Stated {
  T value{};
  bool local = false;
};

// An id with the words people see.
struct Label {
  std::string id;
  std::string text;
};

// ---- Bands -------------------------------------------------------------------------------------

// In rising order, so that std::max is "the higher of the two".
enum class Band { kStandard, kMedium, kHigh };
inline constexpr std::array<Band, 3> kBands = {Band::kStandard, Band::kMedium, Band::kHigh};

// "STANDARD", "MEDIUM", "HIGH".
std::string_view BandName(Band band);
std::optional<Band> ParseBand(std::string_view name);

// ---- The call-taker's grade: harm x pattern ----------------------------------------------------

enum class Harm { kLow, kModerate, kSignificant };        // "low", "moderate", "significant"
enum class Pattern { kIsolated, kRegular, kEscalating };  // "isolated", "regular", "escalating"
std::string_view HarmName(Harm harm);
std::optional<Harm> ParseHarm(std::string_view name);
std::string_view PatternName(Pattern pattern);
std::optional<Pattern> ParsePattern(std::string_view name);

struct GradeTable {
  // bands[pattern][harm]
  std::array<std::array<Band, 3>, 3> bands{};
  // duties[band]: what the grade obliges, in the order to be done.
  std::array<std::vector<Label>, 3> duties;

  Band At(Harm harm, Pattern pattern) const {
    return bands[static_cast<size_t>(pattern)][static_cast<size_t>(harm)];
  }
  const std::vector<Label>& DutiesOf(Band band) const { return duties[static_cast<size_t>(band)]; }
};

// ---- Risk assessment matrices ------------------------------------------------------------------

enum class Subject { kVictim, kPerpetrator, kLocation };  // "victim", "perpetrator", "location"
std::string_view SubjectName(Subject subject);
std::optional<Subject> ParseSubject(std::string_view name);

// The answer that stands for "not known" in every matrix; never an option's id.
inline constexpr std::string_view kUnknown = "unknown";

struct Option {
  std::string id;
  std::string text;
  int64_t score = 0;  // 0 or more; 0 in items that are not scored
};

struct Item {
  std::string id;
  std::string group;  // "offence", "offender", "impact", "scale", ...
  std::string text;
  bool scored = true;  // others are recorded only, and may be left out
  std::vector<Option> options;

  const Option* FindOption(std::string_view id) const;  // null when there is none
  int64_t LowestScore() const;
  int64_t HighestScore() const;
};

// A minimum band. Fires on an answer, or on a repeat rule that fired.
struct Floor {
  std::string name;  // "floor.hate", "floor.response_30d"
  std::string item;  // with `option`; "" for a floor on a repeat rule
  std::string option;
  std::string rule;  // "" for a floor on an answer
  Band band = Band::kStandard;
  bool local = false;
};

struct Matrix {
  Subject subject = Subject::kVictim;
  std::string name;
  bool local = false;  // items, options and scores are not from a published source
  std::vector<Item> items;
  int64_t medium_from = 0;  // the lowest score that is MEDIUM
  int64_t high_from = 0;    // the lowest score that is HIGH
  std::vector<Floor> floors;

  const Item* FindItem(std::string_view id) const;
  Band BandOf(int64_t score) const;
  int64_t HighestScore() const;
};

// Scores at which the agencies talk before a case is HIGH; bounds included. What is said is kept in
// each agency's own records and not here.
struct MediumTowardsHigh {
  int64_t from = 0;
  int64_t to = 0;
  bool local = false;
};

// How an agency's own instrument reads in the three bands (the common tipping point).
struct Instrument {
  std::string agency;
  std::string id;
  std::string text;
  std::vector<std::pair<std::string, Band>> results;  // the instrument's word -> band
  bool local = false;
};

// ---- Question sets -----------------------------------------------------------------------------

enum class AnswerType { kYesNoUnknown, kChoice, kCount, kText };
std::string_view AnswerTypeName(AnswerType type);  // "yes_no_unknown", "choice", "count", "text"

// "Question `question` is answered with `answer`."
struct AnswerIs {
  std::string question;
  std::string answer;
};

struct Question {
  std::string id;
  std::string number;  // as people say it: "2a"
  std::string text;
  AnswerType type = AnswerType::kText;
  std::vector<Label> choices;       // for kChoice
  std::vector<AnswerIs> show_when;  // all of them; empty: always
  bool compulsory = false;
  std::string yes_needs;  // the question whose text a yes needs; "" for none
  bool local = false;
};

// What a set of answers sets off. Fires when every answer of `all` and, unless `any` is empty, one
// of `any` was given to a question that is shown.
struct Trigger {
  std::string id;
  std::string text;
  std::vector<AnswerIs> all;
  std::vector<AnswerIs> any;
  bool local = false;
};

struct QuestionSet {
  std::string name;
  std::string text;
  std::string use;                         // "call", "attendance", "case"
  std::vector<std::string> not_for_types;  // incident types it is not asked for
  std::vector<Question> questions;         // in the order they are put
  std::vector<Trigger> triggers;
  bool local = false;

  const Question* FindQuestion(std::string_view id) const;
};

// ---- Incidents ---------------------------------------------------------------------------------

struct IncidentType {
  std::string id;
  std::string text;
  // London dates of occurrence for which the type counts; nullopt: no bound.
  std::optional<absl::CivilDay> counts_from;
  std::optional<absl::CivilDay> counts_until;  // the first day on which it no longer counts

  bool CountsOn(absl::CivilDay day) const;
};

// ---- Repeat rules ------------------------------------------------------------------------------

enum class CountedTime { kOccurred, kReported };

enum class WindowKind {
  kElapsed,  // now - length < t <= now, exact time (days of 24 h)
  kCivil,    // the same on the London wall clock, months clamped
  kPeriod,   // the date of now lies in the period of `months` beginning with the date of t
};

struct RepeatRule {
  std::string id;
  std::string text;
  CountedTime counts = CountedTime::kReported;
  WindowKind window = WindowKind::kElapsed;
  calendar::Length length;  // kElapsed: weeks, days, time; kCivil: years to days; kPeriod: months
  int64_t fires_at = 1;     // at least this many
  bool same_incident_once = false;
  bool by_type_group = false;  // counts each group of types linked in nature by itself
  // A report counts only when its date lies in the period of this many months beginning with the
  // date of the occurrence; 0: whenever reported.
  int64_t reported_within_months = 0;
  std::string grades;  // what the incident is graded as when it fires: "response"; "" for none
  bool local = false;
};

// Who may say that a report or a victim is of a kind. Others raise it and do not confirm it.
struct Classification {
  std::string id;  // "asb", "repeat", "vulnerable": IsClassification
  std::string text;
  std::string confirmed_by;  // the role that alone confirms
  std::string disputes_by;   // the role that decides a dispute; "" for none
  bool local = false;
};
bool IsClassification(std::string_view word);

// Who calls most, looked at regularly in each area.
struct RepeatCallerList {
  calendar::Length every;
  int64_t top = 0;  // callers listed for each area
  bool local = false;
};

// ---- Agencies ----------------------------------------------------------------------------------

struct Agency {
  std::string id;
  std::string name;
  std::string kind;  // "police", "council", "housing", "fire", "health", ...
  calendar::OpeningHours hours;
  bool works_holidays = false;
  std::string
      cover;  // the agency that is told, or takes over, while this one is closed; "" for none
  bool local = false;  // the hours are not from a published source

  // Roles (ids of Pack::roles).
  std::string profile_role;              // assesses and keys the profile
  std::vector<std::string> chair_roles;  // chairs a conference: the first, else the next, ...
  std::string out_of_hours_role;         // rung when a HIGH arises while closed
  // While this agency covers for another: who raises a HIGH, and who then rings the closed agency's
  // out-of-hours role: the first, else the next, ...
  std::string raises_role;  // "" for the due_soon_role
  std::vector<std::string> rings_roles;
  std::string due_soon_role;     // told when a clock of this agency is due soon
  std::string breach_role;       // told when it is breached: the owner's supervisor
  std::string daily_check_role;  // looks at the system each day the agency works; "" for none
  std::vector<std::string> area_roles;  // key the profile for their area, before profile_role

  // The owner of clocks, for libs/calendar. Its name and cover are ids.
  calendar::Owner AsOwner() const;
};

// ---- Clocks ------------------------------------------------------------------------------------

// Who owns a clock: a word that the services resolve to an agency ("assessing_agency",
// "lead_agency", "profile_creator", "receiving_agency", ...: IsClockOwner) or an agency's id.
struct ClockRule {
  std::string name;
  std::string text;
  calendar::ClockSpec spec;
  std::vector<std::string> starts;  // event words (IsClockEvent); any of them
  std::vector<std::string> stops;
  std::string owner;
  std::string owner_role;       // who acts; "" for the agency's due_soon_role
  std::string escalation_role;  // told at a breach; "" for the agency's breach_role
  bool pausable = false;
  bool escalates_to_steering_group = true;
  bool as_agreed = false;  // the length stands until another is agreed with the victim
  bool local = false;
};

// Event words a clock may start or stop at; a pack that names another is refused.
// "grade_high" (a call taker's), "assessment_high" (a victim's overall band), "profile_created" (by
// a person), "skeleton_created" (by the system), "conference_called", "conference_held",
// "alert_queued", "alert_acknowledged", "consent_overridden", "override_reviewed", ...: pack.cc.
bool IsClockEvent(std::string_view word);
// "assessing_agency", "profile_creator", "lead_agency", "task_owner", "receiving_agency",
// "lead_officer_agency", "overriding_agency", "contact_agency", "every_agency" (each runs its own);
// besides these, an agency's id.
bool IsClockOwner(std::string_view word);
// All of them, sorted.
std::vector<std::string_view> ClockEvents();
std::vector<std::string_view> ClockOwners();
std::vector<std::string_view> ClosureConditions();
std::vector<std::string_view> Classifications();

// ---- Cases -------------------------------------------------------------------------------------

struct CaseOpening {
  std::vector<Band> bands;            // an overall band of these opens a case
  std::vector<std::string> triggers;  // so do these triggers of question sets
  std::vector<std::string> rules;     // and these repeat rules
  std::string lead;                   // owner word or agency id: who leads
};

// "obligations_discharged", "reassessed", "victim_told", "supervisor_signed": all must hold.
bool IsClosureCondition(std::string_view word);

// Compulsory answers about a victim (a question set), chased while unknown.
struct CompulsoryAnswers {
  std::string set;
  std::string unknown_clock;  // started by each unknown answer; "" for none
};

struct Supervision {
  bool required = false;
  bool assessor_may_sign = true;  // false: assessor and supervisor are different people
  std::string role;               // "" for any supervisor
};

// What the system does when people have not.
struct Enforcement {
  Stated<calendar::Length> core_takes_over_after;  // a gateway that has not acted on a breach
  Stated<calendar::Length> conference_notice;      // the least notice of a conference called by it
};

struct Alerting {
  std::string acknowledgement_clock;       // the clock of an alert that waits for a person
  std::vector<Band> bands;                 // alerts of these bands need an acknowledgement
  Stated<calendar::Length> marker_review;  // when a high-risk marker is looked at again
};

// ---- What is to be done, and how well ----------------------------------------------------------

// Something that a role must do when any of these is the case.
struct Duty {
  std::string id;
  std::string text;
  std::vector<Band> bands;            // the overall band
  std::vector<std::string> triggers;  // of question sets
  std::vector<std::string> rules;     // repeat rules that fired
  std::vector<std::string> events;    // event words (IsClockEvent)
  std::string role;                   // who does it; "" for whoever works on the report
  bool local = false;
};

// A share of all that must be reached.
struct Target {
  std::string id;
  std::string text;
  int64_t percent = 100;  // 1 to 100
  bool local = false;
};

// How the agencies meet about victims.
struct Meeting {
  std::string name;             // "conference", "forum", ...
  bool all_must_attend = true;  // whoever is asked
  std::string absence_role;     // told of absence; "" for the agency's breach_role
  int64_t seats = 0;            // standing members; 0: those with an interest are asked
  std::vector<Label> agenda;    // what is always on it
  bool local = false;
};

// ---- Linking (intake) --------------------------------------------------------------------------

// Kinds of evidence that two reports are about one person, each made of one or more tokens.
enum class Evidence {
  kTelephone,        // "telephone"
  kEmail,            // "email"
  kNameDob,          // "name_dob"
  kPhoneticNameDob,  // "phonetic_name_dob"
  kAddress,          // "address": house number with postcode
  kUprn,             // "uprn"
};
inline constexpr std::array<Evidence, 6> kEvidence = {
    Evidence::kTelephone,       Evidence::kEmail,   Evidence::kNameDob,
    Evidence::kPhoneticNameDob, Evidence::kAddress, Evidence::kUprn};
std::string_view EvidenceName(Evidence evidence);
std::optional<Evidence> ParseEvidence(std::string_view name);

struct Linking {
  // Points for each kind that agrees; the stronger of name_dob and phonetic_name_dob counts, and of
  // address and uprn.
  std::map<Evidence, Stated<int64_t>> weights;
  Stated<int64_t> confirm_from;  // at or above: one subject
  Stated<int64_t> propose_from;  // at or above, below confirm: a proposal, which discloses nothing
};

// ---- The pack ----------------------------------------------------------------------------------

struct Pack {
  std::string name;
  std::string version;
  std::string digest;  // "sha256:" and 64 hexadecimal digits, over the exact bytes of its files
  std::string text;

  // Why something is local, by its place in the file: "clocks.conference", "linking.confirm_from".
  std::map<std::string, std::string> local_reasons;
  std::vector<std::string> notes;  // what the sources leave open, for readers of the handbook

  std::string holidays_division;  // whose bank holidays count: "england-and-wales"
  // A newer list than the one that comes with the program; null for that one.
  std::shared_ptr<const calendar::Holidays> holidays;
  std::vector<Label> roles;
  std::vector<Label> categories;
  std::vector<Label> channels;
  std::vector<Label> gateways;  // the lawful gateways that apply, by the words of the agreements
  std::vector<IncidentType> types;
  // Groups of types linked in nature; a type in none is a group of its own. A group's name is its
  // first type.
  std::vector<std::vector<std::string>> type_groups;

  std::optional<GradeTable> grade;
  std::vector<Matrix> matrices;  // at most one for each subject
  std::set<Band> binding_bands;  // one agency's is everyone's: HIGH, unless the pack widens it
  std::optional<MediumTowardsHigh> medium_towards_high;
  std::vector<Instrument> instruments;

  std::vector<QuestionSet> question_sets;
  std::optional<CompulsoryAnswers> compulsory;

  std::vector<RepeatRule> repeat_rules;  // the statutory ones included
  Stated<absl::Duration> same_incident_window;
  std::vector<Classification> classifications;
  std::optional<RepeatCallerList> repeat_callers;

  std::vector<Agency> agencies;
  std::vector<ClockRule> clocks;
  Stated<calendar::Fraction> due_soon;  // of clocks that do not say their own

  CaseOpening case_opening;
  std::vector<std::string> closure;
  Supervision supervision;
  Enforcement enforcement;
  Alerting alerting;
  std::vector<Duty> duties;  // besides those of the grade table
  std::vector<Target> targets;
  std::vector<Label> standards;  // what every victim may count on
  std::optional<Meeting> meeting;
  Linking linking;

  // Each returns null when the pack has none of that name.
  const Matrix* FindMatrix(Subject subject) const;
  const QuestionSet* FindQuestionSet(std::string_view name) const;
  const RepeatRule* FindRepeatRule(std::string_view id) const;
  const IncidentType* FindType(std::string_view id) const;
  const Agency* FindAgency(std::string_view id) const;
  const ClockRule* FindClock(std::string_view name) const;
  const Classification* FindClassification(std::string_view id) const;
  // Whose opening hours and working days are reckoned with.
  const calendar::Holidays& BankHolidays() const;
  // The words of a role; its id when there is none of that id.
  std::string_view RoleText(std::string_view id) const;

  // The name of the group a type belongs to.
  std::string_view TypeGroup(std::string_view type) const;

  // The clocks that this event starts, in the pack's order.
  std::vector<const ClockRule*> ClocksStartedBy(std::string_view event) const;
};

}  // namespace waymark::pack
