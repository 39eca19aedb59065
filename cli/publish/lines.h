// Physical lines of an input, of bounded size, with the possibility to go back: a reader that finds
// a record broken can begin again at the line after its first one. Not thread-safe.
#pragma once

#include <cstdint>
#include <deque>
#include <iosfwd>
#include <optional>
#include <string>

namespace waymark::cli {

inline constexpr size_t kLineBytesMax = 1 << 20;

struct Line {
  int64_t number = 0;      // from 1
  std::string text;        // without its end ("\n" or "\r\n"); "" when oversized
  bool oversized = false;  // longer than kLineBytesMax; the rest of it was skipped
};

class Lines {
 public:
  // `in` must outlive this. A byte order mark at the start is skipped.
  explicit Lines(std::istream& in) : in_(in) {}

  std::optional<Line> Next();
  // Lines that were taken and are to come again, before what follows them.
  void GiveBack(std::deque<Line> lines);
  // How far the input has been read.
  int64_t bytes_read() const { return bytes_read_; }

 private:
  std::istream& in_;
  std::deque<Line> returned_;
  int64_t number_ = 0;
  int64_t bytes_read_ = 0;
};

}  // namespace waymark::cli
