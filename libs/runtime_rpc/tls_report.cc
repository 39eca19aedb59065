#include "libs/runtime_rpc/tls_report.h"

#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"
#include "libs/base/rfc3339.h"

namespace waymark::runtime_rpc {
namespace {

class Report {
 public:
  Report(absl::Time now, telemetry::Metrics& metrics, telemetry::Alarms& alarms)
      : now_(now), metrics_(metrics), alarms_(alarms) {}

  void Tell(const rpc::TlsState& state) {
    const std::string folder = std::filesystem::path(state.directory).lexically_normal().string();
    const telemetry::Labels labels = {{"folder", folder}};
    Left("waymark_certificate_seconds_left", "Seconds until the certificate in force ends", labels,
         state.not_after);
    Left("waymark_authority_seconds_left",
         "Seconds until the first authority in force, which vouches for others, ends", labels,
         state.authority_not_after);
    const absl::Time ends = std::min(state.not_after, state.authority_not_after);
    const std::string what = state.authority_not_after <= state.not_after
                                 ? "the authority in ca.pem"
                                 : "the certificate";
    const std::string detail =
        absl::StrCat(what, " ends ", FormatRfc3339(ends), "; put a new folder in its place");
    Alarm(ends - now_ <= kCertificateEndsWarning, "certificate_ends", folder, detail);
    Alarm(ends - now_ <= kCertificateEndsAlarm, "certificate_ends_soon", folder, detail);
    const absl::Time lists = state.revocation_next_update;
    if (lists != absl::InfiniteFuture()) {
      Left("waymark_revocation_list_seconds_left",
           "Seconds until a revocation list in force must be replaced; then nobody gets in", labels,
           lists);
    }
    Alarm(lists - now_ <= kRevocationListEndsAlarm, "revocation_list_ends", folder,
          absl::StrCat("a list in crl/ must be replaced by ", FormatRfc3339(lists),
                       "; then nobody gets in"));
    metrics_
        .GaugeOf("waymark_tls_refused",
                 "1 when the folder holds files that were not taken into use", labels)
        .Set(state.on_disk.ok() ? 0 : 1);
    Alarm(!state.on_disk.ok(), "tls_refused", folder, std::string(state.on_disk.message()));
  }

 private:
  void Left(const char* name, const char* help, const telemetry::Labels& labels, absl::Time ends) {
    metrics_.GaugeOf(name, help, labels).Set(absl::ToInt64Seconds(ends - now_));
  }
  void Alarm(bool raised, const char* code, const std::string& folder, const std::string& detail) {
    if (raised) {
      alarms_.Raise(code, folder, detail);
    } else {
      alarms_.Clear(code, folder);
    }
  }

  const absl::Time now_;
  telemetry::Metrics& metrics_;
  telemetry::Alarms& alarms_;
};

}  // namespace

void ReportTls(const std::vector<rpc::TlsState>& states, absl::Time now,
               telemetry::Metrics& metrics, telemetry::Alarms& alarms) {
  Report report(now, metrics, alarms);
  for (const rpc::TlsState& state : states) report.Tell(state);
}

}  // namespace waymark::runtime_rpc
