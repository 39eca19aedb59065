// Runs functions one at a time, in the order given, without a thread of its own: whoever brings a
// function while none runs also runs those that arrive meanwhile. A function given from inside a
// running one comes after it, so call chains stay flat and no lock is held while one runs.
// Thread-safe. May be destroyed by a function it runs.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

namespace waymark::rpc {

class Serial {
 public:
  void Run(std::function<void()> task) {
    std::shared_ptr<State> state = state_;
    {
      std::lock_guard lock(state->mutex);
      state->tasks.push_back(std::move(task));
      if (state->running) return;
      state->running = true;
    }
    for (;;) {
      std::function<void()> next;
      {
        std::lock_guard lock(state->mutex);
        if (state->tasks.empty()) {
          state->running = false;
          return;
        }
        next = std::move(state->tasks.front());
        state->tasks.pop_front();
      }
      next();
    }
  }

 private:
  struct State {
    std::mutex mutex;
    std::deque<std::function<void()>> tasks;
    bool running = false;
  };
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace waymark::rpc
