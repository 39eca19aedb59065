#include "absl/strings/str_cat.h"
#include "services/sharing/statement/domain/rights.h"

namespace waymark::sharing::statement {
namespace {

constexpr char kHead[] =
    "<!doctype html>\n"
    "<html lang=\"en-GB\">\n"
    "<head>\n"
    "<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
    "'unsafe-inline'\">\n"
    "<meta name=\"robots\" content=\"noindex\">\n"
    "<meta name=\"referrer\" content=\"no-referrer\">\n";

constexpr char kStyle[] =
    "<style>\n"
    ":root{color-scheme:light}\n"
    "body{margin:0;background:#fff;color:#1a1a1a;font:1.0625rem/1.55 system-ui,-apple-system,"
    "'Segoe UI',Arial,sans-serif}\n"
    "main{max-width:46rem;margin:0 auto;padding:2rem 1.25rem 4rem;overflow-wrap:anywhere}\n"
    "h1{font-size:1.9rem;line-height:1.2;margin:0 0 1rem}\n"
    "h2{font-size:1.35rem;margin:2.5rem 0 .75rem;padding-top:1rem;border-top:3px solid #1a1a1a}\n"
    "h3{font-size:1.1rem;margin:0 0 .6rem}\n"
    "section.part{border:1px solid #767676;border-left-width:.4rem;border-radius:.25rem;"
    "padding:1rem 1.1rem;margin:0 0 1.1rem}\n"
    "section.ended{border-left-color:#767676}\n"
    "section.live{border-left-color:#0b6e4f}\n"
    "dl{display:grid;grid-template-columns:minmax(6.5rem,auto) 1fr;gap:.35rem 1rem;margin:0}\n"
    "dt{font-weight:600}\n"
    "dd{margin:0}\n"
    "ul{padding-left:1.2rem}\n"
    ".tag{display:inline-block;font-size:.85rem;font-weight:600;border:1px solid currentColor;"
    "border-radius:1rem;padding:0 .6rem;margin-left:.5rem;vertical-align:middle}\n"
    ".live .tag{color:#0b6e4f}\n"
    ".ended .tag{color:#595959}\n"
    "footer{margin-top:2.5rem;font-size:.9rem;color:#595959}\n"
    "@media (max-width:32rem){dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.5rem}}\n"
    "@media print{main{max-width:none;padding:0}body{font-size:11pt}section.part{break-inside:"
    "avoid}h2,h3{break-after:avoid}}\n"
    "</style>\n";

std::string Escaped(const std::string& text) {
  std::string safe;
  safe.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      case '\'':
        safe += "&#39;";
        break;
      default:
        safe += static_cast<unsigned char>(c) < ' ' && c != '\n' ? ' ' : c;
    }
  }
  return safe;
}

void Lines(const std::vector<Line>& lines, std::string& out) {
  absl::StrAppend(&out, "<dl>\n");
  for (const Line& line : lines) {
    absl::StrAppend(&out, "<dt>", Escaped(line.label), "</dt><dd>", Escaped(line.value), "</dd>\n");
  }
  absl::StrAppend(&out, "</dl>\n");
}

void Shared(const Statement& statement, std::string& out) {
  absl::StrAppend(&out, "<h2 id=\"told\">Who was told</h2>\n");
  if (statement.shared.empty()) {
    absl::StrAppend(&out, "<p>Nobody was told anything about you.</p>\n");
  }
  for (const SharedPart& part : statement.shared) {
    const bool live = !part.until;
    absl::StrAppend(&out, "<section class=\"part ", live ? "live" : "ended", "\">\n<h3>",
                    Escaped(part.recipient), " <span class=\"tag\">",
                    live ? "still shared" : "ended", "</span></h3>\n");
    Lines(LinesOf(part), out);
    absl::StrAppend(&out, "</section>\n");
  }
}

template <class Part>
void Section(const std::string& id, const std::string& title, const std::vector<Part>& parts,
             std::string& out) {
  if (parts.empty()) return;
  absl::StrAppend(&out, "<h2 id=\"", id, "\">", title, "</h2>\n");
  for (const Part& part : parts) {
    absl::StrAppend(&out, "<section class=\"part\">\n");
    Lines(LinesOf(part), out);
    absl::StrAppend(&out, "</section>\n");
  }
}

void NotSharedList(const Statement& statement, std::string& out) {
  if (statement.not_shared.empty()) return;
  absl::StrAppend(&out, "<h2 id=\"refused\">What was not shared</h2>\n<ul>\n");
  for (const NotShared& refused : statement.not_shared) {
    absl::StrAppend(&out, "<li>", Escaped(When(refused.at)), ": ", Escaped(refused.recipient),
                    ", because ", Escaped(refused.because), ".</li>\n");
  }
  absl::StrAppend(&out, "</ul>\n");
}

}  // namespace

std::string AsHtml(const Statement& statement) {
  const std::string title = statement.person.empty()
                                ? "Sharing statement"
                                : absl::StrCat("Sharing statement for ", statement.person);
  std::string out = absl::StrCat(kHead, "<title>", Escaped(title), "</title>\n", kStyle,
                                 "</head>\n<body>\n<main>\n<h1>", Escaped(title), "</h1>\n");
  for (const std::string& paragraph : Opening(statement)) {
    absl::StrAppend(&out, "<p>", Escaped(paragraph), "</p>\n");
  }
  Shared(statement, out);
  Section("without-consent", "Decisions to share without your consent", statement.overrides, out);
  NotSharedList(statement, out);
  Section("consent", "Your consent", statement.consents, out);
  if (statement.consents.empty()) {
    absl::StrAppend(&out, "<h2 id=\"consent\">Your consent</h2>\n<p>None is on record.</p>\n");
  }
  absl::StrAppend(&out, "<h2 id=\"rights\">What you can do</h2>\n");
  for (const Point& point : Rights(statement)) {
    absl::StrAppend(&out, "<h3>", Escaped(point.title), "</h3>\n<p>", Escaped(point.words),
                    "</p>\n");
  }
  absl::StrAppend(&out, "<footer><p>", Escaped(Provenance(statement)), "</p></footer>\n",
                  "</main>\n</body>\n</html>\n");
  return out;
}

}  // namespace waymark::sharing::statement
