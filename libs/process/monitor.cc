#include "libs/process/monitor.h"

#include <dirent.h>
#include <unistd.h>

#include <fstream>
#include <map>

#include "absl/strings/str_cat.h"
#include "libs/base/text.h"
#include "libs/runtime_rpc/tls_report.h"

namespace waymark::process {
namespace {

int64_t ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  int64_t total = 0, resident = 0;
  statm >> total >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

int64_t OpenFiles() {
  DIR* folder = opendir("/proc/self/fd");
  if (folder == nullptr) return 0;
  int64_t count = -3;  // ".", ".." and the folder itself
  while (readdir(folder) != nullptr) ++count;
  closedir(folder);
  return count;
}

}  // namespace

Monitor::Monitor(World world, telemetry::Metrics& metrics)
    : world_(std::move(world)), metrics_(metrics), reasons_{"starting"} {
  metrics_
      .GaugeOf(
          "waymark_info", "Which program this is; always 1",
          {{"service", world_.service}, {"agency", world_.agency}, {"version", world_.version}})
      .Set(1);
}

void Monitor::NotReadyBecause(std::string reason) {
  std::lock_guard lock(mutex_);
  reasons_ = {std::move(reason)};
}

void Monitor::Watch(Part* part) { part_ = part; }

Reasons Monitor::Readiness() const {
  Reasons reasons;
  {
    std::lock_guard lock(mutex_);
    reasons = reasons_;
  }
  // Asked here as well: while the log is away Look may wait for it.
  const absl::Status log = world_.log_health();
  if (!log.ok() && reasons.empty()) {
    reasons.push_back(absl::StrCat("log_unreachable: ", log.message()));
  }
  return reasons;
}

telemetry::Gauge& Monitor::GaugeOf(std::string_view name, std::string_view help,
                                   telemetry::Labels labels) {
  return metrics_.GaugeOf(name, help, labels);
}

std::string Monitor::Metrics() {
  GaugeOf("waymark_ready", "1 when /readyz says ready").Set(Readiness().empty() ? 1 : 0);
  return metrics_.PrometheusText();
}

std::optional<int64_t> Monitor::Lag() {
  int64_t sum = 0;
  for (const runtime::ShardConfig& shard : part_->config().runtime.shards) {
    for (const eventlog::TopicPartition& at : shard.inputs) {
      const absl::StatusOr<eventlog::OffsetRange> range = world_.log.Range(at);
      if (!range.ok()) return std::nullopt;
      const telemetry::Labels where = {{"source", part_->source()},
                                       {"topic", at.topic},
                                       {"partition", absl::StrCat(at.partition)}};
      const int64_t next =
          metrics_
              .GaugeOf("waymark_runtime_next_offset", "Offset of the record to be read next", where)
              .value();
      const int64_t lag = std::max<int64_t>(0, range->end - std::max(next, range->oldest));
      GaugeOf("waymark_input_lag", "Records in the event log that were not read yet", where)
          .Set(lag);
      sum += lag;
    }
  }
  return sum;
}

void Monitor::LookAtAlarms() {
  std::map<std::string, int64_t> by_code;
  for (const telemetry::Alarm& alarm : part_->alarms().Raised()) ++by_code[alarm.code];
  for (const std::string& code : alarms_told_) by_code.try_emplace(code, 0);
  for (const auto& [code, count] : by_code) {
    GaugeOf("waymark_alarms", "Alarms that are raised, by code", {{"code", code}}).Set(count);
    alarms_told_.insert(code);
  }
}

void Monitor::LookAtProcess() {
  GaugeOf("waymark_process_resident_bytes", "Memory of this process").Set(ResidentBytes());
  GaugeOf("waymark_process_open_files", "Open files and connections").Set(OpenFiles());
}

void Monitor::Look() {
  Reasons reasons;
  LookAtProcess();
  const absl::Status log = world_.log_health();
  GaugeOf("waymark_log_reachable", "1 while the event log answers").Set(log.ok() ? 1 : 0);
  if (!log.ok()) reasons.push_back(absl::StrCat("log_unreachable: ", log.message()));
  if (part_ == nullptr) return;
  runtime::Runtime& runtime = part_->runtime();
  GaugeOf("waymark_time_trusted", "0 while a jump of the clock is not believed")
      .Set(runtime.time_trusted() ? 1 : 0);
  if (!runtime.healthy()) {
    reasons.push_back(absl::StrCat("failed: ", runtime.failure().message()));
  }
  runtime_rpc::ReportTls(rpc::TlsInUse(), world_.clock.Now(), metrics_, part_->raise());
  LookAtAlarms();
  int64_t parked = 0;
  for (const runtime::ShardConfig& shard : part_->config().runtime.shards) {
    const auto letters = runtime.DeadLetters(shard.id);
    if (letters.ok()) parked += static_cast<int64_t>(letters->size());
  }
  GaugeOf("waymark_dead_letters", "Records and inputs parked until an operator has looked")
      .Set(parked);
  if (log.ok()) {
    const std::optional<int64_t> lag = Lag();
    if (!lag) reasons.push_back("log_unreachable: how far it reaches cannot be asked");
    if (lag && *lag > kLagMax) {
      reasons.push_back(absl::StrCat("behind: ", *lag, " records wait in the event log"));
    }
  }
  std::lock_guard lock(mutex_);
  reasons_ = std::move(reasons);
}

}  // namespace waymark::process
