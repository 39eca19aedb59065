// How refusals travel. This is the one place where problems, absl::Status and gRPC's status meet.
//
// On the wire a failed call has the gRPC status code (equal in number to absl's), a message that
// reads by itself, and the trailing metadata `waymark-problem-bin`: a serialized
// waymark.common.v1.Problems. In process the same bytes are a payload of the absl::Status, so a
// status that came over a channel and one made here are alike.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "libs/base/problem.h"

namespace waymark::rpc {

// Never kOk. The message is the problems described, one after the other. At most 16 problems and
// 4 KiB travel (metadata is bounded); the rest are counted in the message.
absl::Status ProblemStatus(absl::StatusCode code, const std::vector<Problem>& problems);
// INVALID_ARGUMENT: the request itself is wrong.
absl::Status ProblemStatus(const Problem& problem);

// The problems a status carries; empty when it carries none (or they cannot be read).
std::vector<Problem> ProblemsFrom(const absl::Status& status);

// Wire form, used by the transports: the payload's bytes ("" when none), and back.
std::string ProblemBytes(const absl::Status& status);
absl::Status StatusFromWire(int code, std::string message, const std::string& problem_bytes);

}  // namespace waymark::rpc
