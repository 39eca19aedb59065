// The commands of a stream: open a subscription, what comes next (decided now), record what is
// about to be written, take a receipt. See alert_stream.h for how they follow each other.
#pragma once

#include "absl/status/statusor.h"
#include "libs/runtime/decider.h"
#include "services/sharing/membership.h"

namespace waymark::sharing::alerts {

absl::StatusOr<runtime::Decision> DecideOpen(const Membership& membership,
                                             const runtime::View& view, const runtime::Input& input,
                                             runtime::Context& context);
absl::StatusOr<runtime::Decision> DecideNext(const Membership& membership,
                                             const runtime::View& view, const runtime::Input& input,
                                             runtime::Context& context);
absl::StatusOr<runtime::Decision> DecideRecordSend(const Membership& membership,
                                                   const runtime::View& view,
                                                   const runtime::Input& input,
                                                   runtime::Context& context);
absl::StatusOr<runtime::Decision> DecideReceipt(const Membership& membership,
                                                const runtime::View& view,
                                                const runtime::Input& input,
                                                runtime::Context& context);

}  // namespace waymark::sharing::alerts
