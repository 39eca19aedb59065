// How a log in this process tells its readers that a Poll may find something.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace waymark::eventlog {

// One reader's wake function. Thread-safe. The reader arms it before it looks for records, so a
// record that arrives after the look fires it; firing disarms.
class Waker {
 public:
  // Waits for a call under way, so the earlier function is not called once this has returned.
  void Set(std::function<void()> wake);
  void Arm();
  void Fire();

 private:
  std::mutex mutex_;
  std::function<void()> wake_;
  bool armed_ = true;
};

// The wakers of a log's readers. Thread-safe; fire it without any lock held.
class Wakers {
 public:
  std::shared_ptr<Waker> Make();
  void FireAll();

 private:
  std::mutex mutex_;
  std::vector<std::weak_ptr<Waker>> wakers_;
};

}  // namespace waymark::eventlog
