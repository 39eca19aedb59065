// waymark_rules_bench: what a line of `waymark rules` costs on one core, operation by operation.
// One argument: how many lines of each.
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <sstream>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "cli/rules/rules_command.h"
#include "libs/base/check.h"
#include "libs/base/cpu_time.h"
#include "libs/base/rfc3339.h"

namespace waymark::bench {
namespace {

constexpr int kRuns = 5;

// Small numbers that look random and are the same in every run.
class Numbers {
 public:
  int Below(int limit) {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<int>((state_ >> 33) % static_cast<uint64_t>(limit));
  }
  const char* Of(std::vector<const char*> words) {
    return words[static_cast<size_t>(Below(static_cast<int>(words.size())))];
  }

 private:
  uint64_t state_ = 1;
};

std::string At(int64_t days, int64_t hours) {
  static const absl::Time kStart = absl::FromCivil(absl::CivilDay(2026, 1, 1), absl::UTCTimeZone());
  return FormatRfc3339(kStart + absl::Hours(24 * days + hours));
}

std::string GradeLine(Numbers& random) {
  return absl::StrCat(R"({"op":"grade","harm":")", random.Of({"low", "moderate", "significant"}),
                      R"(","pattern":")", random.Of({"isolated", "regular", "escalating"}), "\"}");
}

std::string AssessLine(Numbers& random) {
  const std::vector<std::pair<const char*, std::vector<const char*>>> items = {
      {"frequency", {"none", "occasionally", "frequently", "unknown"}},
      {"escalation", {"no", "yes", "unknown"}},
      {"offender_known", {"no", "yes", "well"}},
      {"targeted", {"no", "several", "family"}},
      {"hate", {"no", "yes", "unknown"}},
      {"intimidation", {"no", "reputation", "past", "current"}},
      {"effect", {"none", "routine", "distressed", "health"}},
      {"support", {"close", "few", "isolated", "unknown"}},
      {"personal_risk", {"no", "yes"}}};
  std::string line = R"({"op":"assess","subject":"victim","answers":{)";
  for (const auto& [item, options] : items) {
    if (line.back() != '{') line += ',';
    absl::StrAppend(&line, "\"", item, "\":\"", random.Of(options), "\"");
  }
  return line + R"(},"officer":{"band":"HIGH","reason":"known to the team for long"}})";
}

std::string EffectiveLine(Numbers& random) {
  std::string line = R"({"op":"effective","now":"2026-03-01T09:00:00Z","assessments":[)";
  for (const char* agency : {"police", "housing", "council", "fire"}) {
    if (line.back() != '[') line += ',';
    absl::StrAppend(&line, R"({"agency":")", agency, R"(","overall":")",
                    random.Of({"STANDARD", "MEDIUM", "HIGH"}), R"(","at":")",
                    At(random.Below(60), 9), "\"}");
  }
  return line + "]}";
}

std::string AskLine(Numbers& random) {
  return absl::StrCat(R"({"op":"ask","set":"fenland","answers":{"q1":")",
                      random.Of({"yes", "no", "unknown"}),
                      R"(","q2_economic":"the shop closes early","q2_family":"they sleep badly",)",
                      R"("q3_is_asb":"yes","q4_vulnerable":")", random.Of({"yes", "no"}), "\"}}");
}

std::string RepeatLine(Numbers& random) {
  std::string line = R"({"op":"repeat","now":"2026-06-30T09:00:00Z","incidents":[)";
  for (int i = 0; i < 6; ++i) {
    if (i > 0) line += ',';
    const int day = 90 + random.Below(88);
    absl::StrAppend(&line, R"({"id":"incident-)", i, R"(","occurred_at":")",
                    At(day, random.Below(20)), R"(","reported_at":")", At(day, 21), R"(","type":")",
                    random.Of({"noise", "rowdy_neighbours", "littering"}),
                    R"(","subject":"subject-)", random.Below(2),
                    R"(","location":"place","agency":")", random.Of({"police", "housing"}), "\"}");
  }
  return line + "]}";
}

std::string ClockLine(Numbers& random) {
  return absl::StrCat(R"({"op":"clock","clock":")",
                      random.Of({"profile_entry", "conference", "update", "override_review",
                                 "alert_acknowledgement"}),
                      R"(","start":")", At(random.Below(365), random.Below(24)), R"(","owner":")",
                      random.Of({"police", "housing", "council"}), R"(","now":")",
                      At(random.Below(365), 12), "\"}");
}

struct Operation {
  const char* name;
  std::string (*line)(Numbers& random);
};

double SecondsOf(const std::string& lines) {
  std::istringstream in(lines);
  std::ostringstream out, err;
  const absl::Duration before = ThreadCpuTime();
  WM_CHECK(cli::RunRules("fenland", in, out, err) == cli::kAllAnswered, "a line was refused");
  return absl::ToDoubleSeconds(ThreadCpuTime() - before);
}

void Measure(const Operation& operation, int lines) {
  Numbers random;
  std::string text;
  for (int i = 0; i < lines; ++i) absl::StrAppend(&text, operation.line(random), "\n");
  std::vector<double> seconds;
  for (int i = 0; i < kRuns; ++i) seconds.push_back(SecondsOf(text));
  std::sort(seconds.begin(), seconds.end());
  const double median = seconds[kRuns / 2];
  std::printf("| %s | %zu | %.0f | %.1f | %.1f to %.1f |\n", operation.name, text.size() / lines,
              lines / median, median / lines * 1e6, seconds.front() / lines * 1e6,
              seconds.back() / lines * 1e6);
}

}  // namespace
}  // namespace waymark::bench

int main(int argc, char** argv) {
  using namespace waymark::bench;
  const int lines = argc > 1 ? std::atoi(argv[1]) : 100'000;
  WM_CHECK(lines > 0, "wanted how many lines");
  std::printf("| op | bytes a line | lines a second | us each | spread of %d runs |\n", kRuns);
  std::printf("|---|---:|---:|---:|---:|\n");
  for (const Operation& operation :
       {Operation{"grade", GradeLine}, Operation{"assess", AssessLine},
        Operation{"effective", EffectiveLine}, Operation{"ask", AskLine},
        Operation{"repeat, 6 incidents", RepeatLine}, Operation{"clock", ClockLine}}) {
    Measure(operation, lines);
  }
  return 0;
}
