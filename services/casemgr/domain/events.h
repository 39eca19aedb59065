// What can happen to what casemgr keeps: the domain's side of
// proto/waymark/casemgr/v1/events.proto, where each is explained. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "services/casemgr/domain/model.h"

namespace waymark::casemgr {

struct IncidentNoted {
  Incident incident;
};

struct RiskNoted {
  std::string subject_id;
  Risk risk;
};

struct SubjectAssessed {
  std::string subject_id;
  Assessed assessed;
};

struct MemberPerson {
  std::string agency;
  std::string person_id;
  friend bool operator==(const MemberPerson&, const MemberPerson&) = default;
};

struct SubjectRekeyed {
  std::string from;
  std::string to;
  bool whole = false;
  std::vector<MemberPerson> moved;
};

struct CaseOpened {
  std::string case_id;
  std::string subject_id;
  std::optional<Band> band;
  std::vector<std::string> band_by;
  std::string lead_agency;
  absl::Time opened_at;
  std::string incident_id;
  std::string because;
  absl::Time since;
};

struct CaseReopened {
  std::string case_id;
  absl::Time at;
  std::string incident_id;
  std::string because;
  absl::Time since;
};

struct CaseUpdated {
  std::string case_id;
  std::optional<Band> band;
  std::vector<std::string> band_by;
  std::string incident_id;
  std::string lead_agency;
  std::vector<std::string> newly_interested;
  std::vector<std::string> no_longer_interested;
  std::optional<absl::Time> high_since;
  std::string high_first_by;
};

// Also moves the start of a running clock back, or to another owner: the newest of an id holds.
struct ObligationStarted {
  std::string case_id;
  std::string obligation_id;
  std::string clock;
  std::string owner;
  std::string handed_from;
  absl::Time started_at;
  absl::Time due_soon_at;
  absl::Time due_at;
  std::string why;
  std::string pack_digest;
  uint32_t opening = 1;
};

struct ObligationChanged {
  std::string case_id;
  std::string obligation_id;
  Obligation::State change = Obligation::State::kDueSoon;
  absl::Time at;
  int64_t late_seconds = 0;
  std::string by;
  std::string reason;
  std::optional<absl::Time> take_over_at;
};

struct ProfileNoted {
  std::string case_id;
  Profile profile;
  bool skeleton = false;
};

struct ConferenceNoted {
  std::string case_id;
  Conference conference;
};

struct ConferenceHeldNoted {
  std::string case_id;
  Held held;
};

struct CaseReassessed {
  std::string case_id;
  std::string assessment_id;
  std::optional<Band> overall;
  absl::Time at;
};

struct CaseClosed {
  std::string case_id;
  absl::Time closed_at;
  std::string by_agency;
  std::string reason;
  std::string merged_into;
  std::string asked_by_role;
  std::string supervisor_role;
};

struct CaseRekeyed {
  std::string case_id;
  std::string from;
  std::string to;
};

struct CoverNoted {
  std::string case_id;
  std::string closed_agency;
  std::string cover;
  absl::Time at;
  std::optional<absl::Time> opens_at;
};

struct CoverEnded {
  std::string case_id;
  absl::Time at;
};

using Event = std::variant<IncidentNoted, RiskNoted, SubjectAssessed, SubjectRekeyed, CaseOpened,
                           CaseReopened, CaseUpdated, ObligationStarted, ObligationChanged,
                           ProfileNoted, ConferenceNoted, ConferenceHeldNoted, CaseReassessed,
                           CaseClosed, CaseRekeyed, CoverNoted, CoverEnded>;

// One line of a case's history. Ordered by time; two equal lines are one.
struct HistoryLine {
  absl::Time at;
  std::string what;
  std::string by;      // agency or "system"
  std::string detail;  // coded
  friend bool operator==(const HistoryLine&, const HistoryLine&) = default;
  friend bool operator<(const HistoryLine& one, const HistoryLine& other) {
    return std::tie(one.at, one.what, one.by, one.detail) <
           std::tie(other.at, other.what, other.by, other.detail);
  }
};

// What an event adds to its case's history; `now` is when it was decided.
std::vector<HistoryLine> HistoryOf(const Event& event, absl::Time now);

// The case an event is about; "" for those of incidents and subjects.
std::string CaseOf(const Event& event);

// The timers of a clock, and of a cover that waits for opening.
enum class TimerKind { kDueSoon, kBreach, kTakeOver, kOpening };

struct TimerChange {
  TimerKind kind = TimerKind::kDueSoon;
  std::string case_id;
  std::string obligation_id;      // "" for kOpening
  std::optional<absl::Time> due;  // nullopt: cancel
  friend bool operator==(const TimerChange&, const TimerChange&) = default;
};

std::vector<TimerChange> TimersOf(const Event& event);

}  // namespace waymark::casemgr
