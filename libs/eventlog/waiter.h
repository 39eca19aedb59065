// For tests: waits for what a reader reads.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "libs/eventlog/event_log.h"

namespace waymark::eventlog {

// Waits for a reader's records by its wake-ups. Destroy it after the reader.
class Waiter {
 public:
  void Attach(Reader& reader) {
    reader.OnReady([this] {
      std::lock_guard lock(mutex_);
      ++wakes_;
      changed_.notify_all();
    });
  }

  // False after `seconds` without a wake-up that nobody has waited for yet.
  bool Wait(int seconds = 20) {
    std::unique_lock lock(mutex_);
    const bool woken =
        changed_.wait_for(lock, std::chrono::seconds(seconds), [this] { return wakes_ > 0; });
    wakes_ = 0;
    return woken;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int wakes_ = 0;
};

}  // namespace waymark::eventlog
