#include "cli/rules/rules_command.h"

#include <iostream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "cli/rules/json.h"
#include "cli/rules/members.h"
#include "cli/rules/questions.h"
#include "libs/base/rfc3339.h"
#include "libs/base/text.h"
#include "libs/config/load_pack.h"

namespace waymark::cli {
namespace {

using Answer = nlohmann::ordered_json;
using pack::Pack;

Answer OrNull(const auto& optional) { return optional ? Answer(*optional) : Answer(); }

std::string Name(pack::Band band) { return std::string(pack::BandName(band)); }
Answer Name(const std::optional<pack::Band>& band) { return band ? Answer(Name(*band)) : Answer(); }

Result<Answer> AnswerGrade(const Json& line, const Pack& pack) {
  WM_ASSIGN_OR_REFUSE(const GradeQuestion question, ReadGrade(line));
  WM_ASSIGN_OR_REFUSE(const auto grade, rules::Grade(pack, question.harm, question.pattern));
  Answer duties = Answer::array();
  for (const pack::Label& duty : grade.duties) duties.push_back(duty.id);
  return Answer{{"band", Name(grade.band)}, {"duties", duties}};
}

Result<Answer> AnswerAssess(const Json& line, const Pack& pack) {
  WM_ASSIGN_OR_REFUSE(const auto question, ReadAssess(line, pack));
  WM_ASSIGN_OR_REFUSE(const rules::AssessResult result, rules::Assess(pack, question));
  Answer contributions = Answer::array();
  for (const rules::Contribution& one : result.contributions) {
    Answer entry{{"item", one.item}, {"answer", one.answer}};
    if (one.answer == pack::kUnknown) {
      entry["score_min"] = one.score_min;
      entry["score_max"] = one.score_max;
    } else {
      entry["score"] = one.score_min;
    }
    contributions.push_back(std::move(entry));
  }
  Answer would_change = Answer::array();
  for (const rules::WouldChange& one : result.would_change) {
    would_change.push_back(Answer{{"item", one.item},
                                  {"answer", one.answer},
                                  {"band_min", Name(one.band_min)},
                                  {"band_max", Name(one.band_max)}});
  }
  return Answer{{"score_min", result.score_min},
                {"score_max", result.score_max},
                {"score", OrNull(result.score)},
                {"band_min", Name(result.band_min)},
                {"band_max", Name(result.band_max)},
                {"band", Name(result.band)},
                {"fired", result.fired},
                {"overall", Name(result.overall)},
                {"needs", result.needs},
                {"contributions", std::move(contributions)},
                {"would_change", std::move(would_change)}};
}

Result<Answer> AnswerEffective(const Json& line, const Pack& pack) {
  WM_ASSIGN_OR_REFUSE(const EffectiveQuestion question, ReadEffective(line));
  const auto result = rules::Effective(pack, question.now, question.assessments);
  return Answer{{"band", Name(result.band)}, {"by", result.by}};
}

Result<Answer> AnswerAsk(const Json& line, const Pack& pack) {
  WM_ASSIGN_OR_REFUSE(const AskQuestion question, ReadAsk(line, pack));
  WM_ASSIGN_OR_REFUSE(const auto result, rules::Ask(pack, question.set, question.answers));
  return Answer{{"show", result.show}, {"missing", result.missing}, {"triggers", result.triggers}};
}

Result<Answer> AnswerRepeat(const Json& line, const Pack& pack) {
  WM_ASSIGN_OR_REFUSE(const RepeatQuestion question, ReadRepeat(line));
  WM_ASSIGN_OR_REFUSE(const auto firings, rules::Repeat(pack, question.now, question.incidents));
  Answer fired = Answer::array();
  for (const rules::Firing& firing : firings) {
    Answer entry{{"rule", firing.rule}, {"subject", firing.subject}};
    if (firing.type_group) entry["type_group"] = *firing.type_group;
    entry["count"] = firing.count;
    entry["since"] = FormatRfc3339(firing.since);
    entry["incidents"] = firing.incidents;
    fired.push_back(std::move(entry));
  }
  return Answer{{"fired", std::move(fired)}};
}

Result<Answer> AnswerClock(const Json& line, const Pack& pack) {
  WM_ASSIGN_OR_REFUSE(ClockQuestion read, ReadClock(line, pack));
  if (read.holidays) read.question.holidays = &*read.holidays;
  WM_ASSIGN_OR_REFUSE(const calendar::ClockResult result, calendar::ComputeClock(read.question));
  Answer answer{{"due", FormatRfc3339(result.due)},
                {"due_soon", FormatRfc3339(result.due_soon)},
                {"owner", result.owner},
                {"handed_to", OrNull(result.handed_to)},
                {"state", std::string(calendar::ClockStateName(result.standing.state))},
                {"late_seconds", OrNull(result.standing.late_seconds)},
                {"beyond_horizon", result.beyond_horizon},
                {"why", result.why}};
  if (read.question.spec.calendar == calendar::CalendarKind::kReminders) {
    Answer reminders = Answer::array();
    for (const absl::Time at : result.reminders) reminders.push_back(FormatRfc3339(at));
    answer["reminders"] = std::move(reminders);
  }
  return answer;
}

using Op = Result<Answer> (*)(const Json& line, const Pack& pack);
const std::map<std::string, Op>& Ops() {
  static const std::map<std::string, Op> ops = {
      {"ask", AnswerAsk},     {"assess", AnswerAssess},
      {"clock", AnswerClock}, {"effective", AnswerEffective},
      {"grade", AnswerGrade}, {"repeat", AnswerRepeat}};
  return ops;
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

struct Answered {
  Answer result;
  const Pack* pack;
};

Result<Answered> AnswerLine(const Json& line, const std::string& usual_pack, Packs* packs) {
  WM_ASSIGN_OR_REFUSE(const std::string op, NeedText(line, "", "op"));
  const auto known = Ops().find(op);
  if (known == Ops().end()) {
    return Problem{"unknown_op", "op", "ask, assess, clock, effective, grade or repeat", ""};
  }
  WM_ASSIGN_OR_REFUSE(const auto named, MayText(line, "", "pack"));
  const auto& pack = packs->Load(named.value_or(usual_pack));
  if (!pack.ok()) {
    return Problem{"not_in_pack", "pack", std::string(ToStd(pack.status().message())), ""};
  }
  WM_ASSIGN_OR_REFUSE(Answer result, known->second(line, **pack));
  return Answered{std::move(result), pack->get()};
}

std::string ErrorText(const std::string& id, const std::string& code, const Answer& field,
                      const std::string& message) {
  const Answer error{{"code", code}, {"field", field}, {"message", message}};
  return absl::StrCat("{\"id\":", id, ",\"error\":", error.dump(), "}\n");
}

std::string MessageOf(const Problem& problem) {
  std::string message = absl::StrCat(problem.field, ": wanted ", problem.wanted);
  if (!problem.remedy.empty()) absl::StrAppend(&message, "; ", problem.remedy);
  return message;
}

// The answer to one line, and whether it is free of errors.
std::pair<std::string, bool> Respond(const std::string& text, int64_t number,
                                     const std::string& usual_pack, Packs* packs) {
  std::string why;
  const std::optional<Json> line = ParseJson(text, &why);
  if (!line || !line->Is(Json::Kind::kObject)) {
    if (text.find_first_not_of(" \t\r") == std::string::npos) {
      why = "blank";
    } else if (line) {
      why = "not an object";
    }
    return {ErrorText("null", "malformed", nullptr,
                      absl::StrCat("line ", number, ": ", why, "; wanted a JSON object")),
            false};
  }
  const Json* id_given = line->Find("id");
  const std::string id = id_given == nullptr ? "null" : DumpJson(*id_given);
  const auto answered = AnswerLine(*line, usual_pack, packs);
  if (!answered.ok()) {
    const Problem& problem = answered.problem();
    return {ErrorText(id, problem.code, problem.field, MessageOf(problem)), false};
  }
  return {absl::StrCat("{\"id\":", id, ",\"result\":", answered->result.dump(),
                       ",\"pack\":", Answer(answered->pack->name).dump(),
                       ",\"digest\":", Answer(answered->pack->digest).dump(), "}\n"),
          true};
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
  for (std::string text; std::getline(in, text);) {
    const auto [answer, good] = Respond(text, ++number, pack_name_or_path, &packs);
    if (!good) status = kSomeNotAnswered;
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
