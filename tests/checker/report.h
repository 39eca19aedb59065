// What the checker found wrong: each thing with a stable name, what it is about, and its evidence.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace checker {

struct Finding {
  int invariant = 0;     // of the list in README.md
  std::string code;      // "acknowledged_lost"
  std::string subject;   // which part, lane, incident
  std::string evidence;  // what was seen, and what should have been
};

class Report {
 public:
  void Add(int invariant, std::string code, std::string subject, std::string evidence) {
    findings_.push_back({invariant, std::move(code), std::move(subject), std::move(evidence)});
  }
  // How many things of a kind were looked at: a check that looked at nothing held nothing.
  void Count(const std::string& what, size_t more = 1) { counts_[what] += more; }

  const std::vector<Finding>& findings() const { return findings_; }
  const std::map<std::string, size_t>& counts() const { return counts_; }

 private:
  std::vector<Finding> findings_;
  std::map<std::string, size_t> counts_;
};

}  // namespace checker
