#include "cli/verbs/terminal.h"

#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/util/json_util.h>

#include <nlohmann/json.hpp>
#include <ostream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "cli/publish/utf8.h"
#include "cli/verbs/exit_codes.h"
#include "libs/base/check.h"
#include "libs/base/text.h"
#include "libs/calendar/civil.h"
#include "libs/rpc/errors.h"

namespace waymark::cli {
namespace {

nlohmann::ordered_json ListOf(const std::vector<Problem>& problems) {
  auto list = nlohmann::ordered_json::array();
  for (const Problem& problem : problems) {
    list.push_back({{"code", problem.code},
                    {"field", problem.field},
                    {"wanted", problem.wanted},
                    {"remedy", problem.remedy}});
  }
  return list;
}

// Text of unknown origin never breaks the output.
std::string Dump(const nlohmann::ordered_json& json) {
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string_view NextStep(absl::StatusCode code, std::string_view doing) {
  switch (code) {
    case absl::StatusCode::kUnavailable:
      if (doing == "status") return "`waymark run` starts a partnership on this machine.";
      return "See whether it runs: `waymark status`. On one machine `waymark run` starts it.";
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
      return "It is busy; try the same command again in a little while.";
    case absl::StatusCode::kPermissionDenied:
      return "Act as somebody who may: `--as AGENCY:PERSON:ROLE`, or another `--system`.";
    case absl::StatusCode::kUnauthenticated:
      return "Name a person with `--as AGENCY:PERSON`, or give a fresh token with `--token-file`.";
    default:
      return "";
  }
}

}  // namespace

void Table::Add(std::vector<std::string> row) {
  WM_CHECK(row.size() == header_.size(), "a row has a cell for every column");
  rows_.push_back(std::move(row));
}

void Table::Print(std::ostream& out) const {
  if (rows_.empty()) return;
  std::vector<size_t> widths;
  for (const std::string& cell : header_) widths.push_back(Utf8Length(cell));
  for (const auto& row : rows_) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], Utf8Length(row[i]));
  }
  const auto print = [&](const std::vector<std::string>& row) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      line += row[i];
      if (i + 1 < row.size()) line.append(widths[i] - Utf8Length(row[i]) + 2, ' ');
    }
    out << absl::StripTrailingAsciiWhitespace(line) << "\n";
  };
  print(header_);
  for (const auto& row : rows_) print(row);
}

absl::Time TimeOf(const google::protobuf::Timestamp& at) {
  return absl::FromUnixSeconds(at.seconds()) + absl::Nanoseconds(at.nanos());
}

google::protobuf::Timestamp TimestampOf(absl::Time at) {
  google::protobuf::Timestamp timestamp;
  const int64_t seconds = absl::ToUnixSeconds(at);
  timestamp.set_seconds(seconds);
  timestamp.set_nanos(
      static_cast<int32_t>(absl::ToInt64Nanoseconds(at - absl::FromUnixSeconds(seconds))));
  return timestamp;
}

std::string London(absl::Time at) { return calendar::FormatLondon(at); }

std::string London(const google::protobuf::Timestamp& at) {
  return at.seconds() == 0 && at.nanos() == 0 ? "-" : London(TimeOf(at));
}

std::string Word(std::string_view enum_name, std::string_view prefix) {
  if (enum_name.substr(0, prefix.size()) == prefix) enum_name.remove_prefix(prefix.size());
  return enum_name.empty() || enum_name == "UNSPECIFIED" ? "-" : std::string(enum_name);
}

std::string LowerWord(std::string_view enum_name, std::string_view prefix) {
  return absl::AsciiStrToLower(Word(enum_name, prefix));
}

std::string Plain(absl::Duration duration) {
  const int64_t minutes = absl::ToInt64Minutes(duration);
  if (minutes < 1) return "under a minute";
  const int64_t days = minutes / 1440, hours = minutes % 1440 / 60;
  if (days > 0) {
    const std::string rest = hours > 0 ? absl::StrCat(" ", hours, " h") : "";
    return absl::StrCat(days, days == 1 ? " day" : " days", rest);
  }
  if (hours == 0) return absl::StrCat(minutes, " min");
  return absl::StrCat(hours, " h", minutes % 60 > 0 ? absl::StrCat(" ", minutes % 60, " min") : "");
}

std::string JsonOf(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  std::string text;
  const auto status = google::protobuf::util::MessageToJsonString(message, &text, options);
  WM_CHECK(status.ok(), "a message of this program has a JSON form");
  return text;
}

std::string ProblemLines(const std::vector<Problem>& problems) {
  std::string lines;
  for (const Problem& problem : problems) {
    absl::StrAppend(&lines, "  - ", problem.code);
    if (!problem.field.empty()) absl::StrAppend(&lines, " at ", problem.field);
    absl::StrAppend(&lines, "\n");
    if (!problem.wanted.empty()) absl::StrAppend(&lines, "    wanted: ", problem.wanted, "\n");
    if (!problem.remedy.empty()) absl::StrAppend(&lines, "    do: ", problem.remedy, "\n");
  }
  return lines;
}

std::string ProblemsJson(const std::vector<Problem>& problems) {
  return "\"problems\":" + Dump(ListOf(problems));
}

void SayStatus(const Terminal& terminal, bool json, std::string_view doing,
               const absl::Status& status) {
  const std::vector<Problem> problems = rpc::ProblemsFrom(status);
  const std::string code = absl::StatusCodeToString(status.code());
  const std::string message(ToStd(status.message()));
  if (json) {
    const nlohmann::ordered_json error = {
        {"code", code}, {"message", message}, {"problems", ListOf(problems)}};
    terminal.err << Dump({{"error", error}}) << "\n";
    return;
  }
  terminal.err << "waymark " << doing << ": ";
  if (!problems.empty()) {
    terminal.err << "refused:\n" << ProblemLines(problems);
    return;
  }
  const int exit_code = ExitCodeOf(status);
  if (exit_code == kExitUnreachable) terminal.err << "no answer: ";
  if (exit_code == kExitNotPermitted) terminal.err << "not permitted: ";
  terminal.err << message << "\n";
  if (const std::string_view next = NextStep(status.code(), doing); !next.empty()) {
    terminal.err << next << "\n";
  }
}

}  // namespace waymark::cli
