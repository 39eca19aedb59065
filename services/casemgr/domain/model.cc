#include "services/casemgr/domain/model.h"

#include <algorithm>
#include <set>

namespace waymark::casemgr {

bool Party::Counts() const {
  if (!confirmed) return false;
  return std::any_of(roles.begin(), roles.end(),
                     [](Role role) { return role == Role::kVictim || role == Role::kCaller; });
}

std::vector<std::string> Incident::Subjects() const {
  std::set<std::string> subjects;
  for (const Party& party : parties) {
    if (party.Counts()) subjects.insert(party.subject_id);
  }
  return {subjects.begin(), subjects.end()};
}

bool Incident::Names(std::string_view subject_id) const {
  return std::any_of(parties.begin(), parties.end(),
                     [&](const Party& party) { return party.subject_id == subject_id; });
}

std::string_view StateName(Obligation::State state) {
  switch (state) {
    case Obligation::State::kRunning:
      return "running";
    case Obligation::State::kDueSoon:
      return "due_soon";
    case Obligation::State::kBreached:
      return "breached";
    case Obligation::State::kDischarged:
      return "discharged";
    case Obligation::State::kCancelled:
      return "cancelled";
  }
  return "";
}

const Obligation* Case::FindObligation(std::string_view obligation_id) const {
  const auto found = std::find_if(obligations.begin(), obligations.end(),
                                  [&](const Obligation& one) { return one.id == obligation_id; });
  return found == obligations.end() ? nullptr : &*found;
}

Obligation* Case::FindObligation(std::string_view obligation_id) {
  const auto found = std::find_if(obligations.begin(), obligations.end(),
                                  [&](const Obligation& one) { return one.id == obligation_id; });
  return found == obligations.end() ? nullptr : &*found;
}

std::string_view Case::ProfileState() const {
  if (profile) return "created";
  return skeleton ? "skeleton" : "none";
}

std::vector<std::string> Case::Parts() const {
  std::set<std::string> parts(interested.begin(), interested.end());
  parts.insert(band_by.begin(), band_by.end());
  parts.insert(lead_agency);
  for (const Obligation& obligation : obligations) {
    parts.insert(obligation.owner);
    parts.insert(obligation.handed_from);
  }
  if (cover) parts.insert(cover->cover);
  parts.erase("");
  return {parts.begin(), parts.end()};
}

bool Case::HasPart(std::string_view agency) const {
  const std::vector<std::string> parts = Parts();
  return std::binary_search(parts.begin(), parts.end(), agency);
}

}  // namespace waymark::casemgr
