#include "services/sharing/door/domain/look_up.h"

#include <algorithm>
#include <set>
#include <utility>

#include "libs/calendar/civil.h"
#include "libs/calendar/length.h"
#include "services/sharing/door/domain/assess.h"
#include "services/sharing/door/domain/limits.h"

namespace waymark::sharing::door {
namespace {

constexpr std::string_view kCallUse = "call";
constexpr std::string_view kHighMarker = "high_risk_victim";
constexpr const char* kOneSubject = "subject";

const pack::QuestionSet* QuestionsFor(const pack::Pack& pack, std::string_view type) {
  for (const pack::QuestionSet& set : pack.question_sets) {
    const auto& not_for = set.not_for_types;
    if (set.use == kCallUse && std::find(not_for.begin(), not_for.end(), type) == not_for.end()) {
      return &set;
    }
  }
  return nullptr;
}

absl::Time ReviewOf(const pack::Pack& pack, absl::Time made_at) {
  const calendar::Length& length = pack.alerting.marker_review.value;
  const absl::CivilDay day = calendar::AddCivil(calendar::LondonDate(made_at), length);
  return calendar::FromLondon(absl::CivilSecond(day));
}

void BandAndMarkers(const pack::Pack& pack, absl::Time now, const std::string& agency,
                    const std::vector<std::string>& persons, const OwnHistory& history,
                    OwnAnswer& answer) {
  std::vector<rules::StandingAssessment> standing;
  for (const std::string& person : persons) {
    const std::vector<OwnAssessment> all = history.AssessmentsOf(person);
    if (all.empty()) continue;
    const OwnAssessment& last = all.back();
    standing.push_back({agency, last.overall, last.made_at, std::nullopt, std::nullopt});
    const absl::Time review = ReviewOf(pack, last.made_at);
    if (last.overall == pack::Band::kHigh && review > now && answer.markers.empty()) {
      answer.markers.push_back({std::string(kHighMarker), review});
    }
  }
  rules::EffectiveResult effective = rules::Effective(pack, now, standing);
  answer.band = effective.band;
  answer.band_by = std::move(effective.by);
}

std::vector<OwnIncident> IncidentsOfAll(const std::vector<std::string>& persons,
                                        const OwnHistory& history) {
  std::vector<OwnIncident> incidents;
  std::set<std::string> seen;
  for (const std::string& person : persons) {
    for (OwnIncident& incident : history.IncidentsOf(person)) {
      if (vault::Counts(incident.roles) && seen.insert(incident.id).second) {
        incidents.push_back(std::move(incident));
      }
    }
  }
  std::stable_sort(incidents.begin(), incidents.end(),
                   [](const OwnIncident& left, const OwnIncident& right) {
                     return left.reported_at > right.reported_at;
                   });
  return incidents;
}

}  // namespace

std::vector<rules::Incident> Counted(const std::vector<OwnIncident>& incidents,
                                     const std::string& agency, const std::string& subject) {
  std::vector<rules::Incident> counted;
  for (const OwnIncident& incident : incidents) {
    counted.push_back({.id = incident.id,
                       .occurred_at = incident.occurred_at,
                       .reported_at = incident.reported_at,
                       .type = incident.type,
                       .subject = subject,
                       .location = "",
                       .agency = agency});
  }
  return counted;
}

OwnAnswer AnswerFromOwn(const pack::Pack& pack, absl::Time now, const std::string& agency,
                        const std::vector<vault::Match>& matches, const OwnHistory& history,
                        std::string_view type) {
  OwnAnswer answer;
  answer.questions = QuestionsFor(pack, type);
  std::vector<std::string> confirmed, proposed;
  for (const vault::Match& match : matches) {
    (match.confirmed ? confirmed : proposed).push_back(match.person_id);
  }
  const bool sure = !confirmed.empty();
  answer.persons = sure ? confirmed : proposed;
  std::sort(answer.persons.begin(), answer.persons.end());
  answer.incidents = IncidentsOfAll(answer.persons, history);
  if (sure) {
    answer.rules = RepeatsOf(pack, now, Counted(answer.incidents, agency, kOneSubject));
    answer.repeat = !answer.rules.empty();
    BandAndMarkers(pack, now, agency, answer.persons, history, answer);
  }
  if (answer.incidents.size() > kLookUpIncidentsMax) answer.incidents.resize(kLookUpIncidentsMax);
  return answer;
}

}  // namespace waymark::sharing::door
