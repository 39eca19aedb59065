// What this agency's own vault answers while a caller is on the line. Pure: works on coded facts
// and person ids only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "libs/pack/pack.h"
#include "libs/rules/rules.h"
#include "services/sharing/vault/domain/persons.h"

namespace waymark::sharing::door {

struct OwnIncident {
  std::string id;
  absl::Time occurred_at, reported_at;
  int category = 0;  // number of waymark.common.v1.Category
  std::string type;
  std::string action_taken;
  std::vector<vault::Role> roles;  // the person's
};

struct OwnAssessment {
  std::optional<pack::Band> overall;
  absl::Time made_at;
};

// Answered by the vault (adapters) and by a map in tests.
class OwnHistory {
 public:
  virtual ~OwnHistory() = default;
  virtual std::vector<OwnIncident> IncidentsOf(const std::string& person_id) const = 0;
  // Oldest first; the last one stands.
  virtual std::vector<OwnAssessment> AssessmentsOf(const std::string& person_id) const = 0;
};

struct OwnMarker {
  std::string kind;  // "high_risk_victim"
  absl::Time expires_at;
};

struct OwnAnswer {
  bool repeat = false;
  std::vector<rules::Firing> rules;    // of the confirmed persons taken as one
  std::vector<OwnIncident> incidents;  // newest report first, at most kLookUpIncidentsMax
  std::optional<pack::Band> band;      // binding: HIGH, unless the pack widens it
  std::vector<std::string> band_by;
  std::vector<OwnMarker> markers;
  // What to ask, of the pack; null when it has no set for the call or none for the type.
  const pack::QuestionSet* questions = nullptr;
  std::vector<std::string> persons;  // whose records were read, sorted
};

// Matches at the confirming threshold answer everything. Without one, incidents of proposed
// persons are listed, for the call handler to ask about; they make nobody a repeat caller and carry
// no band and no marker. A live HIGH of this agency is a marker until the pack's review of it.
// `type` is "" while the call handler does not know it.
OwnAnswer AnswerFromOwn(const pack::Pack& pack, absl::Time now, const std::string& agency,
                        const std::vector<vault::Match>& matches, const OwnHistory& history,
                        std::string_view type = "");

// The person's incidents as caller or victim, as the repeat rules count them, under one subject.
std::vector<rules::Incident> Counted(const std::vector<OwnIncident>& incidents,
                                     const std::string& agency, const std::string& subject);

}  // namespace waymark::sharing::door
