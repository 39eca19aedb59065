// An agency's gateway as a part of a process: its membership, its store, its runtime, its endpoint,
// its channels to the core and to its peers. The one way it is made, whether it is alone in its
// process (main.cc) or beside all others (cli/partnership).
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "libs/config/partnership.h"
#include "libs/process/part.h"
#include "services/sharing/membership.h"

namespace waymark::sharing {

// Not yet listening. Errors say which file, what was wrong and what to do; InvalidArgument when the
// seat's agency is no member of the partnership.
absl::StatusOr<std::unique_ptr<process::Part>> OpenPart(const process::World& world,
                                                        const process::Seat& seat);

// A membership from its keys and the directory; pack, agreements and person keys are the caller's
// to set. FailedPrecondition: the keys are not those of the directory. `random` outlives it.
absl::StatusOr<Membership> ReadMembership(const process::Place& place,
                                          const config::Partnership& directory,
                                          const config::Member& member, Random& random);

}  // namespace waymark::sharing
