// The leaves of the audit log that tell of sharing, by what they are about.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "libs/runtime/decider.h"
#include "services/sharing/membership.h"
#include "services/sharing/statement/domain/story.h"

namespace waymark::sharing::statement {

// Evolves kAuditNoted, after the vault has appended the leaf.
absl::Status IndexLeaf(const runtime::View& view, const runtime::Event& event,
                       runtime::Changes& changes);

// In the order of the log. A leaf whose person was erased says nothing any more and is left out.
std::vector<Recorded> LeavesAbout(const Membership& membership, const runtime::View& view,
                                  const std::string& id);

}  // namespace waymark::sharing::statement
