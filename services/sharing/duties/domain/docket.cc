#include "services/sharing/duties/domain/docket.h"

#include <algorithm>
#include <set>

#include "libs/base/check.h"
#include "services/sharing/duties/domain/clocks.h"

namespace waymark::sharing::duties {
namespace {

std::vector<std::string> Union(const std::vector<std::string>& left,
                               const std::vector<std::string>& right) {
  std::set<std::string> all(left.begin(), left.end());
  all.insert(right.begin(), right.end());
  return {all.begin(), all.end()};
}

}  // namespace

calendar::Owner Setting::HoursOf(std::string_view agency) const {
  if (const pack::Agency* known = pack.FindAgency(agency)) return known->AsOwner();
  calendar::Owner owner;
  owner.name = std::string(agency);
  owner.hours = calendar::AlwaysOpen();
  owner.works_holidays = true;
  return owner;
}

Case* Docket::Find(const std::string& case_id) {
  for (const auto& [from, into] : joined_) {
    if (from == case_id) return Find(into);
  }
  const auto held = cases_.find(case_id);
  if (held != cases_.end()) return &held->second.now;
  std::optional<Case> found = view_.FindCase(case_id);
  if (!found) return nullptr;
  const auto other = cases_.find(found->id);  // `case_id` is an earlier id of it
  if (other != cases_.end()) return &other->second.now;
  Entry entry{found, *found};
  return &cases_.emplace(found->id, std::move(entry)).first->second.now;
}

Case* Docket::OfPerson(const std::string& person_id) {
  for (auto& [id, entry] : cases_) {
    const std::vector<std::string>& persons = entry.now.persons;
    if (std::binary_search(persons.begin(), persons.end(), person_id)) return &entry.now;
  }
  const std::string case_id = view_.CaseOf(person_id);
  return case_id.empty() ? nullptr : Find(case_id);
}

Case& Docket::Add(Case fresh) {
  std::string id = fresh.id;
  const auto [added, is_new] = cases_.emplace(std::move(id), Entry{std::nullopt, std::move(fresh)});
  WM_CHECK(is_new, "a case is added twice");
  return added->second.now;
}

void Docket::Join(Case& from, Case& into) {
  WM_CHECK(from.provisional && from.id != into.id, "only a provisional case joins another");
  for (Obligation& obligation : from.obligations) {
    Obligation* same = into.OfClock(obligation.clock);
    if (same == nullptr) {
      into.obligations.push_back(std::move(obligation));
    } else {
      Fold(obligation, *same);
    }
  }
  into.persons = Union(into.persons, from.persons);
  into.incidents = Union(into.incidents, from.incidents);
  if (!into.band || (from.band && *from.band > *into.band)) into.band = from.band;
  if (!into.profile) into.profile = from.profile;
  if (!into.skeleton) into.skeleton = from.skeleton;
  if (!into.conference) into.conference = from.conference;
  if (!into.held) into.held = from.held;
  if (!into.opens_at) into.opens_at = from.opens_at;
  if (!into.opening_told_at) into.opening_told_at = from.opening_told_at;
  for (Line& line : from.history) {
    into.Note(line.at, std::move(line.what), std::move(line.by), std::move(line.detail));
  }
  for (Record& record : from.waiting) Tell(into, std::move(record));
  joined_.emplace_back(from.id, into.id);
  cases_.erase(joined_.back().first);
}

void Docket::Remind(Reminder reminder) { reminders_.push_back(std::move(reminder)); }

void Docket::Tell(Case& one, Record record) {
  if (one.provisional) {
    one.waiting.push_back(std::move(record));
  } else {
    told_.push_back({one.id, std::move(record)});
  }
}

std::vector<Case> Docket::Changed() const {
  std::vector<Case> changed;
  for (const auto& [id, entry] : cases_) {
    if (!entry.before || !(*entry.before == entry.now)) changed.push_back(entry.now);
  }
  return changed;
}

}  // namespace waymark::sharing::duties
