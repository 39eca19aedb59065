// What the room `duties` knows of cases and their clocks. Plain values of one membership; nothing
// here names a person: people are the membership's own random ids.
//
// A case is `provisional` while only this gateway knows of it: it assessed somebody HIGH and the
// register has said nothing yet. So is a clock that this gateway started by itself.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "libs/pack/pack.h"

namespace waymark::sharing::duties {

struct Obligation {
  enum class State { kRunning, kDueSoon, kBreached, kDischarged, kCancelled };

  std::string id;
  bool provisional = false;
  std::string clock;        // of the pack
  std::string owner;        // agency
  std::string handed_from;  // whose duty it was before cover took it over; "" for the owner's own
  absl::Time started_at;
  absl::Time due_soon_at;
  absl::Time due_at;
  std::string why;
  State state = State::kRunning;
  std::optional<absl::Time> ended_at;
  std::optional<absl::Time> breached_at;  // kept for ever
  int64_t late_seconds = 0;

  // What was done about it, so that nothing is done twice.
  bool due_soon_told = false;
  bool breach_told = false;
  bool supervisor_told = false;
  bool enforced = false;  // by this gateway, or by the register in its place

  bool ended() const { return state == State::kDischarged || state == State::kCancelled; }
  // Whether the gateway of `self` runs it: it owns the clock, or it started it and nobody else can
  // know of it yet, even where the duty passes to its cover.
  bool RunBy(std::string_view self) const { return !ended() && (owner == self || provisional); }
  friend bool operator==(const Obligation&, const Obligation&) = default;
};
std::string_view StateName(Obligation::State state);  // "running", "due_soon", ...
// nullopt for another word.
std::optional<Obligation::State> ParseState(std::string_view name);

struct Profile {
  absl::Time created_at;
  bool skeleton = false;
  std::vector<std::string> risks;
  std::vector<std::string> support;
  uint32_t update_interval_days = 0;
  std::vector<std::string> contact_preferences;
  bool identity_entered = false;
  friend bool operator==(const Profile&, const Profile&) = default;
};

struct Conference {
  absl::Time called_at;
  absl::Time scheduled_for;
  std::vector<std::string> invited;  // empty: all parties with an interest
  bool automatic = false;
  friend bool operator==(const Conference&, const Conference&) = default;
};

struct Held {
  absl::Time held_at;
  std::vector<std::string> attended;
  std::vector<std::string> absent;
  std::string chair_role;
  friend bool operator==(const Held&, const Held&) = default;
};

// What the core is told.
using Record = std::variant<Profile, Conference, Held>;

// One line of a case's history.
struct Line {
  absl::Time at;
  std::string what;
  std::string by;  // agency or "system"
  std::string detail;
  friend bool operator==(const Line&, const Line&) = default;
};

struct Case {
  std::string id;
  bool provisional = false;
  bool open = true;
  std::optional<pack::Band> band;
  std::vector<std::string> band_by;
  std::string lead_agency;  // "" while unknown
  int category = 0;         // number of waymark.common.v1.Category
  std::string outward_postcode;
  std::string lsoa;
  absl::Time opened_at;
  absl::Time since;                     // start of the present opening as far as clocks go
  std::vector<std::string> interested;  // sorted; empty while unknown
  std::vector<std::string> persons;     // own, sorted
  std::vector<std::string> incidents;   // own, sorted

  // As the register told.
  std::string profile_told = "none";  // "none", "skeleton", "created"
  std::optional<absl::Time> conference_for;
  std::vector<std::string> invited;

  // What this gateway did in the present opening.
  std::optional<Profile> profile;
  std::optional<Profile> skeleton;
  std::optional<Conference> conference;
  std::optional<Held> held;
  std::vector<Record> waiting;  // to be told to the core once the case has its id

  std::vector<Obligation> obligations;  // of every opening
  std::vector<Line> history;            // in order of time
  std::optional<absl::Time> opens_at;   // when a closed agency is told again
  std::optional<absl::Time> opening_told_at;

  Obligation* Find(std::string_view obligation_id);
  // The one of this clock in the present opening; null when there is none.
  Obligation* OfClock(std::string_view clock);
  // The stronger of what was told and what was done here: "none", "skeleton" or "created".
  std::string ProfileState() const;
  bool ConferenceCalled() const { return conference.has_value() || conference_for.has_value(); }
  void Note(absl::Time at, std::string what, std::string by, std::string detail = "");
  friend bool operator==(const Case&, const Case&) = default;
};

// Somebody of this agency is to be told.
struct Reminder {
  absl::Time at;
  std::string role;  // of the pack; "steering_group"; "" for whoever is on duty
  std::string kind;
  std::string case_id;
  std::string obligation_id;
  std::string clock;
  int64_t late_seconds = 0;
  std::string why;
  friend bool operator==(const Reminder&, const Reminder&) = default;
};

inline constexpr std::string_view kSteeringGroup = "steering_group";
// Kinds of reminders that more than one part may raise.
inline constexpr std::string_view kToldSupervisor = "breach_told_supervisor";

// A timer that a case wants armed.
struct Timer {
  enum class Kind { kDueSoon, kBreach, kOpening };
  Kind kind;
  std::string obligation_id;  // "" for kOpening
  absl::Time due;
  friend bool operator==(const Timer&, const Timer&) = default;
};
// Those of the clocks that the gateway of `self` runs, and of its opening.
std::vector<Timer> TimersOf(const Case& one, std::string_view self);

// Whole seconds past `due`, never negative.
int64_t LateSeconds(absl::Time at, absl::Time due);

}  // namespace waymark::sharing::duties
