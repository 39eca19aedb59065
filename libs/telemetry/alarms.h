// Alarms: what an operator must look at. An alarm stays raised until its cause is gone or somebody
// clears it; raising it again only counts it.
//
// Nothing in an alarm may be personal data: `code` is a fixed word of this source tree, `subject`
// names a part of the system (a lane, a shard, a topic), `detail` says what to do in words.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "libs/base/clock.h"

namespace waymark::telemetry {

// Thread-safe. Neither call blocks or fails.
class Alarms {
 public:
  virtual ~Alarms() = default;
  // `code`: snake_case, for instance "lane_gap". One alarm exists for each (code, subject).
  virtual void Raise(std::string_view code, std::string_view subject, std::string_view detail) = 0;
  // Does nothing when it is not raised.
  virtual void Clear(std::string_view code, std::string_view subject) = 0;
};

struct Alarm {
  std::string code;
  std::string subject;
  std::string detail;  // of the latest Raise
  absl::Time since;
  uint64_t times = 0;  // how often it was raised since `since`
};

// Keeps raised alarms in memory; for a status page, a health check and tests.
class AlarmList : public Alarms {
 public:
  // `clock` must outlive this list.
  explicit AlarmList(Clock& clock) : clock_(clock) {}
  void Raise(std::string_view code, std::string_view subject, std::string_view detail) override;
  void Clear(std::string_view code, std::string_view subject) override;

  // What is raised now, by code and subject.
  std::vector<Alarm> Raised() const;
  bool IsRaised(std::string_view code) const;

 private:
  Clock& clock_;
  mutable std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, Alarm> raised_;
};

// Every code this source tree raises. Each has a rule in deploy/prometheus/alarms.yml and a page in
// docs/runbooks; a test holds the three against each other and against the calls of Raise.
inline constexpr std::string_view kAlarmCodes[] = {
    "agreements_not_activated",
    "alert_unacknowledged",
    "audit_forked",
    "audit_rewritten",
    "audit_rolled_back",
    "audit_silent",
    "audit_truncated",
    "certificate_ends",
    "certificate_ends_soon",
    "clock_jump",
    "dead_letter",
    "disclosure_without_proof",
    "effect_dead_end",
    "input_out_of_range",
    "journal_cut",
    "lane_gap_unrepaired",
    "lane_records_lost",
    "outbox_blocked",
    "revocation_list_ends",
    "runtime_stopped",
    "tls_refused",
};

}  // namespace waymark::telemetry
