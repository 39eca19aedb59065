// The others' logs: what they publish is accepted and cosigned, or found out.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/runtime/decider.h"
#include "services/sharing/membership.h"
#include "waymark/gateway/v1/checkpoint_kept.pb.h"

namespace waymark::sharing::audit_room {

// A checkpoint that the agency signed for its log. InvalidArgument when it is not.
absl::StatusOr<gateway::v1::StoredHead> ReadHead(const Membership& membership,
                                                 const std::string& agency, const std::string& note,
                                                 absl::Time at);

// ---- Records ----
absl::StatusOr<runtime::Decision> DecidePublished(const Membership& membership,
                                                  const runtime::View& view,
                                                  const runtime::Input& input, absl::Time now);
absl::StatusOr<runtime::Decision> DecideCosigned(const Membership& membership,
                                                 const runtime::View& view,
                                                 const runtime::Input& input, absl::Time now);

// ---- What the owner of a log answered ----
absl::StatusOr<runtime::Decision> DecideProved(const Membership& membership,
                                               const runtime::View& view,
                                               const runtime::Input& input, absl::Time now);
absl::StatusOr<runtime::Decision> DecideProvedHeard(const Membership& membership,
                                                    const runtime::View& view,
                                                    const runtime::Input& input, absl::Time now);

// ---- Timers ----
absl::StatusOr<runtime::Decision> DecideSilence(const Membership& membership,
                                                const runtime::View& view,
                                                const runtime::Input& input,
                                                const runtime::Context& context);
absl::StatusOr<runtime::Decision> DecideTie(const Membership& membership, const runtime::View& view,
                                            const runtime::Input& input, absl::Time now);

// ---- Events ----
absl::Status EvolveAccepted(const Membership& membership, const runtime::View& view,
                            const runtime::Event& event, absl::Time now, runtime::Changes& changes);
absl::Status EvolveAsked(const runtime::View& view, const runtime::Event& event,
                         runtime::Changes& changes);
absl::Status EvolveHeard(const runtime::View& view, const runtime::Event& event, absl::Time now,
                         runtime::Changes& changes);
absl::Status EvolveTied(const runtime::Event& event, runtime::Changes& changes);
absl::Status EvolveSilenceAwaited(const runtime::Event& event, runtime::Changes& changes);

}  // namespace waymark::sharing::audit_room
