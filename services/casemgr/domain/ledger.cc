#include "services/casemgr/domain/ledger.h"

#include <algorithm>
#include <tuple>

#include "services/casemgr/domain/risk_changed.h"

namespace waymark::casemgr {
namespace {

template <class T>
bool Contains(const std::vector<T>& all, const T& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

// A person's call stands against the system's; then the newest.
bool Supersedes(const Conference& next, const Conference& now) {
  return std::make_tuple(!next.automatic, next.called_at, next.agency) >=
         std::make_tuple(!now.automatic, now.called_at, now.agency);
}

bool Earlier(const Profile& one, const Profile& other) {
  return std::tie(one.created_at, one.agency) < std::tie(other.created_at, other.agency);
}

void KeepEarlier(std::optional<Profile>& kept, const Profile& next) {
  if (!kept || Earlier(next, *kept)) kept = next;
}

}  // namespace

Subject& Ledger::Load(const std::string& subject_id) {
  const auto found = subjects_.find(subject_id);
  if (found != subjects_.end()) return found->second;
  return subjects_.emplace(subject_id, view_.FindSubject(subject_id)).first->second;
}

Case* Ledger::LoadCase(const std::string& case_id) {
  auto found = cases_.find(case_id);
  if (found == cases_.end()) found = cases_.emplace(case_id, view_.FindCase(case_id)).first;
  return found->second ? &*found->second : nullptr;
}

const Subject& Ledger::SubjectOf(const std::string& subject_id) { return Load(subject_id); }
const Case* Ledger::FindCase(const std::string& case_id) { return LoadCase(case_id); }

std::optional<Incident> Ledger::FindIncident(const std::string& incident_id) const {
  const auto changed = incidents_.find(incident_id);
  if (changed != incidents_.end()) return changed->second;
  return view_.FindIncident(incident_id);
}

std::vector<Incident> Ledger::Naming(const std::string& subject_id) const {
  std::map<std::string, Incident> all;
  for (Incident& incident : view_.IncidentsOf(subject_id)) {
    if (!incidents_.contains(incident.id)) all.emplace(incident.id, std::move(incident));
  }
  for (const auto& [id, incident] : incidents_) {
    if (incident.Names(subject_id)) all.emplace(id, incident);
  }
  std::vector<Incident> incidents;
  for (auto& [id, incident] : all) incidents.push_back(std::move(incident));
  return incidents;
}

std::vector<Incident> Ledger::IncidentsOf(const std::string& subject_id) const {
  std::vector<Incident> incidents = Naming(subject_id);
  std::erase_if(incidents, [&](const Incident& incident) {
    return !Contains(incident.Subjects(), subject_id);
  });
  return incidents;
}

const Subject& Ledger::Resolve(const std::string& subject_id) {
  const Subject* subject = &Load(subject_id);
  while (!subject->merged_into.empty()) subject = &Load(subject->merged_into);
  return *subject;
}

const Case* Ledger::OpenCaseOf(const std::string& subject_id) {
  for (const std::string& case_id : Load(subject_id).case_ids) {
    const Case* one = LoadCase(case_id);
    if (one != nullptr && one->open) return one;
  }
  return nullptr;
}

const Case* Ledger::LastClosedOf(const std::string& subject_id) {
  const Case* last = nullptr;
  for (const std::string& case_id : Load(subject_id).case_ids) {
    const Case* one = LoadCase(case_id);
    if (one == nullptr || one->open || !one->merged_into.empty()) continue;
    if (last == nullptr || one->closed_at > last->closed_at) last = one;
  }
  return last;
}

std::map<std::string, Subject> Ledger::ChangedSubjects() const {
  std::map<std::string, Subject> changed;
  for (const std::string& id : changed_subjects_) changed.emplace(id, subjects_.at(id));
  return changed;
}

std::map<std::string, Case> Ledger::ChangedCases() const {
  std::map<std::string, Case> changed;
  for (const std::string& id : changed_cases_) changed.emplace(id, *cases_.at(id));
  return changed;
}

void Ledger::Apply(const Event& event) {
  const std::string case_id = CaseOf(event);
  if (!case_id.empty()) {
    if (!std::holds_alternative<CaseOpened>(event) && LoadCase(case_id) == nullptr) return;
    changed_cases_.insert(case_id);
  }
  std::visit([this](const auto& e) { Take(e); }, event);
}

void Ledger::Take(const IncidentNoted& event) {
  incidents_.insert_or_assign(event.incident.id, event.incident);
}

void Ledger::Take(const RiskNoted& event) {
  Load(event.subject_id).risk = event.risk;
  changed_subjects_.insert(event.subject_id);
}

void Ledger::Take(const SubjectAssessed& event) {
  Load(event.subject_id).assessed = event.assessed;
  changed_subjects_.insert(event.subject_id);
}

void Ledger::Take(const SubjectRekeyed& event) {
  for (Incident& incident : Naming(event.from)) {
    for (Party& party : incident.parties) {
      if (party.subject_id != event.from) continue;
      if (event.whole || Contains(event.moved, MemberPerson{incident.agency, party.person_id})) {
        party.subject_id = event.to;
      }
    }
    incidents_.insert_or_assign(incident.id, incident);
  }
  if (!event.whole) return;
  Subject& from = Load(event.from);
  Subject& to = Load(event.to);
  from.merged_into = event.to;
  if (from.risk) to.risk = to.risk ? HigherOf(*to.risk, *from.risk) : *from.risk;
  if (from.assessed && (!to.assessed || from.assessed->at > to.assessed->at)) {
    to.assessed = from.assessed;
  }
  changed_subjects_.insert(event.from);
  changed_subjects_.insert(event.to);
}

void Ledger::Take(const CaseOpened& event) {
  Case opened;
  opened.id = event.case_id;
  opened.subject_id = event.subject_id;
  opened.open = true;
  opened.opened_at = event.opened_at;
  opened.since = event.since;
  opened.incident_id = event.incident_id;
  opened.because = event.because;
  opened.lead_agency = event.lead_agency;
  opened.band = event.band;
  opened.band_by = event.band_by;
  cases_.insert_or_assign(event.case_id, std::move(opened));
  Subject& subject = Load(event.subject_id);
  subject.case_ids.push_back(event.case_id);
  ++subject.cases_opened;
  changed_subjects_.insert(event.subject_id);
}

void Ledger::Take(const CaseReopened& event) {
  const Case before = *LoadCase(event.case_id);
  Case again;
  again.id = before.id;
  again.subject_id = before.subject_id;
  again.open = true;
  again.opening = before.opening + 1;
  again.opened_at = event.at;
  again.since = event.since;
  again.incident_id = event.incident_id;
  again.because = event.because;
  again.interested = before.interested;
  again.obligations = before.obligations;
  *LoadCase(event.case_id) = std::move(again);
}

void Ledger::Take(const CaseUpdated& event) {
  Case& one = *LoadCase(event.case_id);
  const bool was_high = one.highs > 0 && one.High();
  one.band = event.band;
  one.band_by = event.band_by;
  if (one.High() && !was_high) ++one.highs;
  one.lead_agency = event.lead_agency;
  one.high_since = event.high_since;
  one.high_first_by = event.high_first_by;
  std::set<std::string> interested(one.interested.begin(), one.interested.end());
  interested.insert(event.newly_interested.begin(), event.newly_interested.end());
  for (const std::string& agency : event.no_longer_interested) interested.erase(agency);
  one.interested.assign(interested.begin(), interested.end());
}

void Ledger::Take(const ObligationStarted& event) {
  Case& one = *LoadCase(event.case_id);
  Obligation* obligation = one.FindObligation(event.obligation_id);
  if (obligation == nullptr) obligation = &one.obligations.emplace_back();
  obligation->id = event.obligation_id;
  obligation->clock = event.clock;
  obligation->owner = event.owner;
  obligation->handed_from = event.handed_from;
  obligation->started_at = event.started_at;
  obligation->due_soon_at = event.due_soon_at;
  obligation->due_at = event.due_at;
  obligation->why = event.why;
  obligation->pack_digest = event.pack_digest;
  obligation->opening = event.opening;
  obligation->state = Obligation::State::kRunning;
}

void Ledger::Take(const ObligationChanged& event) {
  Obligation* obligation = LoadCase(event.case_id)->FindObligation(event.obligation_id);
  if (obligation == nullptr) return;
  obligation->state = event.change;
  obligation->late_seconds = event.late_seconds;
  obligation->by = event.by;
  if (event.change == Obligation::State::kBreached) obligation->breached_at = event.at;
  if (obligation->ended()) {
    obligation->ended_at = event.at;
    obligation->reason = event.reason;
  }
}

void Ledger::Take(const ProfileNoted& event) {
  Case& one = *LoadCase(event.case_id);
  KeepEarlier(event.skeleton ? one.skeleton : one.profile, event.profile);
}

void Ledger::Take(const ConferenceNoted& event) {
  Case& one = *LoadCase(event.case_id);
  const Conference& next = event.conference;
  one.called_at = one.called_at ? std::min(*one.called_at, next.called_at) : next.called_at;
  if (!one.conference || Supersedes(next, *one.conference)) one.conference = next;
}

void Ledger::Take(const ConferenceHeldNoted& event) {
  Case& one = *LoadCase(event.case_id);
  if (!one.held || std::tie(event.held.held_at, event.held.agency) <
                       std::tie(one.held->held_at, one.held->agency)) {
    one.held = event.held;
  }
}

void Ledger::Take(const CaseReassessed& event) {
  LoadCase(event.case_id)->reassessed_at = event.at;
}

void Ledger::Take(const CaseClosed& event) {
  Case& one = *LoadCase(event.case_id);
  one.open = false;
  one.closed_at = event.closed_at;
  one.closed_by = event.by_agency;
  one.closed_reason = event.reason;
  one.merged_into = event.merged_into;
}

void Ledger::Take(const CaseRekeyed& event) {
  LoadCase(event.case_id)->subject_id = event.to;
  std::erase(Load(event.from).case_ids, event.case_id);
  Load(event.to).case_ids.push_back(event.case_id);
  changed_subjects_.insert(event.from);
  changed_subjects_.insert(event.to);
}

void Ledger::Take(const CoverNoted& event) {
  LoadCase(event.case_id)->cover =
      Cover{event.closed_agency, event.cover, event.at, event.opens_at, false};
}

void Ledger::Take(const CoverEnded& event) {
  Case& one = *LoadCase(event.case_id);
  if (one.cover) one.cover->ended = true;
}

}  // namespace waymark::casemgr
