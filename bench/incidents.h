// The invented incidents of a benchmark: a district whose people report at all four agencies. The
// same number gives the same incident every time, so that a run can go on where another stopped.
//
// What is in it, and why:
//   - about two reports for each person, one in five of them by a few who report again and again;
//   - 1 report in 100 is graded HIGH by the call taker, 1 in 5 of those names a child at risk;
//     repeat rules raise others; half of their victims consent to sharing;
//   - police take half of all reports, the council a quarter, housing and fire the rest;
//   - telephone numbers are of a range that is not in use (071), all else is made up.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "waymark/gateway/v1/incident.pb.h"

namespace waymark::bench {

struct Reported {
  std::string agency;
  gateway::v1::Incident incident;
  bool high = false;      // by the call taker's grade
  bool consents = false;  // the victim, soon afterwards; only where it is high
};

class District {
 public:
  // `incidents`: how many there will be in all; the number of people follows from it.
  explicit District(uint64_t incidents);

  Reported Incident(uint64_t number, absl::Time reported_at) const;
  gateway::v1::Identity Person(uint64_t number) const;
  uint64_t people() const { return people_; }

  // What the members register before it begins.
  static std::vector<std::string> Lsoas();        // the council's
  std::vector<std::string> HousingUprns() const;  // at most 1,000: every tenth home up to there

 private:
  uint64_t people_;
};

}  // namespace waymark::bench
