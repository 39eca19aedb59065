// Where time and randomness come from. Nothing outside libs/base asks the system for either, so
// that a whole partnership runs on virtual time from one seed (the check verb enforces it).
#pragma once

#include <cstdint>
#include <mutex>
#include <string>

#include "absl/time/time.h"

namespace waymark {

// Thread-safe. Time never runs back as seen through one Clock.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() = 0;
  // Time since some fixed start. It runs at the same speed as Now() but is not touched when
  // somebody sets the wall clock; comparing the two is how a jump is noticed.
  virtual absl::Duration Elapsed() = 0;
};

// The machine's wall clock, clamped so that it never goes back within this process.
class SystemClock : public Clock {
 public:
  absl::Time Now() override;
  // CLOCK_BOOTTIME: goes on while the machine sleeps.
  absl::Duration Elapsed() override;

 private:
  std::mutex mutex_;
  absl::Time latest_ = absl::InfinitePast();
};

// A clock that stands still until told otherwise.
class ManualClock : public Clock {
 public:
  explicit ManualClock(absl::Time start) : now_(start) {}
  absl::Time Now() override;
  // `to` must not lie before Now().
  void AdvanceTo(absl::Time to);
  void Advance(absl::Duration by);
  absl::Duration Elapsed() override;

  // Somebody sets the wall clock forward: Now() jumps, Elapsed() does not.
  void JumpTo(absl::Time to);
  // Somebody set the wall clock back: Elapsed() goes on, Now() stands still.
  void ElapseOnly(absl::Duration by);

 private:
  std::mutex mutex_;
  absl::Time now_;
  absl::Duration elapsed_;
};

// Thread-safe source of bytes.
class Random {
 public:
  virtual ~Random() = default;
  virtual std::string Bytes(size_t count) = 0;
};

// getrandom(2): fit for keys and nonces.
class SystemRandom : public Random {
 public:
  std::string Bytes(size_t count) override;
};

// The same bytes for the same seed. For simulation only; never for keys that protect anything.
class SeededRandom : public Random {
 public:
  explicit SeededRandom(uint64_t seed) : state_(seed) {}
  std::string Bytes(size_t count) override;

 private:
  std::mutex mutex_;
  uint64_t state_;
};

}  // namespace waymark
