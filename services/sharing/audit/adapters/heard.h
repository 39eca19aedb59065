// Checkpoints of other members' logs that come another way than by their own topic: inside the
// proof of a hand-over, or with another member's cosignature. Each is tied to what the log
// published, or there is a finding: so that nobody can be shown a history of his own.
//
//   if (auto heard = audit_room::HeardCheckpoint(membership, view, origin, note, origin, now)) {
//     decision.events.push_back(*std::move(heard));
//   }
#pragma once

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "libs/runtime/decider.h"
#include "services/sharing/membership.h"

namespace waymark::sharing::audit_room {

// The event that the decision carries; nullopt when there is nothing to remember: this head is
// known already, or `note` is no checkpoint that `agency` signed for its log (which whoever checks
// the proof refuses).
std::optional<runtime::Event> HeardCheckpoint(const Membership& membership,
                                              const runtime::View& view, const std::string& agency,
                                              const std::string& note,
                                              const std::string& heard_from, absl::Time now);

}  // namespace waymark::sharing::audit_room
