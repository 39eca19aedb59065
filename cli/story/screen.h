// What the run verb shows while it works: a progress bar and lines of news on a terminal, lines of
// news alone elsewhere, nothing at all for programs.
#pragma once

#include <string>

#include "cli/partnership/local_partnership.h"
#include "cli/story/tell.h"

namespace waymark::cli::story {

class Screen {
 public:
  explicit Screen(bool quiet);

  void Say(const std::string& line);
  void Show(const Progress& progress);
  // Ends the bar's line.
  void Done();

 private:
  const bool quiet_;
  const bool terminal_;
  bool bar_ = false;
  uint64_t shown_ = 0;
};

// Who is here and where they listen.
void ShowAddresses(const LocalPartnership& partnership, Screen& screen);
// Commands that work against what runs now.
void ShowWhatToTry(const LocalPartnership& partnership, const std::string& data, Screen& screen);

}  // namespace waymark::cli::story
