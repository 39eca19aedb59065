#include "libs/base/problem.h"

#include "absl/strings/str_cat.h"

namespace waymark {

std::string Describe(const Problem& problem) {
  std::string line = problem.code;
  if (!problem.field.empty()) absl::StrAppend(&line, " at ", problem.field);
  if (!problem.wanted.empty()) absl::StrAppend(&line, ": wanted ", problem.wanted);
  if (!problem.remedy.empty()) absl::StrAppend(&line, "; ", problem.remedy);
  return line;
}

}  // namespace waymark
