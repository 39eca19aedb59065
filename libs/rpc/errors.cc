#include "libs/rpc/errors.h"

#include "absl/strings/cord.h"
#include "absl/strings/str_join.h"
#include "libs/base/check.h"
#include "libs/base/text.h"
#include "libs/rpc/open_call.h"
#include "waymark/common/v1/problem.pb.h"

namespace waymark::rpc {
namespace {

constexpr char kPayload[] = "type.googleapis.com/waymark.common.v1.Problems";
constexpr size_t kProblemsMax = 16;
constexpr size_t kBytesMax = 4096;
constexpr size_t kMessageMax = 1024;
constexpr int kCodeMax = 16;  // UNAUTHENTICATED, the last code of gRPC

// Cut so that no UTF-8 sequence is left half.
std::string Shorten(std::string text) {
  if (text.size() <= kMessageMax) return text;
  size_t end = kMessageMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  text.resize(end);
  return text + "...";
}

}  // namespace

absl::Status ProblemStatus(absl::StatusCode code, const std::vector<Problem>& problems) {
  WM_CHECK(code != absl::StatusCode::kOk, "a problem is not a success");
  common::v1::Problems message;
  std::vector<std::string> lines;
  for (const Problem& problem : problems) {
    common::v1::Problem* added = message.add_problems();
    added->set_code(problem.code);
    added->set_field(problem.field);
    added->set_wanted(problem.wanted);
    added->set_remedy(problem.remedy);
    if (message.problems_size() > static_cast<int>(kProblemsMax) ||
        message.ByteSizeLong() > kBytesMax) {
      message.mutable_problems()->RemoveLast();
      break;
    }
    lines.push_back(Describe(problem));
  }
  size_t untold = problems.size() - lines.size();
  std::string text = Shorten(absl::StrJoin(lines, "; "));
  if (untold > 0) absl::StrAppend(&text, " (and ", untold, " more)");
  absl::Status status(code, text);
  status.SetPayload(kPayload, absl::Cord(message.SerializeAsString()));
  return status;
}

absl::Status ProblemStatus(const Problem& problem) {
  return ProblemStatus(absl::StatusCode::kInvalidArgument, {problem});
}

std::vector<Problem> ProblemsFrom(const absl::Status& status) {
  common::v1::Problems message;
  if (!message.ParseFromString(ProblemBytes(status))) return {};
  std::vector<Problem> problems;
  for (const common::v1::Problem& problem : message.problems()) {
    problems.push_back({problem.code(), problem.field(), problem.wanted(), problem.remedy()});
  }
  return problems;
}

std::string ProblemBytes(const absl::Status& status) {
  auto payload = status.GetPayload(kPayload);
  return payload ? std::string(*payload) : std::string();
}

absl::Status Travelling(const absl::Status& status) {
  if (status.message().size() <= kMessageMax) return status;
  return StatusFromWire(static_cast<int>(status.code()), Shorten(std::string(status.message())),
                        ProblemBytes(status));
}

absl::Status StatusFromWire(int code, std::string message, const std::string& problem_bytes) {
  if (code == 0) return absl::OkStatus();
  bool known = code > 0 && code <= kCodeMax;
  absl::Status status(known ? static_cast<absl::StatusCode>(code) : absl::StatusCode::kUnknown,
                      message);
  if (!problem_bytes.empty()) status.SetPayload(kPayload, absl::Cord(problem_bytes));
  return status;
}

}  // namespace waymark::rpc
