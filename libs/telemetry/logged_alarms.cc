#include "libs/telemetry/logged_alarms.h"

namespace waymark::telemetry {

void LoggedAlarms::Raise(std::string_view code, std::string_view subject, std::string_view detail) {
  list_.Raise(code, subject, detail);
  bool fresh = false;
  {
    std::lock_guard lock(mutex_);
    fresh = raised_.insert({std::string(code), std::string(subject)}).second;
  }
  if (!fresh || log_ == nullptr) return;
  log_->Write(Level::kWarning, "alarm_raised",
              {{Field::kAlarm, code}, {Field::kSubject, subject}, {Field::kDetail, detail}});
}

void LoggedAlarms::Clear(std::string_view code, std::string_view subject) {
  list_.Clear(code, subject);
  bool gone = false;
  {
    std::lock_guard lock(mutex_);
    gone = raised_.erase({std::string(code), std::string(subject)}) > 0;
  }
  if (!gone || log_ == nullptr) return;
  log_->Write(Level::kInfo, "alarm_cleared", {{Field::kAlarm, code}, {Field::kSubject, subject}});
}

}  // namespace waymark::telemetry
