#include "bench/restart.h"

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "cli/partnership/local_partnership.h"
#include "libs/base/clock.h"
#include "libs/base/cpu_time.h"
#include "libs/base/status.h"

namespace waymark::bench {
namespace {

namespace fs = std::filesystem;

absl::StatusOr<Took> Open(const cli::Layout& layout, absl::Time clock, const std::string& rebuild) {
  ManualClock decision_clock(clock);
  SystemClock real_clock;
  const absl::Duration wall = real_clock.Elapsed(), cpu = ProcessCpuTime();
  WM_ASSIGN_OR_RETURN(
      const auto partnership,
      cli::LocalPartnership::Open({layout, decision_clock, real_clock, false, rebuild}));
  const Took took{real_clock.Elapsed() - wall, ProcessCpuTime() - cpu};
  WM_RETURN_IF_ERROR(partnership->StepUntilIdle());
  partnership->Stop(absl::Seconds(10));
  WM_RETURN_IF_ERROR(partnership->health());
  return took;
}

uint64_t MegabytesBelow(const std::string& folder) {
  uint64_t bytes = 0;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder, error)) {
    if (entry.is_regular_file(error)) bytes += entry.file_size(error);
  }
  return bytes >> 20;
}

}  // namespace

absl::StatusOr<RestartResult> MeasureRestart(const cli::Layout& layout, absl::Time clock) {
  RestartResult result;
  WM_ASSIGN_OR_RETURN(result.start, Open(layout, clock, ""));
  result.megabytes["log"] = MegabytesBelow(layout.Log());
  result.megabytes["gateways"] = MegabytesBelow(layout.root + "/agencies");
  for (const char* service : {"intake", "risk", "casemgr"}) {
    const std::string store = layout.Core(service).Store();
    result.megabytes[service] = MegabytesBelow(store);
    std::error_code error;
    fs::remove_all(store, error);
    if (error) return absl::InternalError(absl::StrCat(store, ": ", error.message()));
    WM_ASSIGN_OR_RETURN(result.rebuild[service], Open(layout, clock, service));
  }
  return result;
}

}  // namespace waymark::bench
