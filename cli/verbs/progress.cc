#include "cli/verbs/progress.h"

#include <algorithm>
#include <ostream>

#include "absl/strings/str_cat.h"

namespace waymark::cli {

std::string ProgressLine(int64_t done, int64_t total, const std::string& words) {
  if (total <= 0) return words;
  constexpr int64_t kWidth = 30;
  const int64_t share = std::clamp<int64_t>(done * 100 / total, 0, 100);
  const auto full = static_cast<size_t>(share * kWidth / 100);
  const std::string percent = absl::StrCat(share);
  return absl::StrCat("[", std::string(full, '#'), std::string(kWidth - full, '.'), "] ",
                      std::string(3 - percent.size(), ' '), percent, " %  ", words);
}

void Progress::Show(int64_t done, const std::string& words) {
  if (!enabled_) return;
  std::string line = ProgressLine(done, total_, words);
  if (line == shown_) return;
  terminal_.err << "\r\033[K" << line << std::flush;
  shown_ = std::move(line);
}

void Progress::Clear() {
  if (shown_.empty()) return;
  terminal_.err << "\r\033[K" << std::flush;
  shown_.clear();
}

}  // namespace waymark::cli
