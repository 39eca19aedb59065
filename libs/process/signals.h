// SIGINT and SIGTERM, taken one at a time and never by a handler: blocked in every thread that is
// started after this object, asked for where there is time to act on them.
#pragma once

#include <signal.h>

#include <ctime>

namespace waymark::process {

class StopSignals {
 public:
  StopSignals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGINT);
    sigaddset(&set_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
    signal(SIGPIPE, SIG_IGN);
  }
  // True when one came within `seconds`.
  bool Wait(int seconds) const {
    const timespec patience = {seconds, 0};
    return sigtimedwait(&set_, nullptr, &patience) > 0;
  }

 private:
  sigset_t set_;
};

}  // namespace waymark::process
