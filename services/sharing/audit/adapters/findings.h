// How the room says that a log is not what it was.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "libs/runtime/decider.h"
#include "services/sharing/membership.h"
#include "waymark/gateway/v1/checkpoint_kept.pb.h"

namespace waymark::sharing::audit_room {

// `where` ("leaf 12", "the checkpoint of size 40") goes before the meaning of the code.
gateway::v1::AuditFinding MakeFinding(const Membership& membership, const std::string& agency,
                                      std::string_view code, const std::string& where,
                                      const std::vector<std::string>& evidence, absl::Time now);

// Adds the event, unless the same finding of the same finder stands. A finding of this gateway is
// told to the others.
void AddFinding(const Membership& membership, const runtime::View& view,
                const gateway::v1::AuditFinding& found, runtime::Decision& decision);
// That a silent member is heard again, if it was silent.
void EndSilence(const Membership& membership, const runtime::View& view, const std::string& agency,
                absl::Time now, runtime::Decision& decision);

// Another member tells what it found. InvalidArgument for what makes no sense.
absl::StatusOr<runtime::Decision> DecideTold(const Membership& membership,
                                             const runtime::View& view,
                                             const runtime::Input& input);

absl::Status EvolveFound(const Membership& membership, const runtime::View& view,
                         const runtime::Event& event, runtime::Changes& changes);
// Raises or clears the alarm, after a start too.
void TellOperator(const runtime::View& view, const gateway::v1::AuditFinding& found,
                  runtime::Changes& changes);

}  // namespace waymark::sharing::audit_room
