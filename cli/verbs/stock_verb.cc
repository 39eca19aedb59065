// waymark stock: the homes and neighbourhoods an agency has an interest in.
#include <fstream>
#include <istream>
#include <ostream>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "cli/publish/lines.h"
#include "cli/verbs/ask.h"
#include "cli/verbs/verbs.h"
#include "waymark/gateway/v1/stock.pb.h"

namespace waymark::cli {
namespace {

constexpr int kEntriesOfCallMax = 1000;
constexpr size_t kUprnDigits = 12;

struct Options {
  ConnectionOptions connection;
  std::string file;
};

bool AllDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool IsUprn(std::string_view text) { return text.size() == kUprnDigits && AllDigits(text); }

// Of England or Wales: E01018043, W01000123.
bool IsLsoa(std::string_view text) {
  return text.size() == 9 && (text.substr(0, 3) == "E01" || text.substr(0, 3) == "W01") &&
         AllDigits(text.substr(1));
}

struct Register {
  std::vector<gateway::v1::RegisterStockRequest> calls;
  std::set<std::string> seen;
  int64_t refused = 0;

  void Add(const std::string& entry) {
    if (!seen.insert(entry).second) return;
    const auto full = [](const auto& call) {
      return call.uprns_size() + call.lsoas_size() == kEntriesOfCallMax;
    };
    if (calls.empty() || full(calls.back())) calls.emplace_back();
    (IsUprn(entry) ? calls.back().mutable_uprns() : calls.back().mutable_lsoas())
        ->Add(std::string(entry));
  }
};

// Blank lines and those that begin with '#' are passed over.
Register ReadRegister(std::istream& in, const Terminal& terminal) {
  Register stock;
  Lines lines(in);
  while (const std::optional<Line> line = lines.Next()) {
    const std::string entry(absl::StripAsciiWhitespace(line->text));
    if (!line->oversized && (entry.empty() || entry[0] == '#')) continue;
    if (IsUprn(entry) || IsLsoa(entry)) {
      stock.Add(entry);
      continue;
    }
    ++stock.refused;
    terminal.err << "line " << line->number << ": refused\n"
                 << ProblemLines({{"malformed", "",
                                   "a UPRN of 12 digits or an LSOA code such as "
                                   "E01018043",
                                   "correct the line and register the file again"}});
  }
  return stock;
}

int Run(Workshop& workshop, const Options& options) {
  std::ifstream file;
  if (options.file != "-") {
    file.open(options.file, std::ios::binary);
    if (!file) {
      return SayUsage(workshop, options.connection.json, "stock register",
                      options.file + " cannot be read");
    }
  }
  Register stock =
      ReadRegister(options.file == "-" ? workshop.terminal.in : file, workshop.terminal);
  const Question question = {"stock register", "/waymark.gateway.v1.StockService/RegisterStock",
                             Asker::kSystem};
  uint64_t added = 0;
  for (gateway::v1::RegisterStockRequest& call : stock.calls) {
    gateway::v1::RegisterStockResponse response;
    const absl::Status asked = Call(workshop, options.connection, question, call, response);
    if (!asked.ok()) {
      SayStatus(workshop.terminal, options.connection.json, question.doing, asked);
      return ExitCodeOf(asked);
    }
    added += response.added();
  }
  if (options.connection.json) {
    workshop.terminal.out << "{\"entries\":" << stock.seen.size() << ",\"added\":" << added
                          << ",\"refused\":" << stock.refused << "}\n";
  } else {
    workshop.terminal.out << stock.seen.size() << " entries registered, " << added
                          << " of them new; " << stock.refused << " lines refused\n";
  }
  return stock.refused > 0 ? kExitSomeRefused : kExitOk;
}

}  // namespace

void AddStock(Verb root, Workshop& workshop) {
  const Verb verb = root.Sub("stock", "Homes and neighbourhoods your agency has an interest in")
                        .Sub("register", "Add UPRNs and LSOA codes, one a line");
  const auto options = std::make_shared<Options>();
  verb.Text("file", &options->file, "file, or - for standard input; # begins a comment",
            Need::kRequired);
  AddConnectionOptions(verb, workshop, &options->connection);
  verb.Does([&workshop, options] { return Run(workshop, *options); });
}

}  // namespace waymark::cli
