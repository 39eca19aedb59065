#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/sharing/statement/domain/rights.h"

namespace waymark::sharing::statement {
namespace {

constexpr size_t kWidth = 80;
constexpr size_t kLabel = 16;

// One line break where a value had one: values never begin a line of their own making.
std::string Flat(const std::string& text) {
  std::string flat = text;
  for (char& c : flat) {
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  }
  return flat;
}

// Words after `indent` blanks, broken at kWidth; the first line begins with `first`.
void Wrap(const std::string& first, const std::string& text, size_t indent, std::string& out) {
  std::string line = first;
  line.resize(std::max(indent, line.size()), ' ');
  bool fresh = true;
  for (const std::string& word :
       std::vector<std::string>(absl::StrSplit(Flat(text), ' ', absl::SkipEmpty()))) {
    if (!fresh && line.size() + 1 + word.size() > kWidth) {
      absl::StrAppend(&out, line, "\n");
      line.assign(indent, ' ');
      fresh = true;
    }
    if (!fresh) line += ' ';
    line += word;
    fresh = false;
  }
  absl::StrAppend(&out, line, "\n");
}

void Heading(const std::string& title, std::string& out) {
  absl::StrAppend(&out, "\n", title, "\n", std::string(title.size(), '-'), "\n");
}

void Lines(const std::vector<Line>& lines, std::string& out) {
  for (const Line& line : lines) Wrap(absl::StrCat("  ", line.label), line.value, kLabel + 2, out);
}

}  // namespace

std::string AsText(const Statement& statement) {
  std::string out;
  const std::string title = statement.person.empty()
                                ? "Sharing statement"
                                : absl::StrCat("Sharing statement for ", Flat(statement.person));
  absl::StrAppend(&out, title, "\n", std::string(title.size(), '='), "\n\n");
  for (const std::string& paragraph : Opening(statement)) {
    Wrap("", paragraph, 0, out);
    absl::StrAppend(&out, "\n");
  }
  Heading("Who was told", out);
  if (statement.shared.empty()) absl::StrAppend(&out, "Nobody was told anything about you.\n");
  for (const SharedPart& part : statement.shared) {
    absl::StrAppend(&out, Flat(part.recipient), "\n");
    Lines(LinesOf(part), out);
    absl::StrAppend(&out, "\n");
  }
  if (!statement.overrides.empty()) Heading("Decisions to share without your consent", out);
  for (const WithoutConsent& decided : statement.overrides) {
    Lines(LinesOf(decided), out);
    absl::StrAppend(&out, "\n");
  }
  if (!statement.not_shared.empty()) Heading("What was not shared", out);
  for (const NotShared& refused : statement.not_shared) {
    Wrap(absl::StrCat("  ", When(refused.at), "  "),
         absl::StrCat(refused.recipient, ": ", refused.because), 4, out);
  }
  Heading("Your consent", out);
  if (statement.consents.empty()) absl::StrAppend(&out, "None is on record.\n");
  for (const ConsentGiven& consent : statement.consents) {
    Lines(LinesOf(consent), out);
    absl::StrAppend(&out, "\n");
  }
  Heading("What you can do", out);
  for (const Point& point : Rights(statement)) {
    absl::StrAppend(&out, point.title, "\n");
    Wrap("  ", point.words, 2, out);
  }
  absl::StrAppend(&out, "\n");
  Wrap("", Provenance(statement), 0, out);
  return out;
}

}  // namespace waymark::sharing::statement
