#include "cli/rules/questions.h"

#include <initializer_list>

#include "absl/strings/str_cat.h"
#include "cli/rules/members.h"
#include "libs/base/text.h"

namespace waymark::cli {
namespace {

constexpr std::string_view kBandWords = "STANDARD, MEDIUM or HIGH";

std::optional<Problem> CheckLine(const Json& line, std::initializer_list<std::string_view> names) {
  std::vector<std::string_view> known = {"op", "id", "pack"};
  known.insert(known.end(), names.begin(), names.end());
  return CheckMembers(line, "", known);
}

template <class T>
Result<T> NeedWord(const Json& object, const std::string& prefix, std::string_view name,
                   std::optional<T> (*parse)(std::string_view), std::string_view wanted) {
  WM_ASSIGN_OR_REFUSE(const std::string word, NeedText(object, prefix, name));
  if (const auto value = parse(word)) return *value;
  return OutOfRange(absl::StrCat(prefix, ToAbsl(name)), wanted);
}

Result<std::optional<rules::Judgement>> MayJudgement(const Json& line, const std::string& name) {
  const Json* given = May(line, name);
  if (given == nullptr) return std::optional<rules::Judgement>();
  if (auto problem = CheckObject(*given, name, {"band", "reason"})) return *std::move(problem);
  const std::string prefix = name + ".";
  rules::Judgement judgement;
  WM_ASSIGN_OR_REFUSE(judgement.band,
                      NeedWord<pack::Band>(*given, prefix, "band", pack::ParseBand, kBandWords));
  WM_ASSIGN_OR_REFUSE(const auto reason, MayText(*given, prefix, "reason"));
  judgement.reason = reason.value_or("");
  return std::optional<rules::Judgement>(std::move(judgement));
}

Result<std::vector<std::string>> MayTexts(const Json& line, const std::string& name) {
  std::vector<std::string> texts;
  const Json* given = May(line, name);
  if (given == nullptr) return texts;
  if (!given->Is(Json::Kind::kList)) return OutOfRange(name, "a list of texts");
  for (const Json& child : *given) {
    if (!child.Is(Json::Kind::kText)) {
      return OutOfRange(absl::StrCat(name, "[", texts.size(), "]"), "a text");
    }
    texts.emplace_back(child.text);
  }
  return texts;
}

Result<rules::StandingAssessment> StandingOf(const Json& json, const std::string& path) {
  if (auto problem =
          CheckObject(json, path, {"agency", "overall", "at", "superseded_at", "expires_at"})) {
    return *std::move(problem);
  }
  const std::string prefix = path + ".";
  rules::StandingAssessment assessment;
  WM_ASSIGN_OR_REFUSE(assessment.agency, NeedText(json, prefix, "agency"));
  const Json* overall = json.Find("overall");
  if (overall == nullptr) return Missing(prefix + "overall", "a band, or null");
  if (!overall->Is(Json::Kind::kNull)) {
    WM_ASSIGN_OR_REFUSE(const pack::Band band,
                        NeedWord<pack::Band>(json, prefix, "overall", pack::ParseBand, kBandWords));
    assessment.overall = band;
  }
  WM_ASSIGN_OR_REFUSE(assessment.at, NeedTime(json, prefix, "at"));
  WM_ASSIGN_OR_REFUSE(assessment.superseded_at, MayTime(json, prefix, "superseded_at"));
  WM_ASSIGN_OR_REFUSE(assessment.expires_at, MayTime(json, prefix, "expires_at"));
  return assessment;
}

Result<rules::Incident> IncidentOf(const Json& json, const std::string& path) {
  if (auto problem = CheckObject(
          json, path,
          {"id", "occurred_at", "reported_at", "type", "subject", "location", "agency"})) {
    return *std::move(problem);
  }
  const std::string prefix = path + ".";
  rules::Incident incident;
  WM_ASSIGN_OR_REFUSE(incident.id, NeedText(json, prefix, "id"));
  WM_ASSIGN_OR_REFUSE(incident.occurred_at, NeedTime(json, prefix, "occurred_at"));
  WM_ASSIGN_OR_REFUSE(incident.reported_at, NeedTime(json, prefix, "reported_at"));
  WM_ASSIGN_OR_REFUSE(incident.type, NeedText(json, prefix, "type"));
  WM_ASSIGN_OR_REFUSE(incident.subject, NeedText(json, prefix, "subject"));
  WM_ASSIGN_OR_REFUSE(incident.location, NeedText(json, prefix, "location"));
  WM_ASSIGN_OR_REFUSE(incident.agency, NeedText(json, prefix, "agency"));
  return incident;
}

}  // namespace

Result<GradeQuestion> ReadGrade(const Json& line) {
  if (auto problem = CheckLine(line, {"harm", "pattern"})) return *std::move(problem);
  GradeQuestion question;
  WM_ASSIGN_OR_REFUSE(question.harm, NeedWord<pack::Harm>(line, "", "harm", pack::ParseHarm,
                                                          "low, moderate or significant"));
  WM_ASSIGN_OR_REFUSE(question.pattern,
                      NeedWord<pack::Pattern>(line, "", "pattern", pack::ParsePattern,
                                              "isolated, regular or escalating"));
  return question;
}

Result<rules::AssessQuestion> ReadAssess(const Json& line, const pack::Pack& pack) {
  if (auto problem =
          CheckLine(line, {"subject", "answers", "officer", "supervisor", "repeat_fired"})) {
    return *std::move(problem);
  }
  rules::AssessQuestion question;
  WM_ASSIGN_OR_REFUSE(question.subject,
                      NeedWord<pack::Subject>(line, "", "subject", pack::ParseSubject,
                                              "victim, perpetrator or location"));
  const pack::Matrix* matrix = pack.FindMatrix(question.subject);
  if (matrix == nullptr) {
    return Problem{"not_in_pack", "subject", "a subject that the pack has a matrix for", ""};
  }
  WM_ASSIGN_OR_REFUSE(const Json* answers, NeedObject(line, "", "answers"));
  for (const Json& answer : *answers) {
    const std::string name(answer.name);
    const pack::Item* item = matrix->FindItem(name);
    if (item == nullptr) {
      return Problem{"unknown_field", "answers." + name, "an item of the pack's matrix", ""};
    }
    if (answer.Is(Json::Kind::kNull) && !item->scored) continue;
    if (!answer.Is(Json::Kind::kText)) {
      return OutOfRange("answers." + name, "one of the item's options, or \"unknown\"");
    }
    question.answers.emplace(name, answer.text);
  }
  WM_ASSIGN_OR_REFUSE(question.officer, MayJudgement(line, "officer"));
  WM_ASSIGN_OR_REFUSE(question.supervisor, MayJudgement(line, "supervisor"));
  WM_ASSIGN_OR_REFUSE(question.repeat_fired, MayTexts(line, "repeat_fired"));
  return question;
}

Result<EffectiveQuestion> ReadEffective(const Json& line) {
  if (auto problem = CheckLine(line, {"now", "assessments"})) return *std::move(problem);
  EffectiveQuestion question;
  WM_ASSIGN_OR_REFUSE(question.now, NeedTime(line, "", "now"));
  WM_ASSIGN_OR_REFUSE(const Json* list, NeedList(line, "", "assessments"));
  question.assessments.reserve(list->size());
  for (const Json& one : *list) {
    WM_ASSIGN_OR_REFUSE(
        auto assessment,
        StandingOf(one, absl::StrCat("assessments[", question.assessments.size(), "]")));
    question.assessments.push_back(std::move(assessment));
  }
  return question;
}

Result<AskQuestion> ReadAsk(const Json& line, const pack::Pack& pack) {
  if (auto problem = CheckLine(line, {"set", "answers"})) return *std::move(problem);
  AskQuestion question;
  WM_ASSIGN_OR_REFUSE(question.set, NeedText(line, "", "set"));
  const pack::QuestionSet* set = pack.FindQuestionSet(question.set);
  if (set == nullptr) {
    return Problem{"not_in_pack", "set", "one of the pack's question sets", ""};
  }
  WM_ASSIGN_OR_REFUSE(const Json* answers, NeedObject(line, "", "answers"));
  for (const Json& answer : *answers) {
    const std::string name(answer.name);
    if (set->FindQuestion(name) == nullptr) {
      return Problem{"unknown_field", "answers." + name, "a question of the set", ""};
    }
    if (answer.Is(Json::Kind::kNull)) continue;
    if (!answer.Is(Json::Kind::kText)) return OutOfRange("answers." + name, "a text");
    question.answers.emplace(name, answer.text);
  }
  return question;
}

Result<RepeatQuestion> ReadRepeat(const Json& line) {
  if (auto problem = CheckLine(line, {"now", "incidents"})) return *std::move(problem);
  RepeatQuestion question;
  WM_ASSIGN_OR_REFUSE(question.now, NeedTime(line, "", "now"));
  WM_ASSIGN_OR_REFUSE(const Json* list, NeedList(line, "", "incidents"));
  question.incidents.reserve(list->size());
  for (const Json& one : *list) {
    WM_ASSIGN_OR_REFUSE(
        auto incident, IncidentOf(one, absl::StrCat("incidents[", question.incidents.size(), "]")));
    question.incidents.push_back(std::move(incident));
  }
  return question;
}

}  // namespace waymark::cli
