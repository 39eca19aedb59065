// What happened in a run, line by line: the last lines are printed when a seed fails, all of them
// when somebody asks. A digest over all lines tells whether two runs were the same.
#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include "libs/base/clock.h"

namespace waymark::simulation {

// Used by one thread.
class Trace {
 public:
  // With `print` each line goes to standard output at once. `clock` outlives this.
  Trace(Clock& clock, bool print) : clock_(clock), print_(print) {}

  // `who` is a node or a client, `what` words of this program without line breaks.
  void Say(const std::string& who, const std::string& what);
  // The number of the latest line: orders what happened, also at one instant.
  uint64_t lines() const { return lines_; }
  // SHA-256 (hex) over every line so far.
  const std::string& digest() const { return digest_; }
  // The latest lines, the oldest first.
  const std::deque<std::string>& tail() const { return tail_; }

 private:
  static constexpr size_t kTailMax = 60;

  Clock& clock_;
  const bool print_;
  uint64_t lines_ = 0;
  std::string digest_;
  std::deque<std::string> tail_;
};

}  // namespace waymark::simulation
