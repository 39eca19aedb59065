// The deciders of the room. Internal to it.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "libs/runtime/decider.h"
#include "services/sharing/membership.h"
#include "services/sharing/statement/domain/statement.h"

namespace waymark::sharing::statement {

absl::StatusOr<runtime::Decision> DecideMake(const Membership& membership,
                                             const runtime::View& view, const runtime::Input& input,
                                             runtime::Context& context);
absl::StatusOr<runtime::Decision> DecideExplainPast(const Membership& membership,
                                                    const runtime::View& view,
                                                    const runtime::Input& input,
                                                    runtime::Context& context);

// NotFound: the person was erased. Opens the person's name: whoever calls it writes a leaf.
absl::StatusOr<Statement> Compile(const Membership& membership, const runtime::View& view,
                                  const std::string& person_id, absl::Time now);

}  // namespace waymark::sharing::statement
