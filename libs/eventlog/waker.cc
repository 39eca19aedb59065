#include "libs/eventlog/waker.h"

#include <utility>

namespace waymark::eventlog {

void Waker::Set(std::function<void()> wake) {
  std::lock_guard lock(mutex_);
  wake_ = std::move(wake);
}

void Waker::Arm() {
  std::lock_guard lock(mutex_);
  armed_ = true;
}

void Waker::Fire() {
  std::lock_guard lock(mutex_);
  if (!armed_ || !wake_) return;
  armed_ = false;
  wake_();
}

std::shared_ptr<Waker> Wakers::Make() {
  auto waker = std::make_shared<Waker>();
  std::lock_guard lock(mutex_);
  std::erase_if(wakers_, [](const std::weak_ptr<Waker>& one) { return one.expired(); });
  wakers_.push_back(waker);
  return waker;
}

void Wakers::FireAll() {
  std::vector<std::weak_ptr<Waker>> wakers;
  {
    std::lock_guard lock(mutex_);
    wakers = wakers_;
  }
  for (const std::weak_ptr<Waker>& one : wakers) {
    if (const std::shared_ptr<Waker> waker = one.lock()) waker->Fire();
  }
}

}  // namespace waymark::eventlog
