// The register of obligations: which clocks of the pack run for a case, from when, owned by whom,
// until what. Rules section 6.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/casemgr/domain/work.h"

namespace waymark::casemgr {

// When something happened in this opening of the case, by the pack's event words; nullopt when it
// has not, or when it is nothing that casemgr learns of.
std::optional<absl::Time> WhenOf(std::string_view event_word, const Case& one);

// Whether casemgr learns of the event at all. A clock that nothing here could stop is not started:
// it would keep its case open for ever.
bool IsObserved(std::string_view event_word);

// Starts the clocks that the facts start, moves the start of a running one back where an earlier
// HIGH came to light, moves it to a new owner, and ends those that the facts stop. A breach stays
// where it happened.
void KeepClocks(Work& work, const Case& one);

// The duty that the register takes over when its owner has not acted: "skeleton_profile",
// "conference_called", or "" for a clock at which it only tells.
std::string_view TakeOverOf(const pack::ClockRule& rule);

// Ends every running clock of the case without its duty being done.
void CancelClocks(Work& work, const Case& one, const std::string& reason);

}  // namespace waymark::casemgr
