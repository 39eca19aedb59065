// This membership's own log: published, and checked against itself.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/runtime/decider.h"
#include "services/sharing/audit/domain/judge.h"
#include "services/sharing/membership.h"

namespace waymark::sharing::audit_room {

// The stored log against a head that was signed for it.
Judgement JudgeOwnHead(const runtime::View& view, const Head& signed_before);

absl::StatusOr<runtime::Decision> DecideStart(const Membership& membership,
                                              const runtime::View& view,
                                              const runtime::Input& input);
absl::StatusOr<runtime::Decision> DecidePublish(const Membership& membership,
                                                const runtime::View& view, absl::Time now);
absl::StatusOr<runtime::Decision> DecideSelfAudit(const Membership& membership,
                                                  const runtime::View& view, absl::Time now);

absl::Status EvolveStarted(const Membership& membership, const runtime::View& view, absl::Time now,
                           runtime::Changes& changes);
// A leaf was appended: its checkpoint is due.
absl::Status EvolveGrew(const runtime::View& view, absl::Time now, runtime::Changes& changes);
absl::Status EvolveMade(const Membership& membership, const runtime::Event& event, absl::Time now,
                        runtime::Changes& changes);
absl::Status EvolveCosignature(const runtime::Event& event, runtime::Changes& changes);
absl::Status EvolveSelfAudited(const runtime::Event& event, runtime::Changes& changes);

}  // namespace waymark::sharing::audit_room
