#include "cli/story/screen.h"

#include <unistd.h>

#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "libs/calendar/civil.h"

namespace waymark::cli::story {
namespace {

constexpr uint64_t kBarWidth = 30;
constexpr uint64_t kShowEvery = 5;  // happenings

}  // namespace

Screen::Screen(bool quiet) : quiet_(quiet), terminal_(isatty(STDOUT_FILENO) == 1) {}

void Screen::Say(const std::string& line) {
  if (quiet_) return;
  Done();
  std::fprintf(stdout, "%s\n", line.c_str());
  std::fflush(stdout);
}

void Screen::Show(const Progress& progress) {
  if (quiet_) return;
  const std::string at = calendar::FormatLondon(progress.at);
  if (!progress.news.empty()) Say(absl::StrCat("  ", at, "  ", progress.news));
  if (!terminal_ || progress.of == 0) return;
  if (progress.done < shown_ + kShowEvery && progress.done < progress.of) return;
  shown_ = progress.done;
  const uint64_t filled = kBarWidth * progress.done / progress.of;
  std::fprintf(stdout, "\r[%s%s] %llu of %llu  %s ", std::string(filled, '=').c_str(),
               std::string(kBarWidth - filled, ' ').c_str(),
               static_cast<unsigned long long>(progress.done),
               static_cast<unsigned long long>(progress.of), at.c_str());
  std::fflush(stdout);
  bar_ = true;
}

void Screen::Done() {
  if (bar_) std::fprintf(stdout, "\r%s\r", std::string(kBarWidth + 60, ' ').c_str());
  bar_ = false;
}

void ShowAddresses(const LocalPartnership& partnership, Screen& screen) {
  screen.Say(absl::StrCat("Partnership ", partnership.directory().id, ", pack ",
                          partnership.pack().name, " ", partnership.pack().version,
                          ". Everything listens on this machine alone:"));
  for (const std::unique_ptr<Part>& part : partnership.parts()) {
    screen.Say(absl::StrFormat("  %-16s %-8s %s", part->config().program, part->config().agency,
                               part->config().endpoint));
  }
  screen.Say(absl::StrFormat("  %-25s %s", "operator's port", partnership.operator_endpoint()));
}

void ShowWhatToTry(const LocalPartnership& partnership, const std::string& data, Screen& screen) {
  const std::string on = absl::StrCat(" --data ", data);
  screen.Say("\nIt runs on, in real time. In another terminal, try (build/bin holds waymark):");
  screen.Say(absl::StrCat("  waymark status", on));
  screen.Say(absl::StrCat("  waymark case list --as council:officer-1", on));
  screen.Say(absl::StrCat("  waymark clock list --as police:officer-1", on));
  screen.Say(absl::StrCat("  waymark look-up --as police:handler-1:call_handler --telephone ",
                          "\"0113 496 0011\" --given-name Lionel --family-name Quayside ",
                          "--born 1949-08-10 --reason \"caller on the line\"", on));
  screen.Say(absl::StrCat("  waymark alerts tail --as housing", on));
  screen.Say(absl::StrCat("  waymark share list --as police:officer-1", on));
  screen.Say("Stop it with Ctrl-C; started again on the same folder it goes on where it was.");
}

}  // namespace waymark::cli::story
