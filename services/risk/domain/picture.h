// What is known of one subject's risk: the pack's repeat rules over everything reported, and the
// bands of every agency, of which any HIGH is everyone's HIGH. Pure.
#pragma once

#include <cstdint>
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
  std::optional<pack::Band>
      overall;  // nullopt: the assessor gave none and the score leaves it open
  absl::Time at;
  int64_t score_min = 0;
  int64_t score_max = 0;
  bool by_matrix = false;  // scored; otherwise a call-taker's grade, which has no points

  friend bool operator==(const AgencyAssessment&, const AgencyAssessment&) = default;
};

struct Picture {
  std::optional<pack::Band> effective;  // the band that binds every agency
  std::vector<std::string> by;          // whose it is, sorted
  // Of the assessments that make it so, the first: the clocks start there.
  std::optional<absl::Time> since;
  std::string first_by;
  std::optional<pack::Band> highest;  // the highest live band, floors of repeat rules applied
  std::vector<rules::Firing> repeats;
  bool talk_advised = false;  // a live score lies where the agencies should talk
};

// `incidents` are the subject's, all of them; `assessments` every one ever made of the subject: a
// later one of an agency supersedes its earlier ones. What lies ahead of `own_now` counts as well:
// its agency's clock is ahead of this one. Refused when an incident has a type that the
// pack does not know.
Result<Picture> Judge(const pack::Pack& pack, absl::Time own_now,
                      const std::vector<rules::Incident>& incidents,
                      const std::vector<AgencyAssessment>& assessments);

// True when partners would see no difference.
bool SameForPartners(const Picture& left, const Picture& right);

// Rules of `now` that `before` does not have, sorted, each once.
std::vector<std::string> NewlyFired(const std::vector<rules::Firing>& before,
                                    const std::vector<rules::Firing>& now);

}  // namespace waymark::risk
