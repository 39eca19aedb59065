// An invented fortnight in Fenland: about 500 incidents that never happened to people who do not
// exist, and what officers did about the worst of them. The same every time.
//
// Names, addresses and dates of birth are made up; telephone numbers are from the range that Ofcom
// keeps for fiction; UPRNs are outside the range in use.
#pragma once

#include <map>
#include <string>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "waymark/common/v1/terms.pb.h"
#include "waymark/gateway/v1/incident.pb.h"

namespace waymark::cli::story {

// ---- What happens, in order of time ----

struct Report {
  std::string agency;
  gateway::v1::Incident incident;
};
// Somebody rings again: the call handler looks them up.
struct LookUp {
  std::string agency;
  gateway::v1::Identity identity;
  std::string who;  // of the cast, for the telling
};
struct Assess {
  std::string agency;
  std::string reference;  // of an incident of that agency
  std::map<std::string, std::string> answers;
  std::string officer_reason;
};
struct Consent {
  std::string agency;
  std::string reference;
  std::vector<std::string> agencies;  // that may receive
};
struct Withdraw {
  std::string agency;
  std::string reference;  // of the consent given for this incident
};
// An incident, named by its agency and that agency's own reference.
struct IncidentName {
  std::string agency;
  std::string reference;
};
// On the open case in which an incident counts; `agency` acts.
struct EnterProfile {
  std::string agency;
  IncidentName about;
};
struct CallConference {
  std::string agency;
  IncidentName about;
  absl::Duration ahead;
};
struct HoldConference {
  std::string agency;
  IncidentName about;
  std::vector<std::string> absent;
};
// A person at the agency sees every alert that waits.
struct AcknowledgeAlerts {
  std::string agency;
};

using Deed = std::variant<Report, LookUp, Assess, Consent, Withdraw, EnterProfile, CallConference,
                          HoldConference, AcknowledgeAlerts>;

struct Happening {
  absl::Time at;
  Deed deed;
};

// The people whose fortnight the telling follows.
struct Character {
  std::string name;
  std::string about;  // one sentence
};

struct Fortnight {
  std::vector<Happening> happenings;  // in order of time
  std::vector<Character> cast;
  // What members register before it begins.
  std::map<std::string, std::vector<std::string>> uprns;  // by agency
  std::map<std::string, std::vector<std::string>> lsoas;
};

inline constexpr int kDays = 14;

// Fourteen days from `start`, a midnight in London; weekdays are taken as they fall.
Fortnight Invent(absl::Time start);

}  // namespace waymark::cli::story
