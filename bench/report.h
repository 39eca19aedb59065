// What a benchmark says of itself: tables in Markdown, and on which machine and build it ran.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"

namespace waymark::bench {

class Table {
 public:
  explicit Table(std::vector<std::string> columns);
  // As many cells as there are columns.
  void Add(std::vector<std::string> cells);
  std::string ToMarkdown() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

// Lines that belong above every table: processors, memory, file system of `folder`, how durable a
// commit is, and the commit (`git describe`) when it is run in a working copy.
std::string Surroundings(const std::string& folder);

std::string Micros(absl::Duration each);  // "412.3"
std::string Millis(absl::Duration each);  // "4.12"
std::string Seconds(absl::Duration all);  // "12.3"

}  // namespace waymark::bench
