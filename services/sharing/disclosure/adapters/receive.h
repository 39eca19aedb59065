// A parcel from another gateway: verified, opened, decided again as the receiver, kept.
#pragma once

#include "absl/status/statusor.h"
#include "libs/runtime/decider.h"
#include "services/sharing/membership.h"

namespace waymark::sharing::disclosure {

// A forged, misdirected or replayed parcel is refused: the runtime parks it with an alarm.
absl::StatusOr<runtime::Decision> DecideParcel(const Membership& membership,
                                               const runtime::View& view,
                                               const runtime::Input& input,
                                               runtime::Context& context);

}  // namespace waymark::sharing::disclosure
