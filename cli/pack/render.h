// A handbook as blocks of words and tables, and its two forms: Markdown, and HTML that needs no
// other file. Pure; thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace waymark::cli {

// Words of a table or a line. `local` marks what no published source gives.
struct Cell {
  std::string text;
  bool local = false;
};

struct HandbookTable {
  std::string caption;
  std::vector<std::string> header;
  std::vector<std::vector<Cell>> rows;  // as many cells as the header; the first names the row
};

// A section: a heading, then its words, then its tables.
struct Section {
  std::string heading;
  std::vector<Cell> paragraphs;
  std::vector<HandbookTable> tables;
};

struct Handbook {
  std::string title;
  std::vector<Cell> paragraphs;
  std::vector<Section> sections;
};

// What stands beside local values in both forms.
inline constexpr std::string_view kLocalMark = "local";

// Everything of the pack is escaped in both: its words can hold neither markup nor table bars.
std::string ToMarkdown(const Handbook& handbook);
// One page: English, a list of contents, tables with captions and headed rows and columns, no
// script, nothing fetched, readable in dark and light and on paper.
std::string ToHtml(const Handbook& handbook);

}  // namespace waymark::cli
