#include "libs/telemetry/alarms.h"

namespace waymark::telemetry {

void AlarmList::Raise(std::string_view code, std::string_view subject, std::string_view detail) {
  const absl::Time now = clock_.Now();
  std::lock_guard lock(mutex_);
  Alarm& alarm = raised_[{std::string(code), std::string(subject)}];
  if (alarm.times == 0) {
    alarm.code = code;
    alarm.subject = subject;
    alarm.since = now;
  }
  alarm.detail = detail;
  ++alarm.times;
}

void AlarmList::Clear(std::string_view code, std::string_view subject) {
  std::lock_guard lock(mutex_);
  raised_.erase({std::string(code), std::string(subject)});
}

std::vector<Alarm> AlarmList::Raised() const {
  std::lock_guard lock(mutex_);
  std::vector<Alarm> all;
  for (const auto& [key, alarm] : raised_) all.push_back(alarm);
  return all;
}

bool AlarmList::IsRaised(std::string_view code) const {
  std::lock_guard lock(mutex_);
  const auto first = raised_.lower_bound({std::string(code), ""});
  return first != raised_.end() && first->first.first == code;
}

}  // namespace waymark::telemetry
