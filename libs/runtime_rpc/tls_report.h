// What an operator sees of this process's certificates: gauges for metrics, and alarms 30 and 7
// days before one ends.
#pragma once

#include <vector>

#include "absl/time/time.h"
#include "libs/rpc/tls_state.h"
#include "libs/telemetry/alarms.h"
#include "libs/telemetry/metrics.h"

namespace waymark::runtime_rpc {

inline constexpr absl::Duration kCertificateEndsWarning = absl::Hours(30 * 24);
inline constexpr absl::Duration kCertificateEndsAlarm = absl::Hours(7 * 24);
inline constexpr absl::Duration kRevocationListEndsAlarm = absl::Hours(24);

// Call it before every scrape with rpc::TlsInUse(). Gauges, by folder:
//   waymark_certificate_seconds_left, waymark_authority_seconds_left,
//   waymark_revocation_list_seconds_left (only with lists), waymark_tls_refused (0 or 1)
// Alarms, each cleared when its cause is gone: certificate_ends (30 days before),
// certificate_ends_soon (7 days before; both for the authority too), revocation_list_ends,
// tls_refused (the folder holds something that was not taken into use).
void ReportTls(const std::vector<rpc::TlsState>& states, absl::Time now,
               telemetry::Metrics& metrics, telemetry::Alarms& alarms);

}  // namespace waymark::runtime_rpc
