// The deciders of the room, by what brings the input. Internal to the room.
#pragma once

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "libs/runtime/decider.h"
#include "services/sharing/adapters/audit_note.h"
#include "services/sharing/membership.h"
#include "services/sharing/override/domain/review.h"
#include "waymark/gateway/v1/override_kept.pb.h"

namespace waymark::sharing::overrides {

absl::StatusOr<runtime::Decision> DecideRecord(const Membership& membership,
                                               const runtime::View& view,
                                               const runtime::Input& input,
                                               runtime::Context& context);
absl::StatusOr<runtime::Decision> DecideReview(const Membership& membership,
                                               const runtime::View& view,
                                               const runtime::Input& input,
                                               runtime::Context& context);
// The timers of the room.
absl::StatusOr<runtime::Decision> DecideChase(const Membership& membership,
                                              const runtime::View& view,
                                              const runtime::Input& input,
                                              runtime::Context& context);
absl::StatusOr<runtime::Decision> DecideList(const Membership& membership,
                                             const runtime::View& view, const runtime::Input& input,
                                             runtime::Context& context);
absl::StatusOr<runtime::Decision> DecideShow(const Membership& membership,
                                             const runtime::View& view, const runtime::Input& input,
                                             runtime::Context& context);

// ---- What they share ----

// As people see it at `now`.
gateway::v1::Override ToMessage(const Membership& membership, const runtime::View& view,
                                const gateway::v1::StoredOverride& stored, absl::Time now);
// The leaf of something done to it.
AuditNote NoteOf(const std::string& what, const common::v1::Caller& caller,
                 const gateway::v1::StoredOverride& stored);
// One reminder for everybody who is told; the room `duties` keeps them.
void Tell(const Membership& membership, const gateway::v1::StoredOverride& stored,
          Occasion occasion, const std::string& why, runtime::Context& context,
          runtime::Decision& decision);
// Both reasons lie under the person's key, by version.
inline constexpr uint32_t kReasonVersion = 1;
inline constexpr uint32_t kReviewReasonVersion = 2;
// Empty when the person was erased: there is nothing left to keep it under. Errors are of the key
// file.
absl::StatusOr<gateway::v1::Sealed> SealReason(const Membership& membership,
                                               const runtime::View& view,
                                               const gateway::v1::StoredOverride& stored,
                                               uint32_t version, const std::string& reason);

}  // namespace waymark::sharing::overrides
