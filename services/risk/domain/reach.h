// Which of a subject's incidents the pack's repeat rules can still count: what a report costs
// depends on how much happened within the rules' windows, not on how long the subject has been
// known. Pure.
#pragma once

#include <functional>
#include <vector>

#include "absl/time/time.h"
#include "libs/pack/pack.h"
#include "libs/rules/rules.h"

namespace waymark::risk {

// One subject's incidents in order of time. Rows of one second may come in any order.
class IncidentsByTime {
 public:
  // Returns false to stop.
  using Visit = std::function<bool(const rules::Incident& incident)>;

  virtual ~IncidentsByTime() = default;
  // Newest occurrence first, from the second of `latest` back.
  virtual void ByOccurrence(absl::Time latest, const Visit& visit) const = 0;
  // Newest report first.
  virtual void ByReport(const Visit& visit) const = 0;
};

// Every incident that a rule of the pack counts at `now` or later, and of each of its type those
// that may have begun the same-incident group it is in; besides, the last to occur and the last to
// be reported. With `another`, which need not be kept yet (null: none), also what may have begun
// its group. rules::Repeat() answers as it would on all incidents together.
//
// Costs grow with what lies within the windows, and with an unbroken chain of reports of one type
// (no gap longer than the pack's same-incident window) that reaches further back.
std::vector<rules::Incident> WithinReach(const IncidentsByTime& incidents, const pack::Pack& pack,
                                         absl::Time now, const rules::Incident* another);

}  // namespace waymark::risk
