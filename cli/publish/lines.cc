#include "cli/publish/lines.h"

#include <istream>
#include <iterator>
#include <string_view>

namespace waymark::cli {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

}  // namespace

std::optional<Line> Lines::Next() {
  if (!returned_.empty()) {
    Line line = std::move(returned_.front());
    returned_.pop_front();
    return line;
  }
  Line line;
  std::streambuf& bytes = *in_.rdbuf();
  constexpr int kEnd = std::char_traits<char>::eof();
  int read = bytes.sbumpc();
  if (read == kEnd) return std::nullopt;
  for (; read != kEnd; read = bytes.sbumpc()) {
    ++bytes_read_;
    if (read == '\n') break;
    // One more than the limit, for the carriage return of a line that is just as long as it may be.
    if (line.text.size() <= kLineBytesMax) {
      line.text.push_back(static_cast<char>(read));
    } else {
      line.oversized = true;
    }
  }
  line.number = ++number_;
  if (line.number == 1 && std::string_view(line.text).substr(0, 3) == kByteOrderMark) {
    line.text.erase(0, kByteOrderMark.size());
  }
  if (!line.oversized && !line.text.empty() && line.text.back() == '\r') line.text.pop_back();
  if (line.text.size() > kLineBytesMax) line.oversized = true;
  if (line.oversized) line.text.clear();
  return line;
}

void Lines::GiveBack(std::deque<Line> lines) {
  returned_.insert(returned_.begin(), std::make_move_iterator(lines.begin()),
                   std::make_move_iterator(lines.end()));
}

}  // namespace waymark::cli
