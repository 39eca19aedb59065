// Comma-separated values by RFC 4180, strictly: a field is bare (without quotes, commas or line
// ends) or wholly in double quotes, in which a quote is doubled and line ends may stand.
//
// A broken record never costs the ones after it: reading goes on at the line after the one it began
// on. Not thread-safe.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "cli/publish/lines.h"
#include "libs/base/problem.h"

namespace waymark::cli {

struct CsvRecord {
  int64_t line = 0;                 // where it begins, from 1
  std::vector<std::string> fields;  // empty when there is a problem
  // `unterminated_quote`, `stray_quote`, `too_large`, `not_utf8`.
  std::optional<Problem> problem;
};

class CsvReader {
 public:
  // `in` must outlive this.
  explicit CsvReader(std::istream& in) : lines_(in) {}
  // The next record that is not an empty line; nullopt at the end.
  std::optional<CsvRecord> Next();
  int64_t bytes_read() const { return lines_.bytes_read(); }

 private:
  Lines lines_;
};

}  // namespace waymark::cli
