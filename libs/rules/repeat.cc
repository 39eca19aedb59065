#include <algorithm>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "libs/calendar/civil.h"
#include "libs/rules/rules.h"

namespace waymark::rules {
namespace {

using pack::Pack;
using pack::RepeatRule;

int64_t Months(const calendar::Length& length) { return 12 * length.years + length.months; }

absl::Time CountedTime(const RepeatRule& rule, const Incident& incident) {
  return rule.counts == pack::CountedTime::kOccurred ? incident.occurred_at : incident.reported_at;
}

// The instants that a rule counts: from <= t < until.
struct Window {
  absl::Time from;
  absl::Time until;

  bool Holds(absl::Time at) const { return from <= at && at < until; }
};

// The least by which two instants can differ.
absl::Duration Tick() { return absl::Nanoseconds(1) / 4; }

absl::Time MidnightOf(absl::CivilDay day) { return calendar::FromLondon(absl::CivilSecond(day)); }

// The first day whose period of `months` still holds `today`.
absl::CivilDay FirstDayOf(absl::CivilDay today, int64_t months) {
  absl::CivilDay first = calendar::AddMonths(today, -months) - 1;
  while (calendar::LastDayOfPeriod(first, months) < today) ++first;
  return first;
}

Window WindowOf(const RepeatRule& rule, absl::Time now) {
  switch (rule.window) {
    case pack::WindowKind::kElapsed:
      return {now - rule.length.Exact() + Tick(), now + Tick()};
    case pack::WindowKind::kCivil:
      return {calendar::SubtractCivilMonths(now, Months(rule.length)) + Tick(), now + Tick()};
    case pack::WindowKind::kPeriod:
      break;
  }
  const absl::CivilDay today = calendar::LondonDate(now);
  return {MidnightOf(FirstDayOf(today, Months(rule.length))), MidnightOf(today + 1)};
}

// One rule at one instant: which incidents it counts.
class Counter {
 public:
  Counter(const Pack& pack, const RepeatRule& rule, absl::Time now)
      : pack_(pack), rule_(rule), window_(WindowOf(rule, now)) {}

  bool Counts(const Incident& incident) const {
    return window_.Holds(CountedTime(rule_, incident)) && WasReportedInTime(incident) &&
           TypeCounts(incident);
  }

 private:
  bool TypeCounts(const Incident& incident) const {
    const pack::IncidentType& type = *pack_.FindType(incident.type);
    if (!type.counts_from && !type.counts_until) return true;
    return type.CountsOn(calendar::LondonDate(incident.occurred_at));
  }

  bool WasReportedInTime(const Incident& incident) const {
    constexpr absl::Duration kWithinAnyMonth = absl::Hours(26 * 24);
    if (rule_.reported_within_months == 0) return true;
    const absl::Duration late = incident.reported_at - incident.occurred_at;
    if (late >= absl::ZeroDuration() && late <= kWithinAnyMonth) return true;
    return calendar::InPeriodOfMonths(calendar::LondonDate(incident.reported_at),
                                      calendar::LondonDate(incident.occurred_at),
                                      rule_.reported_within_months);
  }

  const Pack& pack_;
  const RepeatRule& rule_;
  const Window window_;
};

using Incidents = std::vector<const Incident*>;

// Reports of one incident: same subject and type, each within the window of the group's first.
std::vector<Incidents> SameIncidentGroups(Incidents incidents, absl::Duration window) {
  const auto order = [](const Incident* one) {
    return std::tie(one->subject, one->type, one->occurred_at, one->id, one->reported_at);
  };
  std::sort(incidents.begin(), incidents.end(),
            [&](const Incident* a, const Incident* b) { return order(a) < order(b); });
  std::vector<Incidents> groups;
  for (const Incident* incident : incidents) {
    const Incident* first = groups.empty() ? nullptr : groups.back().front();
    if (first != nullptr && first->subject == incident->subject && first->type == incident->type &&
        incident->occurred_at - first->occurred_at <= window) {
      groups.back().push_back(incident);
    } else {
      groups.push_back({incident});
    }
  }
  return groups;
}

std::vector<Incidents> EachByItself(const Incidents& incidents) {
  std::vector<Incidents> groups;
  for (const Incident* incident : incidents) groups.push_back({incident});
  return groups;
}

void Evaluate(const Pack& pack, const RepeatRule& rule, absl::Time now,
              const std::vector<Incidents>& groups, std::vector<Firing>* firings) {
  const Counter counter(pack, rule, now);
  const auto earlier = [&](const Incident* a, const Incident* b) {
    return std::tuple(CountedTime(rule, *a), std::string_view(a->id)) <
           std::tuple(CountedTime(rule, *b), std::string_view(b->id));
  };
  // (subject, type group) -> what is counted
  std::map<std::pair<std::string_view, std::string_view>, Incidents> counted;
  for (const Incidents& group : groups) {
    const Incident* representative = nullptr;
    for (const Incident* incident : group) {
      if (!counter.Counts(*incident)) continue;
      if (representative == nullptr || earlier(incident, representative)) {
        representative = incident;
      }
    }
    if (representative == nullptr) continue;
    const std::string_view type_group =
        rule.by_type_group ? pack.TypeGroup(representative->type) : std::string_view();
    counted[{representative->subject, type_group}].push_back(representative);
  }
  for (auto& [key, incidents] : counted) {
    if (static_cast<int64_t>(incidents.size()) < rule.fires_at) continue;
    std::sort(incidents.begin(), incidents.end(), earlier);
    Firing firing;
    firing.rule = rule.id;
    firing.subject = std::string(key.first);
    if (rule.by_type_group) firing.type_group = std::string(key.second);
    firing.count = static_cast<int64_t>(incidents.size());
    firing.since = CountedTime(rule, *incidents.front());
    for (const Incident* incident : incidents) firing.incidents.push_back(incident->id);
    firings->push_back(std::move(firing));
  }
}

}  // namespace

RepeatReach ReachOf(const Pack& pack, absl::Time now) {
  RepeatReach reach{absl::InfiniteFuture(), absl::InfiniteFuture()};
  for (const RepeatRule& rule : pack.repeat_rules) {
    absl::Time& from =
        rule.counts == pack::CountedTime::kOccurred ? reach.occurred_from : reach.reported_from;
    from = std::min(from, WindowOf(rule, now).from);
  }
  return reach;
}

Result<std::vector<Firing>> Repeat(const Pack& pack, absl::Time now,
                                   const std::vector<Incident>& incidents) {
  Incidents reported;
  for (size_t i = 0; i < incidents.size(); ++i) {
    if (pack.FindType(incidents[i].type) == nullptr) {
      return Problem{"out_of_range", absl::StrCat("incidents[", i, "].type"),
                     "a type of the pack's list", "use one of its ids"};
    }
    if (incidents[i].reported_at <= now) reported.push_back(&incidents[i]);
  }
  const std::vector<Incidents> by_incident =
      SameIncidentGroups(reported, pack.same_incident_window.value);
  const std::vector<Incidents> by_report = EachByItself(reported);

  std::vector<Firing> firings;
  for (const RepeatRule& rule : pack.repeat_rules) {
    Evaluate(pack, rule, now, rule.same_incident_once ? by_incident : by_report, &firings);
  }
  std::sort(firings.begin(), firings.end(), [](const Firing& a, const Firing& b) {
    return std::tie(a.rule, a.subject, a.type_group) < std::tie(b.rule, b.subject, b.type_group);
  });
  return firings;
}

}  // namespace waymark::rules
