// What an alert may say without any share: the depersonalised part, masked by the agreements. And
// how fields of several shares come together. Pure.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "libs/agreement/evaluator.h"

namespace waymark::sharing::alerts {

struct AlertQuestion {
  std::string partnership;
  std::string lead_agency;  // the origin of what is said; the agency itself for its own case
  std::string agency;       // that is told
  std::string role;         // of the subscribing system
  std::string purpose;
  std::optional<agreement::Band> band;
};

struct AlertMask {
  bool band = false, category = false, area = false, lead_agency = false, lead_contact = false;
  std::map<std::string, std::string> withheld;  // field to reason
};

// What belongs to the agency's own case is not a disclosure and is not masked.
AlertMask MaskOf(const agreement::Evaluator& agreements, const AlertQuestion& question,
                 absl::Time now);

// Purposes that any agreement declares.
std::set<std::string> PurposesOf(const agreement::Evaluator& agreements);

// Adds one share's fields; where another share said something else, both stand, divided by " / ".
void MergeFields(const std::map<std::string, std::string>& from,
                 std::map<std::string, std::string>& into);

}  // namespace waymark::sharing::alerts
