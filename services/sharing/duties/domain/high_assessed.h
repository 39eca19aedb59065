// This agency assessed a person HIGH by itself: its clocks start at that instant, with or without
// the partnership (rules section 6; docs/road.md, "At the origin's gateway").
#pragma once

#include <string>

#include "services/sharing/duties/domain/docket.h"

namespace waymark::sharing::duties {

struct HighAssessed {
  std::string person_id;
  std::string incident_id;
  absl::Time assessed_at;
  int category = 0;
  std::string outward_postcode;
  std::string lsoa;
};

// Opens a provisional case when the person is in none, or opens a closed one again. When the agency
// is closed at that instant its out-of-hours role is told at once and its people again at opening.
void DecideHighAssessed(Docket& docket, const HighAssessed& high);

// A closed case opens again: what was done in its last opening stays in the history alone.
void Reopen(Case& one, absl::Time at);

}  // namespace waymark::sharing::duties
