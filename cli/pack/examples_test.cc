// Every pack's examples cover all that it says: every question and trigger, every cell of the grade
// table, the edges of bands, thresholds and windows, every clock in every state. What is not
// covered is named. That the examples are answered as they say is cli/rules/examples_test.cc.
#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/base/rfc3339.h"
#include "libs/calendar/civil.h"
#include "libs/config/file.h"
#include "libs/config/load_pack.h"

namespace waymark::cli {
namespace {

using Json = nlohmann::json;
using pack::Pack;

struct Example {
  Json question, result;  // result is null for an example of a refusal
};

bool Holds(const Json& list, const std::string& word) {
  return list.is_array() && std::find(list.begin(), list.end(), word) != list.end();
}

// A member that may be left out; null then.
Json At(const Json& object, const char* member) { return object.value(member, Json()); }

Json AnswersOf(const Example& example) { return example.question.value("answers", Json::object()); }

class Coverage {
 public:
  Coverage(const Pack& pack, const Pack* included, std::vector<Example> examples)
      : pack_(pack), included_(included), examples_(std::move(examples)) {}

  // What no example covers, each by name.
  std::vector<std::string> Missing() {
    if (pack_.grade) Grades();
    for (const pack::Matrix& matrix : pack_.matrices) Edges(matrix);
    for (const pack::QuestionSet& set : pack_.question_sets) Questions(set);
    for (const pack::RepeatRule& rule : pack_.repeat_rules) {
      if (included_ == nullptr || included_->FindRepeatRule(rule.id) == nullptr) Rule(rule);
    }
    for (const pack::ClockRule& clock : pack_.clocks) {
      const bool own = included_ == nullptr || included_->FindClock(clock.name) == nullptr;
      if (own) Clock(clock);
    }
    return missing_;
  }

 private:
  using Test = std::function<bool(const Example&)>;

  void Want(const std::string& name, const std::string& op, const Test& test) {
    for (const Example& example : examples_) {
      if (At(example.question, "op") == op && !example.result.is_null() && test(example)) return;
    }
    missing_.push_back(name);
  }

  void Grades() {
    for (const char* harm : {"low", "moderate", "significant"}) {
      for (const char* pattern : {"isolated", "regular", "escalating"}) {
        Want(absl::StrCat("grade ", harm, " ", pattern), "grade", [&](const Example& example) {
          return At(example.question, "harm") == harm && At(example.question, "pattern") == pattern;
        });
      }
    }
  }

  void Edges(const pack::Matrix& matrix) {
    const std::string subject(pack::SubjectName(matrix.subject));
    for (const int64_t from : {matrix.medium_from, matrix.high_from}) {
      for (const int64_t score : {from - 1, from, from + 1}) {
        Want(absl::StrCat("matrix ", subject, " score ", score), "assess",
             [&](const Example& example) {
               return At(example.question, "subject") == subject &&
                      example.result.contains("band") &&
                      example.result.value("score", Json()) == score;
             });
      }
    }
  }

  void Questions(const pack::QuestionSet& set) {
    const auto want = [&](const std::string& what, const Test& test) {
      Want(absl::StrCat("set ", set.name, " ", what), "ask", [&](const Example& example) {
        return At(example.question, "set") == set.name && test(example);
      });
    };
    for (const pack::Question& question : set.questions) {
      want(question.id + " shown",
           [&](const Example& example) { return Holds(At(example.result, "show"), question.id); });
      if (!question.show_when.empty()) {
        want(question.id + " not shown", [&](const Example& example) {
          return example.result.contains("show") && !AnswersOf(example).empty() &&
                 !Holds(At(example.result, "show"), question.id);
        });
      }
      if (question.compulsory) {
        want(question.id + " missing", [&](const Example& example) {
          return Holds(At(example.result, "missing"), question.id) &&
                 !AnswersOf(example).contains(question.id);
        });
      }
      if (!question.yes_needs.empty()) {
        want(question.id + " yes without its text", [&](const Example& example) {
          return Holds(At(example.result, "missing"), question.id) &&
                 AnswersOf(example).value(question.id, "") == "yes";
        });
      }
    }
    for (const pack::Trigger& trigger : set.triggers) {
      std::vector<pack::AnswerIs> answers = trigger.any.empty() ? trigger.all : trigger.any;
      for (const pack::AnswerIs& answer : answers) {
        want(absl::StrCat("trigger ", trigger.id, " by ", answer.question),
             [&](const Example& example) {
               return Holds(At(example.result, "triggers"), trigger.id) &&
                      AnswersOf(example).value(answer.question, "") == answer.answer;
             });
      }
      want(absl::StrCat("trigger ", trigger.id, " not fired"), [&](const Example& example) {
        return example.result.contains("triggers") && !AnswersOf(example).empty() &&
               !Holds(At(example.result, "triggers"), trigger.id);
      });
    }
  }

