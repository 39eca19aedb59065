#include "cli/rules/rules_command.h"

#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cli/rules/json.h"
#include "cli/rules/members.h"
#include "cli/rules/questions.h"
#include "libs/base/rfc3339.h"
#include "libs/base/text.h"
#include "libs/config/load_pack.h"

namespace waymark::cli {
namespace {

using pack::Pack;

using MayProblem = std::optional<Problem>;

void WriteBand(JsonWriter& out, const std::optional<pack::Band>& band) {
  band ? out.Text(pack::BandName(*band)) : out.Null();
}

void WriteText(JsonWriter& out, const std::optional<std::string>& text) {
  text ? out.Text(*text) : out.Null();
}

void WriteNumber(JsonWriter& out, const std::optional<int64_t>& number) {
  number ? out.Number(*number) : out.Null();
}

void WriteTexts(JsonWriter& out, const std::vector<std::string>& texts) {
  out.Open('[');
  for (const std::string& text : texts) out.Text(text);
  out.Close(']');
}

void WriteTime(JsonWriter& out, absl::Time at) { out.Text(FormatRfc3339(at)); }

MayProblem AnswerGrade(const Json& line, const Pack& pack, JsonWriter& out) {
  WM_ASSIGN_OR_REFUSE(const GradeQuestion question, ReadGrade(line));
  WM_ASSIGN_OR_REFUSE(const auto grade, rules::Grade(pack, question.harm, question.pattern));
  out.Open('{').Key("band").Text(pack::BandName(grade.band)).Key("duties").Open('[');
  for (const pack::Label& duty : grade.duties) out.Text(duty.id);
  out.Close(']').Close('}');
  return std::nullopt;
}

void WriteContribution(JsonWriter& out, const rules::Contribution& one) {
  out.Open('{').Key("item").Text(one.item).Key("answer").Text(one.answer);
  if (one.answer == pack::kUnknown) {
    out.Key("score_min").Number(one.score_min).Key("score_max").Number(one.score_max);
  } else {
    out.Key("score").Number(one.score_min);
  }
  out.Close('}');
}

void WriteWouldChange(JsonWriter& out, const rules::WouldChange& one) {
  out.Open('{').Key("item").Text(one.item).Key("answer").Text(one.answer);
  out.Key("band_min").Text(pack::BandName(one.band_min));
  out.Key("band_max").Text(pack::BandName(one.band_max)).Close('}');
}

MayProblem AnswerAssess(const Json& line, const Pack& pack, JsonWriter& out) {
  WM_ASSIGN_OR_REFUSE(const auto question, ReadAssess(line, pack));
  WM_ASSIGN_OR_REFUSE(const rules::AssessResult result, rules::Assess(pack, question));
  out.Open('{').Key("score_min").Number(result.score_min).Key("score_max");
  out.Number(result.score_max).Key("score");
  WriteNumber(out, result.score);
  out.Key("band_min").Text(pack::BandName(result.band_min));
  out.Key("band_max").Text(pack::BandName(result.band_max));
  out.Key("band");
  WriteBand(out, result.band);
  out.Key("fired");
  WriteTexts(out, result.fired);
  out.Key("overall");
  WriteBand(out, result.overall);
  out.Key("needs");
  WriteTexts(out, result.needs);
  out.Key("contributions").Open('[');
  for (const rules::Contribution& one : result.contributions) WriteContribution(out, one);
  out.Close(']').Key("would_change").Open('[');
  for (const rules::WouldChange& one : result.would_change) WriteWouldChange(out, one);
  out.Close(']').Close('}');
  return std::nullopt;
}

MayProblem AnswerEffective(const Json& line, const Pack& pack, JsonWriter& out) {
  WM_ASSIGN_OR_REFUSE(const EffectiveQuestion question, ReadEffective(line));
  const auto result = rules::Effective(pack, question.now, question.assessments);
  out.Open('{').Key("band");
  WriteBand(out, result.band);
  out.Key("by");
  WriteTexts(out, result.by);
  out.Close('}');
  return std::nullopt;
}

MayProblem AnswerAsk(const Json& line, const Pack& pack, JsonWriter& out) {
  WM_ASSIGN_OR_REFUSE(const AskQuestion question, ReadAsk(line, pack));
  WM_ASSIGN_OR_REFUSE(const auto result, rules::Ask(pack, question.set, question.answers));
  out.Open('{').Key("show");
  WriteTexts(out, result.show);
  out.Key("missing");
  WriteTexts(out, result.missing);
  out.Key("triggers");
  WriteTexts(out, result.triggers);
  out.Close('}');
  return std::nullopt;
}

MayProblem AnswerRepeat(const Json& line, const Pack& pack, JsonWriter& out) {
  WM_ASSIGN_OR_REFUSE(const RepeatQuestion question, ReadRepeat(line));
  WM_ASSIGN_OR_REFUSE(const auto firings, rules::Repeat(pack, question.now, question.incidents));
  out.Open('{').Key("fired").Open('[');
  for (const rules::Firing& firing : firings) {
    out.Open('{').Key("rule").Text(firing.rule).Key("subject").Text(firing.subject);
    if (firing.type_group) out.Key("type_group").Text(*firing.type_group);
    out.Key("count").Number(firing.count).Key("since");
    WriteTime(out, firing.since);
    out.Key("incidents");
    WriteTexts(out, firing.incidents);
    out.Close('}');
  }
  out.Close(']').Close('}');
  return std::nullopt;
}

MayProblem AnswerClock(const Json& line, const Pack& pack, JsonWriter& out) {
  WM_ASSIGN_OR_REFUSE(ClockQuestion read, ReadClock(line, pack));
  if (read.holidays) read.question.holidays = &*read.holidays;
  WM_ASSIGN_OR_REFUSE(const calendar::ClockResult result, calendar::ComputeClock(read.question));
  out.Open('{').Key("due");
  WriteTime(out, result.due);
  out.Key("due_soon");
  WriteTime(out, result.due_soon);
  out.Key("owner").Text(result.owner).Key("handed_to");
  WriteText(out, result.handed_to);
  out.Key("state").Text(calendar::ClockStateName(result.standing.state)).Key("late_seconds");
  WriteNumber(out, result.standing.late_seconds);
  out.Key("beyond_horizon").Boolean(result.beyond_horizon).Key("why").Text(result.why);
  if (read.question.spec.calendar == calendar::CalendarKind::kReminders) {
    out.Key("reminders").Open('[');
    for (const absl::Time at : result.reminders) WriteTime(out, at);
    out.Close(']');
  }
  out.Close('}');
  return std::nullopt;
}

using Op = MayProblem (*)(const Json& line, const Pack& pack, JsonWriter& out);

Op FindOp(std::string_view name) {
  constexpr std::pair<std::string_view, Op> kOps[] = {
      {"ask", AnswerAsk},     {"assess", AnswerAssess},
      {"clock", AnswerClock}, {"effective", AnswerEffective},
      {"grade", AnswerGrade}, {"repeat", AnswerRepeat}};
  for (const auto& [op, answer] : kOps) {
    if (op == name) return answer;
  }
  return nullptr;
}

// The packs of one run, each loaded once.
class Packs {
 public:
  explicit Packs(const std::string& directory) : directory_(directory) {}

