// Timers of the room that fired. One that fires for what has ended, changed or been done meanwhile
// changes nothing. None acts early, each acts once, and a late one says how late.
#pragma once

#include <string>

#include "services/sharing/duties/domain/docket.h"

namespace waymark::sharing::duties {

// The owner's role is told.
void DecideDueSoon(Docket& docket, const std::string& case_id, const std::string& obligation_id);

// The owner's supervisor and the steering group are told, and what people did not do is done: the
// skeleton profile is made or the conference called, unless somebody has by now.
void DecideBreach(Docket& docket, const std::string& case_id, const std::string& obligation_id);

// The agency has opened: its people are told of the HIGH that arose meanwhile.
void DecideOpening(Docket& docket, const std::string& case_id);

// When a conference that nobody called is held: the first full hour at least the pack's notice
// ahead at which the lead agency is open, not after the conference is due; else its due instant.
// When that has passed, the first such hour at all.
absl::Time ConferenceHour(const Setting& setting, Case& one);

}  // namespace waymark::sharing::duties
