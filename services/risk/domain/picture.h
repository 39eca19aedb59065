// What is known of one subject's risk: the pack's repeat rules over everything reported, and the
// bands of every agency, of which any HIGH is everyone's HIGH. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "libs/base/result.h"
#include "libs/pack/pack.h"
#include "libs/rules/rules.h"

namespace waymark::risk {

struct AgencyAssessment {
  std::string id;
  std::string agency;
  // nullopt: the assessor gave none and the score leaves it open
  std::optional<pack::Band> overall;
  absl::Time at;

  friend bool operator==(const AgencyAssessment&, const AgencyAssessment&) = default;
};

// Where one agency stands: its last assessment, and since when its band is what it is. A HIGH
// confirmed by a second HIGH of the same agency stands since the first.
struct Standing {
  AgencyAssessment live;
  absl::Time since;

  friend bool operator==(const Standing&, const Standing&) = default;
};
using Standings = std::map<std::string, Standing>;  // by agency

// Of every assessment ever made of a subject, in any order.
Standings StandingsOf(std::vector<AgencyAssessment> assessments);

// True when `assessment` comes after the live one, so that Next() says what follows without a look
// at earlier ones. Of two of one instant nobody can say which came last: the higher band stands, as
// protection is the safe mistake.
bool IsLater(const AgencyAssessment& assessment, const Standing& standing);
Standing Next(const Standing& before, const AgencyAssessment& assessment);

struct Picture {
  std::optional<pack::Band> effective;  // the band that binds every agency
  std::vector<std::string> by;          // whose it is, sorted
  // Of the assessments that make it so, the first: the clocks start there.
  std::optional<absl::Time> since;
  std::string first_by;
  std::optional<pack::Band> highest;  // the highest live band, floors of repeat rules applied
  std::vector<rules::Firing> repeats;
};

// `incidents` are the subject's: all of them, or those within reach of the pack's rules
// (domain/reach.h). What lies ahead of `own_now` counts as well: its agency's clock is ahead of
// this one. Refused when an incident has a type that the pack does not know.
Result<Picture> Judge(const pack::Pack& pack, absl::Time own_now,
                      const std::vector<rules::Incident>& incidents, const Standings& standings);

// True when partners would see no difference.
bool SameForPartners(const Picture& left, const Picture& right);

// Rules of `now` that `before` does not have, sorted, each once.
std::vector<std::string> NewlyFired(const std::vector<rules::Firing>& before,
                                    const std::vector<rules::Firing>& now);

}  // namespace waymark::risk
