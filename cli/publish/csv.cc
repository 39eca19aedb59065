#include "cli/publish/csv.h"

#include <utility>

#include "cli/publish/problems.h"
#include "cli/publish/utf8.h"

namespace waymark::cli {
namespace {

// One record, fed line by line.
class Parser {
 public:
  enum class State { kMore, kDone, kStrayQuote };

  State Feed(const std::string& line) {
    size_t at = 0;
    if (in_quotes_) field_.push_back('\n');
    while (true) {
      if (in_quotes_) {
        const size_t quote = line.find('"', at);
        field_.append(line, at, quote == std::string::npos ? quote : quote - at);
        if (quote == std::string::npos) return State::kMore;
        at = quote + 1;
        if (at < line.size() && line[at] == '"') {
          field_.push_back('"');
          ++at;
          continue;
        }
        in_quotes_ = false;
        if (at < line.size() && line[at] != ',') return State::kStrayQuote;
      } else if (at < line.size() && line[at] == '"') {
        in_quotes_ = true;
        ++at;
        continue;
      } else {
        const size_t comma = std::min(line.find(',', at), line.size());
        field_ = line.substr(at, comma - at);
        if (field_.find('"') != std::string::npos) return State::kStrayQuote;
        at = comma;
      }
      fields_.push_back(std::exchange(field_, {}));
      if (at == line.size()) return State::kDone;
      ++at;  // the comma
    }
  }
  std::vector<std::string> Take() { return std::move(fields_); }

 private:
  std::vector<std::string> fields_;
  std::string field_;
  bool in_quotes_ = false;
};

Problem UnterminatedQuote() {
  return {"unterminated_quote", "", "every quoted field to end with a double quote",
          "close the quote, or double it where it is part of the text"};
}

Problem StrayQuote() {
  return {"stray_quote", "", "a quoted field wholly in double quotes, quotes inside it doubled",
          "put the whole field into quotes and double the quotes inside it"};
}

}  // namespace

std::optional<CsvRecord> CsvReader::Next() {
  std::optional<Line> line = lines_.Next();
  while (line && line->text.empty() && !line->oversized) line = lines_.Next();
  if (!line) return std::nullopt;
  CsvRecord record;
  record.line = line->number;
  Parser parser;
  std::deque<Line> after;  // what was read of this record beyond its first line
  size_t bytes = 0;
  for (std::optional<Line> next = std::move(line);;) {
    bytes += next->text.size() + 1;
    if (next->oversized || bytes > kLineBytesMax + 1) {
      record.problem = TooLarge(kLineBytesMax);
    } else if (!IsUtf8(next->text)) {
      record.problem = NotUtf8();
    } else {
      const Parser::State state = parser.Feed(next->text);
      if (state == Parser::State::kDone) {
        record.fields = parser.Take();
        return record;
      }
      if (state == Parser::State::kStrayQuote) record.problem = StrayQuote();
    }
    if (next->number != record.line) after.push_back(std::move(*next));
    if (record.problem) break;
    next = lines_.Next();
    if (!next) {
      record.problem = UnterminatedQuote();
      break;
    }
  }
  lines_.GiveBack(std::move(after));
  return record;
}

}  // namespace waymark::cli