  const absl::StatusOr<std::shared_ptr<const Pack>>& Load(const std::string& name) {
    const auto found = packs_.find(name);
    if (found != packs_.end()) return found->second;
    return packs_.emplace(name, config::LoadPack(name, directory_)).first->second;
  }

 private:
  const std::string& directory_;
  std::map<std::string, absl::StatusOr<std::shared_ptr<const Pack>>> packs_;
};

// Answers one line after another with one pack, unless a line names its own.
class Answerer {
 public:
  Answerer(const std::string& usual_pack, Packs* packs) : usual_pack_(usual_pack), packs_(packs) {}

  // Sets `out` to the answer of one line; false when it is an error.
  bool Respond(std::string_view text, int64_t number, std::string* out);

 private:
  MayProblem AnswerLine(const Json& line, std::string* out);

  const std::string& usual_pack_;
  Packs* packs_;
  JsonReader reader_;
};

void WriteError(std::string_view code, const std::string* field, std::string_view message,
                std::string* out) {
  *out += ",\"error\":";
  JsonWriter error(out);
  error.Open('{').Key("code").Text(code).Key("field");
  field == nullptr ? error.Null() : error.Text(*field);
  error.Key("message").Text(message).Close('}');
  *out += "}\n";
}

std::string MessageOf(const Problem& problem) {
  std::string message = absl::StrCat(problem.field, ": wanted ", problem.wanted);
  if (!problem.remedy.empty()) absl::StrAppend(&message, "; ", problem.remedy);
  return message;
}

MayProblem Answerer::AnswerLine(const Json& line, std::string* out) {
  WM_ASSIGN_OR_REFUSE(const std::string op_name, NeedText(line, "", "op"));
  const Op op = FindOp(op_name);
  if (op == nullptr) {
    return Problem{"unknown_op", "op", "ask, assess, clock, effective, grade or repeat", ""};
  }
  WM_ASSIGN_OR_REFUSE(const auto named, MayText(line, "", "pack"));
  const auto& pack = packs_->Load(named ? *named : usual_pack_);
  if (!pack.ok()) {
    return Problem{"not_in_pack", "pack", std::string(ToStd(pack.status().message())), ""};
  }
  *out += ",\"result\":";
  JsonWriter result(out);
  if (auto problem = op(line, **pack, result)) return problem;
  *out += ",\"pack\":";
  AppendJsonText((*pack)->name, out);
  *out += ",\"digest\":";
  AppendJsonText((*pack)->digest, out);
  *out += "}\n";
  return std::nullopt;
}

bool Answerer::Respond(std::string_view text, int64_t number, std::string* out) {
  *out = "{\"id\":";
  std::string why;
  const Json* line = reader_.Parse(text, &why);
  if (line == nullptr || !line->Is(Json::Kind::kObject)) {
    if (text.find_first_not_of(" \t\r") == std::string::npos) {
      why = "blank";
    } else if (line != nullptr) {
      why = "not an object";
    }
    *out += "null";
    WriteError("malformed", nullptr,
               absl::StrCat("line ", number, ": ", why, "; wanted a JSON object"), out);
    return false;
  }
  const Json* id = line->Find("id");
  id == nullptr ? void(*out += "null") : AppendJsonRaw(*id, out);
  const size_t beginning = out->size();
  const MayProblem problem = AnswerLine(*line, out);
  if (!problem) return true;
  out->resize(beginning);
  WriteError(problem->code, &problem->field, MessageOf(*problem), out);
  return false;
}

}  // namespace

int RunRules(std::string pack_name_or_path, std::istream& in, std::ostream& out, std::ostream& err,
             const std::string& packs_directory) {
  Packs packs(packs_directory);
  if (const auto& pack = packs.Load(pack_name_or_path); !pack.ok()) {
    err << "waymark rules: " << pack.status().message() << "\n";
    return kBadUsageOrPack;
  }
  int status = kAllAnswered;
  int64_t number = 0;
  Answerer answerer(pack_name_or_path, &packs);
  std::string answer;
  for (std::string text; std::getline(in, text);) {
    if (!answerer.Respond(text, ++number, &answer)) status = kSomeNotAnswered;
    out << answer;
  }
  out.flush();
  if (in.bad() || !out) {
    err << "waymark rules: reading or writing failed after line " << number << "\n";
    return kBadUsageOrPack;
  }
  return status;
}

}  // namespace waymark::cli
