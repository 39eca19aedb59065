// From the domain's messages to those of proto/waymark/casemgr/v1/inbox.proto, and what of them is
// news to their member.
#pragma once

#include <string>
#include <vector>

#include "libs/runtime/decider.h"
#include "services/casemgr/adapters/store.h"
#include "services/casemgr/domain/messages.h"

namespace waymark::casemgr {

// A MemberTold event for each message that its member was not yet told in its slot.
std::vector<runtime::Event> NewsOf(const StoreView& view, const std::string& partnership,
                                   const std::string& case_id,
                                   const std::vector<Message>& messages);

}  // namespace waymark::casemgr
