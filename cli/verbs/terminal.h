// What a verb talks through, and the forms in which it speaks: aligned tables and London times for
// people, protobuf JSON for programs, and refusals as lists of what was wanted and what to do.
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/base/problem.h"

namespace google::protobuf {
class Message;
class Timestamp;
}  // namespace google::protobuf

namespace waymark::cli {

struct Terminal {
  std::istream& in;
  std::ostream& out;      // what was asked for
  std::ostream& err;      // refusals, progress
  bool progress = false;  // err is a terminal that a person watches
};

// Columns aligned by their longest cell. A table without rows prints nothing.
class Table {
 public:
  explicit Table(std::vector<std::string> header) : header_(std::move(header)) {}
  // As many cells as the header.
  void Add(std::vector<std::string> row);
  void Print(std::ostream& out) const;
  bool empty() const { return rows_.empty(); }

 private:
  std::vector<std::string> header_;
  std::vector<std::vector<std::string>> rows_;
};

// "Fri 06 Mar 2026 18:00 GMT"; "-" for a field that is not set.
std::string London(const google::protobuf::Timestamp& at);
std::string London(absl::Time at);
absl::Time TimeOf(const google::protobuf::Timestamp& at);
google::protobuf::Timestamp TimestampOf(absl::Time at);

// "BAND_HIGH" with prefix "BAND_" to "HIGH"; "-" for UNSPECIFIED.
std::string Word(std::string_view enum_name, std::string_view prefix);
// Lower case, for words of the job that are not bands.
std::string LowerWord(std::string_view enum_name, std::string_view prefix);
// "3 h 20 min", "2 days 1 h", "under a minute".
std::string Plain(absl::Duration duration);

// Protobuf JSON on one line, with the names of the proto files and every field.
std::string JsonOf(const google::protobuf::Message& message);

// One problem as lines of a list: "  - what at where\n    wanted: ...\n    do: ...\n".
std::string ProblemLines(const std::vector<Problem>& problems);
// {"problems":[{"code":...}]} without the braces around it.
std::string ProblemsJson(const std::vector<Problem>& problems);

// Why something did not work: its problems as a list, or its message, with what to do next. With
// `json` one object on one line. `doing` is what was being done: "publish".
void SayStatus(const Terminal& terminal, bool json, std::string_view doing,
               const absl::Status& status);

}  // namespace waymark::cli
