// What became of each share of a person, told from the leaves of the audit log alone. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace waymark::sharing::statement {

// A leaf about sharing. `facts` and `what` are those of AuditEntry.
struct Recorded {
  uint64_t index = 0;  // place in the log
  std::string what;
  absl::Time at;
  std::vector<std::string> about;
  std::string purpose;
  std::map<std::string, std::string> facts;

  // "" when there is no such fact.
  std::string Fact(const std::string& name) const;
  // Catalogue names that the leaf says were released, in order.
  std::vector<std::string> Fields() const;
};

// Leaves of the log that tell of sharing: the others are not indexed.
bool TellsOfSharing(const std::string& what);

// A hand-over, or the refusal of one.
struct Reading {
  uint64_t index = 0;
  absl::Time at;
  std::string reader, role, purpose;
  std::vector<std::string> fields;
  bool copy = false;    // taken into the recipient's own records
  std::string refused;  // code; "" when it was handed over
};

// One ground on which a share stood, or why it did not stand.
struct Chapter {
  uint64_t index = 0;
  absl::Time at;
  std::string state;  // "waiting", "notified", "pushed", "withdrawn"
  std::vector<std::string> fields;
  std::string lawful_gateway, clause, agreement, agreement_digest, consent_id, override_id;
  std::string purpose;
  std::string because;  // code of a withdrawal, or of what was missing
};

struct ShareStory {
  std::string share_id, case_id, recipient;
  std::vector<Chapter> chapters;  // in order; a decision that changed nothing is none
  std::vector<Reading> readings;

  // The chapter that stood at `at`; null before the first.
  const Chapter* At(absl::Time at) const;
  // Whether the recipient was ever told or pushed anything.
  bool EverTold() const;
  // Whether it stands now, and on which ground.
  const Chapter* Live() const;
};

// Shares in the order in which they were first decided. `leaves` in the order of the log. A share
// is known by its id among `about` of a "share_decided"; leaves of unknown shares are left out.
std::vector<ShareStory> StoriesOf(const std::vector<Recorded>& leaves);

}  // namespace waymark::sharing::statement
