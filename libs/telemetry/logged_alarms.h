// Alarms that are also written to the log, once when raised and once when cleared. Thread-safe.
#pragma once

#include "libs/telemetry/alarms.h"
#include "libs/telemetry/log.h"

namespace waymark::telemetry {

class LoggedAlarms : public Alarms {
 public:
  // `log` may be null: nothing is written. Both must outlive this.
  LoggedAlarms(AlarmList& list, Log* log) : list_(list), log_(log) {}
  void Raise(std::string_view code, std::string_view subject, std::string_view detail) override;
  void Clear(std::string_view code, std::string_view subject) override;

 private:
  AlarmList& list_;
  Log* const log_;
  std::mutex mutex_;
  std::set<std::pair<std::string, std::string>> raised_;
};

}  // namespace waymark::telemetry
