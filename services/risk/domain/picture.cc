#include "services/risk/domain/picture.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace waymark::risk {
namespace {

// Of two of one instant nobody can say which came last: the higher band stands, as protection is
// the safe mistake.
bool Earlier(const AgencyAssessment& left, const AgencyAssessment& right) {
  return std::tie(left.at, left.overall, left.id) < std::tie(right.at, right.overall, right.id);
}

// Each agency's assessments in order of time; the last is live.
std::map<std::string, std::vector<AgencyAssessment>> ByAgency(
    std::vector<AgencyAssessment> assessments) {
  std::sort(assessments.begin(), assessments.end(), Earlier);
  std::map<std::string, std::vector<AgencyAssessment>> by_agency;
  for (AgencyAssessment& one : assessments) by_agency[one.agency].push_back(std::move(one));
  return by_agency;
}

// What was told has happened. An instant ahead of this clock only says that two clocks differ, and
// nothing would look again when it has come.
absl::Time NoEarlierThanTold(absl::Time now, const std::vector<rules::Incident>& incidents,
                             const std::vector<AgencyAssessment>& assessments) {
  for (const rules::Incident& one : incidents) {
    now = std::max({now, one.occurred_at, one.reported_at});
  }
  for (const AgencyAssessment& one : assessments) now = std::max(now, one.at);
  return now;
}

// When the run of equal bands that ends with the live assessment began: a HIGH confirmed by a
// second HIGH of the same agency stands since the first.
absl::Time StandsSince(const std::vector<AgencyAssessment>& of_agency) {
  size_t first = of_agency.size() - 1;
  while (first > 0 && of_agency[first - 1].overall == of_agency.back().overall) --first;
  return of_agency[first].at;
}

void RaiseByFloors(const pack::Pack& pack, Picture& picture) {
  const pack::Matrix* matrix = pack.FindMatrix(pack::Subject::kVictim);
  if (matrix == nullptr) return;
  for (const pack::Floor& floor : matrix->floors) {
    const bool fires =
        !floor.rule.empty() &&
        std::any_of(picture.repeats.begin(), picture.repeats.end(),
                    [&](const rules::Firing& firing) { return firing.rule == floor.rule; });
    if (fires) picture.highest = std::max(picture.highest.value_or(floor.band), floor.band);
  }
}

bool TalkAdvised(const pack::Pack& pack, const AgencyAssessment& live) {
  return pack.medium_towards_high && live.by_matrix &&
         live.score_max >= pack.medium_towards_high->from &&
         live.score_min <= pack.medium_towards_high->to;
}

}  // namespace

Result<Picture> Judge(const pack::Pack& pack, absl::Time own_now,
                      const std::vector<rules::Incident>& incidents,
                      const std::vector<AgencyAssessment>& assessments) {
  const absl::Time now = NoEarlierThanTold(own_now, incidents, assessments);
  Picture picture;
  WM_ASSIGN_OR_REFUSE(picture.repeats, rules::Repeat(pack, now, incidents));
  const auto by_agency = ByAgency(assessments);
  std::vector<rules::StandingAssessment> live;
  for (const auto& [agency, all] : by_agency) {
    const AgencyAssessment& last = all.back();
    live.push_back({agency, last.overall, last.at, std::nullopt, std::nullopt});
    if (last.overall)
      picture.highest = std::max(picture.highest.value_or(*last.overall), *last.overall);
    picture.talk_advised = picture.talk_advised || TalkAdvised(pack, last);
  }
  rules::EffectiveResult effective = rules::Effective(pack, now, live);
  picture.effective = effective.band;
  picture.by = std::move(effective.by);
  for (const std::string& agency : picture.by) {
    const absl::Time since = StandsSince(by_agency.at(agency));
    if (picture.since && *picture.since <= since) continue;
    picture.since = since;
    picture.first_by = agency;
  }
  RaiseByFloors(pack, picture);
  return picture;
}

bool SameForPartners(const Picture& left, const Picture& right) {
  const auto facts = [](const Picture& picture) {
    return std::tie(picture.effective, picture.by, picture.since, picture.first_by, picture.highest,
                    picture.talk_advised);
  };
  const auto same_firing = [](const rules::Firing& a, const rules::Firing& b) {
    return std::tie(a.rule, a.type_group, a.count, a.since, a.incidents) ==
           std::tie(b.rule, b.type_group, b.count, b.since, b.incidents);
  };
  return facts(left) == facts(right) &&
         std::equal(left.repeats.begin(), left.repeats.end(), right.repeats.begin(),
                    right.repeats.end(), same_firing);
}

std::vector<std::string> NewlyFired(const std::vector<rules::Firing>& before,
                                    const std::vector<rules::Firing>& now) {
  std::set<std::string> rules;
  for (const rules::Firing& firing : now) rules.insert(firing.rule);
  for (const rules::Firing& firing : before) rules.erase(firing.rule);
  return {rules.begin(), rules.end()};
}

}  // namespace waymark::risk
