// The checker: reads what the clients wrote down and what lies on the disk of a stopped
// partnership, and says which promise was broken. README.md has the list.
//
//   checker DATA BOOK [--json]
//   checker --compare STORE STORE [--json]
//
// Exit code 0: every invariant holds; 1: findings; 2: it could not be checked.
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "nlohmann/json.hpp"
#include "tests/checker/checks.h"

namespace checker {
namespace {

constexpr int kHolds = 0, kBroken = 1, kUnchecked = 2;

int Print(const Report& report, bool json) {
  nlohmann::json out = {{"findings", nlohmann::json::array()}, {"checked", report.counts()}};
  for (const Finding& finding : report.findings()) {
    out["findings"].push_back({{"invariant", finding.invariant},
                               {"code", finding.code},
                               {"subject", finding.subject},
                               {"evidence", finding.evidence}});
    if (json) continue;
    std::printf("%d %s  %s: %s\n", finding.invariant, finding.code.c_str(), finding.subject.c_str(),
                finding.evidence.c_str());
  }
  if (json) {
    std::printf("%s\n", out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
  } else {
    for (const auto& [what, count] : report.counts()) {
      std::printf("  %zu %s\n", count, what.c_str());
    }
    std::printf("%zu findings\n", report.findings().size());
  }
  return report.findings().empty() ? kHolds : kBroken;
}

int Compare(const std::string& one_path, const std::string& other_path, bool json) {
  Store one, other;
  one.path = one_path;
  other.path = other_path;
  for (Store* store : {&one, &other}) {
    const std::string wrong = ReadStore(store->path, *store);
    if (wrong.empty()) continue;
    std::fprintf(stderr, "checker: %s\n", wrong.c_str());
    return kUnchecked;
  }
  Report report;
  CompareStores(one, other, report);
  return Print(report, json);
}

int Check(const std::string& data, const std::string& book_path, bool json) {
  const Book book = ReadBook(book_path);
  const World world = ReadWorld(data);
  Report report;
  if (!book.unreadable.empty()) {
    std::fprintf(stderr, "checker: %s\n", book.unreadable.c_str());
    return kUnchecked;
  }
  for (const std::string& what : world.unreadable) report.Add(3, "unreadable", "store", what);
  CheckAnswers(world, book, report);
  CheckLanes(world, book, report);
  CheckJournals(world, book, report);
  CheckAlerts(world, book, report);
  CheckSecrets(world, book, report);
  CheckDisclosures(world, book, report);
  CheckRights(world, book, report);
  CheckCheckpoints(world, book, report);
  CheckAudit(world, book, report);
  return Print(report, json);
}

int Run(std::vector<std::string> arguments) {
  bool json = false, compare = false;
  std::vector<std::string> paths;
  for (const std::string& argument : arguments) {
    if (argument == "--json") {
      json = true;
    } else if (argument == "--compare") {
      compare = true;
    } else {
      paths.push_back(argument);
    }
  }
  if (paths.size() != 2) {
    std::fprintf(stderr, "usage: checker DATA BOOK [--json] | checker --compare STORE STORE\n");
    return kUnchecked;
  }
  return compare ? Compare(paths[0], paths[1], json) : Check(paths[0], paths[1], json);
}

}  // namespace
}  // namespace checker

int main(int argc, char** argv) {
  return checker::Run(std::vector<std::string>(argv + 1, argv + argc));
}
