// What transport threads leave for the one thread of a verb, which also wants to look up now and
// then to see whether it was interrupted. Thread-safe.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

#include "absl/time/time.h"

namespace waymark::cli {

template <class Letter>
class Mailbox {
 public:
  void Put(Letter letter) {
    std::lock_guard lock(mutex_);
    letters_.push_back(std::move(letter));
    changed_.notify_all();
  }
  // The oldest one; nullopt when none came within `at_most`, or within a tenth of a second.
  std::optional<Letter> Take(absl::Duration at_most = kGlance) {
    std::unique_lock lock(mutex_);
    const auto there = [&] { return !letters_.empty(); };
    const auto wait =
        absl::ToChronoMilliseconds(std::clamp(at_most, absl::Milliseconds(1), kGlance));
    if (!changed_.wait_for(lock, wait, there)) return std::nullopt;
    Letter letter = std::move(letters_.front());
    letters_.pop_front();
    return letter;
  }

 private:
  static constexpr absl::Duration kGlance = absl::Milliseconds(100);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Letter> letters_;
};

}  // namespace waymark::cli
