#include "services/risk/domain/picture.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace waymark::risk {
namespace {

bool Earlier(const AgencyAssessment& left, const AgencyAssessment& right) {
  return std::tie(left.at, left.overall, left.id) < std::tie(right.at, right.overall, right.id);
}

// What was told has happened. An instant ahead of this clock only says that two clocks differ, and
// nothing would look again when it has come.
absl::Time NoEarlierThanTold(absl::Time now, const std::vector<rules::Incident>& incidents,
                             const Standings& standings) {
  for (const rules::Incident& one : incidents) {
    now = std::max({now, one.occurred_at, one.reported_at});
  }
  for (const auto& [agency, standing] : standings) now = std::max(now, standing.live.at);
  return now;
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

}  // namespace

Standings StandingsOf(std::vector<AgencyAssessment> assessments) {
  std::sort(assessments.begin(), assessments.end(), Earlier);
  Standings standings;
  for (const AgencyAssessment& one : assessments) {
    const auto [at, is_first] = standings.try_emplace(one.agency, Standing{one, one.at});
    if (!is_first) at->second = Next(at->second, one);
  }
  return standings;
}

bool IsLater(const AgencyAssessment& assessment, const Standing& standing) {
  return Earlier(standing.live, assessment);
}

Standing Next(const Standing& before, const AgencyAssessment& assessment) {
  const bool same = before.live.overall == assessment.overall;
  return {assessment, same ? before.since : assessment.at};
}

Result<Picture> Judge(const pack::Pack& pack, absl::Time own_now,
                      const std::vector<rules::Incident>& incidents, const Standings& standings) {
  const absl::Time now = NoEarlierThanTold(own_now, incidents, standings);
  Picture picture;
  WM_ASSIGN_OR_REFUSE(picture.repeats, rules::Repeat(pack, now, incidents));
  std::vector<rules::StandingAssessment> live;
  for (const auto& [agency, standing] : standings) {
    const std::optional<pack::Band>& band = standing.live.overall;
    live.push_back({agency, band, standing.live.at, std::nullopt, std::nullopt});
    if (band) picture.highest = std::max(picture.highest.value_or(*band), *band);
  }
  rules::EffectiveResult effective = rules::Effective(pack, now, live);
  picture.effective = effective.band;
  picture.by = std::move(effective.by);
  for (const std::string& agency : picture.by) {
    const absl::Time since = standings.at(agency).since;
    if (picture.since && *picture.since <= since) continue;
    picture.since = since;
    picture.first_by = agency;
  }
  RaiseByFloors(pack, picture);
  return picture;
}

bool SameForPartners(const Picture& left, const Picture& right) {
  const auto facts = [](const Picture& picture) {
    return std::tie(picture.effective, picture.by, picture.since, picture.first_by,
                    picture.highest);
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
