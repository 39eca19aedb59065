// One line that is drawn over and over on a terminal: how far an input has been read. It is drawn
// only when it changed. Not thread-safe.
#pragma once

#include <cstdint>
#include <string>

#include "cli/verbs/terminal.h"

namespace waymark::cli {

// "[#####.....]  50 %  words"; without a known total "words" alone. Pure.
std::string ProgressLine(int64_t done, int64_t total, const std::string& words);

class Progress {
 public:
  // Draws nothing unless `enabled`. `total` 0: not known.
  Progress(Terminal& terminal, bool enabled, int64_t total)
      : terminal_(terminal), enabled_(enabled), total_(total) {}

  void Show(int64_t done, const std::string& words);
  // Before anything else is printed, and at the end.
  void Clear();

 private:
  Terminal& terminal_;
  const bool enabled_;
  const int64_t total_;
  std::string shown_;
};

}  // namespace waymark::cli
