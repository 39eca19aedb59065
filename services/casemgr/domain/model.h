// What casemgr knows: incidents as far as a look-up may show them, the risk of subjects, cases with
// their obligations. Plain values of one partnership; nothing here names a person.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "libs/pack/pack.h"

namespace waymark::casemgr {

using pack::Band;

enum class Category { kUnknown, kPersonal, kNuisance, kEnvironmental };
enum class Role { kUnknown, kCaller, kVictim, kPerpetrator, kWitness };

struct Area {
  std::string outward_postcode;
  std::string lsoa;
  friend bool operator==(const Area&, const Area&) = default;
};

struct Safeguarding {
  bool child_at_risk = false;
  bool adult_at_risk = false;
  bool vital_interests = false;
  friend bool operator==(const Safeguarding&, const Safeguarding&) = default;
};

struct Party {
  std::string subject_id;
  std::string person_id;  // the reporting membership's own id
  std::vector<Role> roles;
  bool confirmed = false;  // a proposal never discloses anything
  // Confirmed, and victim or caller: whom a case or a look-up can be about.
  bool Counts() const;
  friend bool operator==(const Party&, const Party&) = default;
};

struct Incident {
  std::string id;
  uint32_t revision = 0;
  std::string agency;
  absl::Time occurred_at;
  absl::Time reported_at;
  Category category = Category::kUnknown;
  std::string type;
  std::string action_taken;
  Area area;
  std::vector<Party> parties;
  std::map<std::string, std::string> interests;  // agency -> reason
  Safeguarding safeguarding;

  // Subjects of parties that count, sorted, each once.
  std::vector<std::string> Subjects() const;
  // Whether the subject is named in any role, confirmed or not.
  bool Names(std::string_view subject_id) const;
  friend bool operator==(const Incident&, const Incident&) = default;
};

struct RepeatFinding {
  std::string rule;
  uint32_t count = 0;
  absl::Time since;
  friend bool operator==(const RepeatFinding&, const RepeatFinding&) = default;
};

struct Risk {
  std::optional<Band> effective;  // binds everyone
  std::vector<std::string> effective_by;
  std::optional<absl::Time> high_since;
  std::string high_first_by;
  std::optional<Band> highest;  // of any agency
  std::vector<RepeatFinding> repeats;
  absl::Time at;

  bool High() const { return effective == Band::kHigh; }
  friend bool operator==(const Risk&, const Risk&) = default;
};

struct Assessed {
  std::string assessment_id;
  std::string agency;
  std::optional<Band> overall;
  absl::Time at;
  friend bool operator==(const Assessed&, const Assessed&) = default;
};

struct Subject {
  std::string id;
  std::optional<Risk> risk;
  std::optional<Assessed> assessed;
  std::string merged_into;            // "" unless merged
  std::vector<std::string> case_ids;  // in the order they came to it
  uint32_t cases_opened = 0;          // under this id
  friend bool operator==(const Subject&, const Subject&) = default;
};

struct Obligation {
  enum class State { kRunning, kDueSoon, kBreached, kDischarged, kCancelled };

  std::string id;
  std::string clock;  // of the pack
  std::string owner;
  std::string handed_from;  // whose duty it was before cover took it over; "" for the owner's own
  absl::Time started_at;
  absl::Time due_soon_at;
  absl::Time due_at;
  std::string why;
  std::string pack_digest;
  uint32_t opening = 1;

  State state = State::kRunning;
  std::optional<absl::Time> ended_at;
  int64_t late_seconds = 0;
  std::string by;                         // of its end
  std::string reason;                     // of a cancellation
  std::optional<absl::Time> breached_at;  // kept for ever

  bool ended() const { return state == State::kDischarged || state == State::kCancelled; }
  const std::string& duty_of() const { return handed_from.empty() ? owner : handed_from; }
  friend bool operator==(const Obligation&, const Obligation&) = default;
};
std::string_view StateName(Obligation::State state);  // "running", "due_soon", ...

struct Profile {
  std::string agency;
  absl::Time created_at;
  bool by_register = false;
  std::string obligation_id;  // the breach it answers, when by the register
  friend bool operator==(const Profile&, const Profile&) = default;
};

struct Conference {
  std::string agency;
  absl::Time called_at;
  absl::Time scheduled_for;
  std::vector<std::string> invited;
  bool automatic = false;
  bool by_register = false;
  std::string obligation_id;
  friend bool operator==(const Conference&, const Conference&) = default;
};

struct Held {
  std::string agency;
  absl::Time held_at;
  std::vector<std::string> attended;
  std::vector<std::string> absent;
  std::string chair_role;
  friend bool operator==(const Held&, const Held&) = default;
};

struct Cover {
  std::string closed_agency;
  std::string cover;  // "" when the pack names none
  absl::Time at;
  std::optional<absl::Time> opens_at;
  bool ended = false;  // the agency has opened and was told again
  friend bool operator==(const Cover&, const Cover&) = default;
};

struct Case {
  std::string id;
  std::string subject_id;
  bool open = false;
  uint32_t opening = 1;  // reopening counts on
  absl::Time opened_at;
  absl::Time since;         // the judgement or report that opened it
  std::string incident_id;  // that report; "" when unknown
  std::string because;      // "high", "medium", "rule:<id>", "trigger:<id>"
  std::optional<Band> band;
  std::vector<std::string> band_by;
  std::string lead_agency;
  std::vector<std::string> interested;  // sorted

  // Of this opening.
  std::optional<absl::Time> high_since;  // only ever moves back: clocks start at the first HIGH
  std::string high_first_by;
  uint32_t highs = 0;  // how often the band became HIGH
  std::optional<Profile> profile;
  std::optional<Profile> skeleton;
  std::optional<absl::Time> called_at;   // the first call
  std::optional<Conference> conference;  // the one that holds
  std::optional<Held> held;
  std::optional<absl::Time> reassessed_at;
  std::optional<Cover> cover;

  std::optional<absl::Time> closed_at;
  std::string closed_by;
  std::string closed_reason;  // "closed", "merged"
  std::string merged_into;

  std::vector<Obligation> obligations;  // of every opening, in the order they started

  bool High() const { return band == Band::kHigh; }
  const Obligation* FindObligation(std::string_view obligation_id) const;
  Obligation* FindObligation(std::string_view obligation_id);
  // "none", "skeleton" or "created".
  std::string_view ProfileState() const;
  // Agencies with a part, sorted: interest, lead, those who graded HIGH, owners of clocks and
  // those whose clocks cover took over.
  std::vector<std::string> Parts() const;
  bool HasPart(std::string_view agency) const;
  friend bool operator==(const Case&, const Case&) = default;
};

// What casemgr has kept of one partnership, before the input that is decided.
class CaseView {
 public:
  virtual ~CaseView() = default;
  // With its id alone when nothing is known of it.
  virtual Subject FindSubject(std::string_view subject_id) const = 0;
  virtual std::optional<Case> FindCase(std::string_view case_id) const = 0;
  virtual std::optional<Incident> FindIncident(std::string_view incident_id) const = 0;
  // Incidents that name the subject in any role, confirmed or not, by id.
  virtual std::vector<Incident> IncidentsOf(std::string_view subject_id) const = 0;
};

}  // namespace waymark::casemgr