  static int64_t CountOf(const Example& example, const std::string& rule) {
    const Json fired = At(example.result, "fired");
    for (const Json& firing : fired) {
      if (firing["rule"] == rule) return firing["count"];
    }
    return 0;
  }

  void Rule(const pack::RepeatRule& rule) {
    const std::string name = "rule " + rule.id;
    Want(absl::StrCat(name, " one below"), "repeat", [&](const Example& example) {
      return static_cast<int64_t>(At(example.question, "incidents").size()) == rule.fires_at - 1 &&
             CountOf(example, rule.id) == 0;
    });
    for (const int64_t count : {rule.fires_at, rule.fires_at + 1}) {
      Want(absl::StrCat(name, " count ", count), "repeat",
           [&](const Example& example) { return CountOf(example, rule.id) == count; });
    }
    for (const bool inside : {false, true}) {
      Want(absl::StrCat(name, inside ? " just inside" : " just outside", " its window"), "repeat",
           [&](const Example& example) { return HasEdge(example, rule, inside); });
    }
  }

  // Whether an incident lies at the edge of the rule's window, and counts only inside it.
  static bool HasEdge(const Example& example, const pack::RepeatRule& rule, bool inside) {
    const absl::Time now = ParseRfc3339(At(example.question, "now").get<std::string>()).value();
    const char* member =
        rule.counts == pack::CountedTime::kOccurred ? "occurred_at" : "reported_at";
    const Json incidents = At(example.question, "incidents");
    for (const Json& incident : incidents) {
      const absl::Time at = ParseRfc3339(incident[member].get<std::string>()).value();
      bool edge = false;
      if (rule.window == pack::WindowKind::kPeriod) {
        const int months = static_cast<int>(12 * rule.length.years + rule.length.months);
        const absl::CivilDay today = calendar::LondonDate(now), day = calendar::LondonDate(at);
        const bool is_in = calendar::InPeriodOfMonths(today, day, months);
        edge = is_in == inside &&
               calendar::InPeriodOfMonths(today, inside ? day - 1 : day + 1, months) != inside;
      } else {
        const absl::Time from =
            rule.window == pack::WindowKind::kElapsed
                ? now - rule.length.Exact()
                : calendar::SubtractCivilMonths(now, 12 * rule.length.years + rule.length.months);
        edge = at == (inside ? from + absl::Seconds(1) : from);
      }
      if (edge && Counted(example, rule.id, incident["id"]) == inside) return true;
    }
    return false;
  }

  static bool Counted(const Example& example, const std::string& rule, const std::string& id) {
    const Json fired = At(example.result, "fired");
    for (const Json& firing : fired) {
      if (firing["rule"] == rule && Holds(firing["incidents"], id)) return true;
    }
    return false;
  }

