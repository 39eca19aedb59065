// The audit leaf of one act on cases: who, about what, why. Also the refusals every act shares.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/base/problem.h"
#include "libs/runtime/decider.h"
#include "services/sharing/adapters/audit_note.h"
#include "services/sharing/duties/domain/model.h"
#include "services/sharing/membership.h"

namespace waymark::sharing::duties {

// `reason`, "" for none, is sealed under the key of the case's first own person, so that it goes
// with them; under the membership's own when this gateway holds nobody of the case. `one` may be
// null. `note.about` is filled in here.
absl::StatusOr<runtime::Event> Leaf(const Membership& membership, const runtime::View& view,
                                    runtime::Context& context, AuditNote note, const Case* one,
                                    const std::string& reason);

// `problems` must not be empty. INVALID_ARGUMENT when a value is wrong, NOT_FOUND for a case that
// is not there, FAILED_PRECONDITION when the request was right and the case does not allow it.
absl::Status Refusal(const std::vector<Problem>& problems);
// PermissionDenied with `wrong_agency` when a caller of another agency got this far.
absl::Status CheckCaller(const Membership& membership, const common::v1::Caller& caller);

}  // namespace waymark::sharing::duties
