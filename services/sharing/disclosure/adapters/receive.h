// A parcel from another gateway: verified, opened, decided again as the receiver, kept.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "libs/runtime/decider.h"
#include "services/sharing/membership.h"

namespace waymark::sharing::disclosure {

inline constexpr std::string_view kReceivedEnd = "disclosure.received_end";

// A forged, misdirected or replayed parcel is refused: the runtime parks it with an alarm.
absl::StatusOr<runtime::Decision> DecideParcel(const Membership& membership,
                                               const runtime::View& view,
                                               const runtime::Input& input,
                                               runtime::Context& context);
// The timer kReceivedEnd: a share ends here by itself, also with its origin away.
absl::StatusOr<runtime::Decision> DecideReceivedEnd(const Membership& membership,
                                                    const runtime::View& view,
                                                    const runtime::Input& input,
                                                    runtime::Context& context);

}  // namespace waymark::sharing::disclosure