  void Clock(const pack::ClockRule& clock) {
    const auto want = [&](const std::string& what, const Test& test) {
      Want(absl::StrCat("clock ", clock.name, " ", what), "clock", [&](const Example& example) {
        return At(example.question, "clock") == clock.name && test(example);
      });
    };
    const bool reminders = clock.spec.calendar == calendar::CalendarKind::kReminders;
    for (const char* state : {"running", "due_soon", "breached", "discharged"}) {
      if (reminders && std::string(state) == "breached") continue;  // the next one is always ahead
      want(state,
           [&](const Example& example) { return example.result.value("state", "") == state; });
    }
    if (CanPassOn(clock)) {
      want("handed over", [](const Example& example) {
        return example.result.value("handed_to", Json()).is_string();
      });
    }
  }

  // Whether some agency of the pack can be closed for the whole of it and has a cover.
  bool CanPassOn(const pack::ClockRule& clock) const {
    constexpr absl::Duration kLongestClosed = absl::Hours(72);
    if (clock.spec.calendar != calendar::CalendarKind::kElapsed) return false;
    if (clock.spec.length.Exact() > kLongestClosed) return false;
    return std::any_of(pack_.agencies.begin(), pack_.agencies.end(), [&](const auto& agency) {
      return !agency.cover.empty() && (pack::IsClockOwner(clock.owner) || clock.owner == agency.id);
    });
  }

  const Pack& pack_;
  const Pack* included_;
  std::vector<Example> examples_;
  std::vector<std::string> missing_;
};

std::vector<Example> ExamplesOf(const std::string& pack) {
  const auto text = config::ReadFile("packs/examples/" + pack + ".jsonl");
  EXPECT_TRUE(text.ok()) << text.status();
  std::vector<Example> examples;
  for (const auto& line : absl::StrSplit(text.value_or(""), '\n', absl::SkipEmpty())) {
    const Json example = Json::parse(std::string(line));
    examples.push_back({example.at("question"), example.at("expect").value("result", Json())});
  }
  return examples;
}

std::vector<std::string> MissingIn(const std::string& name, const std::vector<Example>& examples) {
  const auto statutory = *config::LoadPack("statutory", "packs");
  const auto pack = *config::LoadPack(name, "packs");
  return Coverage(*pack, name == "statutory" ? nullptr : statutory.get(), examples).Missing();
}

TEST(PackExamples, CoverEverythingThatEachPackSays) {
  int packs = 0;
  for (const auto& entry : std::filesystem::directory_iterator("packs")) {
    if (entry.path().extension() != ".yaml") continue;
    const std::string name = entry.path().stem().string();
    EXPECT_THAT(MissingIn(name, ExamplesOf(name)), testing::IsEmpty()) << name;
    ++packs;
  }
  EXPECT_EQ(packs, 10);
}

TEST(PackExamples, WithoutExamplesEverythingIsNamed) {
  EXPECT_THAT(
      MissingIn("fenland", {}),
      testing::IsSupersetOf(
          {"grade low isolated", "matrix victim score 23", "matrix victim score 24",
           "matrix location score 10", "rule response_30d one below", "rule response_30d count 3",
           "rule response_30d just outside its window", "clock conference breached",
           "clock conference handed over", "clock update due_soon", "set fenland q1 shown"}));
  EXPECT_THAT(MissingIn("leicestershire", {}),
              testing::IsSupersetOf({"set victor-e trigger case_manage by ongoing",
                                     "set leicestershire vulnerable yes without its text",
                                     "set leicestershire trigger unknown_chase by safeguarding",
                                     "clock unknown_answer due_soon"}));
}

TEST(PackExamples, EachExampleThatIsAloneIsMissedByName) {
  std::vector<Example> examples = ExamplesOf("west-mercia");
  std::erase_if(examples, [](const Example& example) {
    return example.question.value("answers", Json::object()).value("q8", "") == "yes";
  });
  EXPECT_THAT(
      MissingIn("west-mercia", examples),
      testing::UnorderedElementsAre("set west-mercia trigger mandatory_attendance by q8",
                                    "set west-mercia trigger possible_hate_incident by q8"));
}

}  // namespace
}  // namespace waymark::cli
