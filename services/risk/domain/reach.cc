#include "services/risk/domain/reach.h"

#include <algorithm>
#include <map>
#include <string>

namespace waymark::risk {
namespace {

using rules::Incident;

// Rows of one second come in any order, so that every look goes a second further.
constexpr absl::Duration kSlack = absl::Seconds(1);

class Gatherer {
 public:
  Gatherer(const IncidentsByTime& incidents, const pack::Pack& pack)
      : incidents_(incidents), pack_(pack), gap_(pack.same_incident_window.value + kSlack) {}

  std::vector<Incident> Gather(absl::Time now, const Incident* another) {
    if (another != nullptr) now = std::max({now, another->occurred_at, another->reported_at});
    GatherReports(now);
    const absl::Time cut = std::min(reach_.occurred_from, reach_.reported_from) - kSlack;
    std::vector<Incident> late;  // reported within reach, occurred long before
    for (const auto& [id, incident] : found_) {
      if (incident.occurred_at < cut) late.push_back(incident);
    }
    if (another != nullptr && another->occurred_at < cut) late.push_back(*another);
    GatherOccurrences(cut, another);
    for (const Incident& incident : late) WalkBack(incident);
    std::vector<Incident> all;
    for (auto& [id, incident] : found_) all.push_back(std::move(incident));
    return all;
  }

 private:
  void Keep(const Incident& incident) { found_.try_emplace(incident.id, incident); }

  // An earlier `now` looks further back: rather too far than not far enough.
  void GatherReports(absl::Time now) {
    bool is_first = true;
    reach_ = rules::ReachOf(pack_, now);
    incidents_.ByReport([&](const Incident& incident) {
      if (!is_first && incident.reported_at < reach_.reported_from - kSlack) return false;
      is_first = false;
      Keep(incident);
      return true;
    });
  }

  // Everything down to `cut`, then what may have begun a group that reaches over it.
  void GatherOccurrences(absl::Time cut, const Incident* another) {
    std::map<std::string, absl::Time> earliest;  // of each type whose group may go further back
    if (another != nullptr && another->occurred_at >= cut) {
      earliest[another->type] = another->occurred_at;
    }
    bool is_first = true;
    incidents_.ByOccurrence(absl::InfiniteFuture(), [&](const Incident& incident) {
      const absl::Time at = incident.occurred_at;
      if (at >= cut) {
        const auto [type, is_new] = earliest.try_emplace(incident.type, at);
        if (!is_new) type->second = std::min(type->second, at);
      } else {
        std::erase_if(earliest, [&](const auto& type) { return type.second - at > gap_; });
        const auto type = earliest.find(incident.type);
        if (type == earliest.end() && !is_first) return !earliest.empty();
        if (type != earliest.end()) type->second = std::min(type->second, at);
      }
      is_first = false;
      Keep(incident);
      return true;
    });
  }

  void WalkBack(const Incident& from) {
    absl::Time earliest = from.occurred_at;
    incidents_.ByOccurrence(from.occurred_at, [&](const Incident& incident) {
      if (incident.occurred_at > from.occurred_at) return true;
      if (earliest - incident.occurred_at > gap_) return false;
      if (incident.type != from.type) return true;
      earliest = std::min(earliest, incident.occurred_at);
      Keep(incident);
      return true;
    });
  }

  const IncidentsByTime& incidents_;
  const pack::Pack& pack_;
  const absl::Duration gap_;
  rules::RepeatReach reach_;
  std::map<std::string, Incident> found_;
};

}  // namespace

std::vector<Incident> WithinReach(const IncidentsByTime& incidents, const pack::Pack& pack,
                                  absl::Time now, const Incident* another) {
  return Gatherer(incidents, pack).Gather(now, another);
}

}  // namespace waymark::risk
