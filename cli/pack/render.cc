#include "cli/pack/render.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "libs/base/text.h"

namespace waymark::cli {
namespace {

std::string MarkdownText(std::string_view text) {
  return absl::StrReplaceAll(ToAbsl(text), {{"\\", "\\\\"},
                                            {"|", "\\|"},
                                            {"*", "\\*"},
                                            {"_", "\\_"},
                                            {"`", "\\`"},
                                            {"[", "\\["},
                                            {"<", "&lt;"},
                                            {"&", "&amp;"},
                                            {"#", "\\#"},
                                            {"\n", " "}});
}

std::string MarkdownCell(const Cell& cell) {
  return absl::StrCat(MarkdownText(cell.text), cell.local ? " *(" : "",
                      cell.local ? ToAbsl(kLocalMark) : "", cell.local ? ")*" : "");
}

void AddMarkdownTable(const HandbookTable& table, std::string& out) {
  absl::StrAppend(&out, "**", MarkdownText(table.caption), "**\n\n|");
  for (const std::string& head : table.header) absl::StrAppend(&out, " ", MarkdownText(head), " |");
  absl::StrAppend(&out, "\n|");
  for (size_t i = 0; i < table.header.size(); ++i) absl::StrAppend(&out, "---|");
  absl::StrAppend(&out, "\n");
  for (const std::vector<Cell>& row : table.rows) {
    absl::StrAppend(&out, "|");
    for (const Cell& cell : row) absl::StrAppend(&out, " ", MarkdownCell(cell), " |");
    absl::StrAppend(&out, "\n");
  }
  absl::StrAppend(&out, "\n");
}

std::string HtmlText(std::string_view text) {
  return absl::StrReplaceAll(
      ToAbsl(text),
      {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&#39;"}});
}

std::string HtmlCell(const Cell& cell) {
  if (!cell.local) return HtmlText(cell.text);
  return absl::StrCat(HtmlText(cell.text), " <span class=\"local\">", ToAbsl(kLocalMark),
                      "</span>");
}

void AddHtmlTable(const HandbookTable& table, std::string& out) {
  absl::StrAppend(&out, "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"",
                  HtmlText(table.caption), "\">\n<table>\n<caption>", HtmlText(table.caption),
                  "</caption>\n<thead><tr>");
  for (const std::string& head : table.header) {
    absl::StrAppend(&out, "<th scope=\"col\">", HtmlText(head), "</th>");
  }
  absl::StrAppend(&out, "</tr></thead>\n<tbody>\n");
  for (const std::vector<Cell>& row : table.rows) {
    absl::StrAppend(&out, "<tr>");
    for (size_t i = 0; i < row.size(); ++i) {
      const char* open = i == 0 ? "<th scope=\"row\">" : "<td>";
      absl::StrAppend(&out, open, HtmlCell(row[i]), i == 0 ? "</th>" : "</td>");
    }
    absl::StrAppend(&out, "</tr>\n");
  }
  absl::StrAppend(&out, "</tbody>\n</table>\n</div>\n");
}

constexpr std::string_view kStyle = R"(
:root { color-scheme: light dark; --ink: #1b1f23; --paper: #fff; --line: #b8c0c8; --head: #eef2f5;
  --mark: #7a4100; --link: #0b4f8a; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaed; --paper: #16191c; --line: #4a525a;
  --head: #23282d; --mark: #ffbf70; --link: #8ec5ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 70rem; padding: 1.5rem; color: var(--ink);
  background: var(--paper); font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.8rem; } h2 { font-size: 1.3rem; margin-top: 2.5rem; }
a { color: var(--link); }
nav ul { columns: 16rem; padding-left: 1.2rem; }
.wide { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; width: 100%; font-size: 0.95rem; }
caption { text-align: left; font-weight: 600; padding: 0.3rem 0; }
th, td { border: 1px solid var(--line); padding: 0.35rem 0.55rem; text-align: left;
  vertical-align: top; }
thead th { background: var(--head); }
tbody th { font-weight: 500; }
.local { border: 1px solid currentColor; border-radius: 0.2rem; padding: 0 0.25rem;
  font-size: 0.8rem; color: var(--mark); white-space: nowrap; }
@media print { body { max-width: none; padding: 0; } .wide { overflow: visible; }
  tr { break-inside: avoid; } nav { display: none; } }
)";

}  // namespace

std::string ToMarkdown(const Handbook& handbook) {
  std::string out = absl::StrCat("# ", MarkdownText(handbook.title), "\n\n");
  for (const Cell& line : handbook.paragraphs) absl::StrAppend(&out, MarkdownCell(line), "\n\n");
  for (const Section& section : handbook.sections) {
    absl::StrAppend(&out, "## ", MarkdownText(section.heading), "\n\n");
    for (const Cell& line : section.paragraphs) absl::StrAppend(&out, MarkdownCell(line), "\n\n");
    for (const HandbookTable& table : section.tables) AddMarkdownTable(table, out);
  }
  return out;
}

std::string ToHtml(const Handbook& handbook) {
  std::string out = absl::StrCat(
      "<!doctype html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n",
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n",
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'\">\n<title>",
      HtmlText(handbook.title), "</title>\n<style>", ToAbsl(kStyle), "</style>\n</head>\n<body>\n");
  absl::StrAppend(&out, "<header>\n<h1>", HtmlText(handbook.title), "</h1>\n");
  for (const Cell& line : handbook.paragraphs) {
    absl::StrAppend(&out, "<p>", HtmlCell(line), "</p>\n");
  }
  absl::StrAppend(&out, "</header>\n<nav aria-label=\"Contents\">\n<ul>\n");
  for (size_t i = 0; i < handbook.sections.size(); ++i) {
    absl::StrAppend(&out, "<li><a href=\"#s", i + 1, "\">", HtmlText(handbook.sections[i].heading),
                    "</a></li>\n");
  }
  absl::StrAppend(&out, "</ul>\n</nav>\n<main>\n");
  for (size_t i = 0; i < handbook.sections.size(); ++i) {
    const Section& section = handbook.sections[i];
    absl::StrAppend(&out, "<section aria-labelledby=\"s", i + 1, "\">\n<h2 id=\"s", i + 1, "\">",
                    HtmlText(section.heading), "</h2>\n");
    for (const Cell& line : section.paragraphs) {
      absl::StrAppend(&out, "<p>", HtmlCell(line), "</p>\n");
    }
    for (const HandbookTable& table : section.tables) AddHtmlTable(table, out);
    absl::StrAppend(&out, "</section>\n");
  }
  absl::StrAppend(&out, "</main>\n</body>\n</html>\n");
  return out;
}

}  // namespace waymark::cli
