// Decides what this gateway may share for its cases, and what becomes of the shares it has told of.
#pragma once

#include "absl/status/statusor.h"
#include "libs/runtime/decider.h"
#include "services/sharing/membership.h"

namespace waymark::sharing::disclosure {

// ShareAsked from casemgr: kept, then decided in the next batch; a repeat with more recipients
// likewise.
absl::StatusOr<runtime::Decision> DecideAsked(const Membership& membership,
                                              const runtime::View& view,
                                              const runtime::Input& input,
                                              runtime::Context& context);
// CaseNotice from casemgr: who leads, and whether the case is open.
absl::StatusOr<runtime::Decision> DecideCaseNotice(const runtime::View& view,
                                                   const Membership& membership,
                                                   const runtime::Input& input);
// The timer kRedecide: one case is decided; a person or everything is spread over its cases.
absl::StatusOr<runtime::Decision> DecideAgain(const Membership& membership,
                                              const runtime::View& view,
                                              const runtime::Input& input,
                                              runtime::Context& context);
// The loaded agreements against those recorded as in force; a difference is recorded and everything
// is decided again.
absl::StatusOr<runtime::Decision> DecideActivation(const Membership& membership,
                                                   const runtime::View& view,
                                                   const runtime::Input& input,
                                                   runtime::Context& context);

}  // namespace waymark::sharing::disclosure
