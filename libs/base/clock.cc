#include "libs/base/clock.h"

#include <sys/random.h>
#include <time.h>

#include <algorithm>

#include "absl/time/clock.h"
#include "libs/base/check.h"

namespace waymark {

absl::Time SystemClock::Now() {
  const absl::Time now = absl::Now();
  std::lock_guard lock(mutex_);
  latest_ = std::max(latest_, now);
  return latest_;
}

absl::Duration SystemClock::Elapsed() {
  timespec at{};
  WM_CHECK(clock_gettime(CLOCK_BOOTTIME, &at) == 0, "the system has no clock that only goes on");
  return absl::DurationFromTimespec(at);
}

absl::Time ManualClock::Now() {
  std::lock_guard lock(mutex_);
  return now_;
}

void ManualClock::AdvanceTo(absl::Time to) {
  std::lock_guard lock(mutex_);
  WM_CHECK(to >= now_, "a clock was told to go back");
  elapsed_ += to - now_;
  now_ = to;
}

void ManualClock::Advance(absl::Duration by) { AdvanceTo(Now() + by); }

absl::Duration ManualClock::Elapsed() {
  std::lock_guard lock(mutex_);
  return elapsed_;
}

void ManualClock::JumpTo(absl::Time to) {
  std::lock_guard lock(mutex_);
  WM_CHECK(to >= now_, "a clock was told to go back");
  now_ = to;
}

void ManualClock::ElapseOnly(absl::Duration by) {
  std::lock_guard lock(mutex_);
  WM_CHECK(by >= absl::ZeroDuration(), "elapsed time was told to go back");
  elapsed_ += by;
}

std::string SystemRandom::Bytes(size_t count) {
  std::string bytes(count, '\0');
  size_t filled = 0;
  while (filled < count) {
    const ssize_t got = getrandom(bytes.data() + filled, count - filled, 0);
    WM_CHECK(got > 0 || errno == EINTR, "the system has no randomness to give");
    if (got > 0) filled += static_cast<size_t>(got);
  }
  return bytes;
}

std::string SeededRandom::Bytes(size_t count) {
  // splitmix64: small, well distributed, reproducible on every platform.
  std::lock_guard lock(mutex_);
  std::string bytes;
  bytes.reserve(count + 8);
  while (bytes.size() < count) {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    z ^= z >> 31;
    for (int i = 0; i < 8; ++i, z >>= 8) bytes.push_back(static_cast<char>(z & 0xff));
  }
  bytes.resize(count);
  return bytes;
}

}  // namespace waymark
