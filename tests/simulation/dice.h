// Every choice of a run comes from here, so that a seed is a run.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "libs/base/clock.h"

namespace waymark::simulation {

// Used by one thread.
class Dice {
 public:
  explicit Dice(uint64_t seed) : random_(seed) {}

  // 0 to sides - 1.
  uint64_t Below(uint64_t sides) {
    uint64_t value = 0;
    for (const char c : random_.Bytes(8)) value = value << 8 | static_cast<unsigned char>(c);
    return value % sides;
  }
  bool OneIn(uint64_t sides) { return Below(sides) == 0; }
  // Milliseconds are as fine as it gets.
  absl::Duration Between(absl::Duration from, absl::Duration to) {
    const int64_t range = absl::ToInt64Milliseconds(to - from);
    return from + absl::Milliseconds(Below(static_cast<uint64_t>(range) + 1));
  }
  template <class T>
  const T& Pick(const std::vector<T>& list) {
    return list[Below(list.size())];
  }
  template <class T>
  void Shuffle(std::vector<T>& list) {
    for (size_t i = list.size(); i > 1; --i) std::swap(list[i - 1], list[Below(i)]);
  }

 private:
  SeededRandom random_;
};

}  // namespace waymark::simulation
